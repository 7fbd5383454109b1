// SPDX-License-Identifier: Apache-2.0
/* Checks the values of the file, in the order and in the words of the toolkit. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "web/config/bcrypt_hash.h"
#include "web/config/web_config.h"

#define VALUES_MAX 3

static const struct header {
	const char *name;
	const char *values[VALUES_MAX]; /* none: any value is allowed */
	const char *expected;           /* the values, as Go prints a list */
} headers[] = {
	{"Strict-Transport-Security", {NULL}, NULL},
	{"X-Content-Type-Options", {"nosniff", NULL}, "[\"nosniff\"]"},
	{"X-Frame-Options", {"deny", "sameorigin", NULL}, "[\"deny\" \"sameorigin\"]"},
	{"X-XSS-Protection", {NULL}, NULL},
	{"Content-Security-Policy", {NULL}, NULL},
};

static __attribute__((format(printf, 3, 4))) int refuse(char *error, int line, const char *cause,
							...)
{
	int length = snprintf(error, WEB_CONFIG_ERROR_MAX, "line %d: ", line);
	va_list arguments;

	va_start(arguments, cause);
	vsnprintf(error + length, WEB_CONFIG_ERROR_MAX - length, cause, arguments);
	va_end(arguments);
	return -EINVAL;
}

static bool is_set(const char *string)
{
	return string && *string;
}

static const struct header *find_header(const char *name)
{
	for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		if (strcmp(headers[i].name, name) == 0)
			return &headers[i];
	return NULL;
}

/* A header ends with its line: the text after a line break would be another header. */
static bool fits_in_a_line(const char *value)
{
	for (const char *byte = value; *byte; byte++)
		if (((unsigned char)*byte < ' ' && *byte != '\t') || *byte == 0x7f)
			return false;
	return true;
}

static int check_header(const struct web_pair *pair, char *ret_error)
{
	const struct header *header = find_header(pair->name);

	if (!header)
		return refuse(ret_error, pair->line, "HTTP header \"%.100s\" can not be configured",
			      pair->name);
	if (!fits_in_a_line(pair->value))
		return refuse(ret_error, pair->line,
			      "invalid value for %s: it has a line break or another control "
			      "character",
			      pair->name);
	if (!header->expected)
		return 0;
	for (size_t i = 0; header->values[i]; i++)
		if (strcmp(pair->value, header->values[i]) == 0)
			return 0;
	return refuse(ret_error, pair->line,
		      "invalid value for %s. Expected one of: %s, but got: \"%.100s\"",
		      header->name, header->expected, pair->value);
}

static int check_user(const struct web_pair *user, char *ret_error)
{
	char reason[BCRYPT_ERROR_MAX];
	struct bcrypt_hash hash;

	if (bcrypt_hash_parse(user->value, &hash, reason))
		return refuse(ret_error, user->line, "%s", reason);
	return 0;
}

bool web_config_uses_tls(const struct web_config *config)
{
	const struct web_tls *tls = &config->tls;

	return is_set(tls->cert) || is_set(tls->cert_file) || is_set(tls->key) ||
	       is_set(tls->key_file) || is_set(tls->client_ca) || is_set(tls->client_ca_file) ||
	       is_set(tls->client_auth_type);
}

int web_config_check(const struct web_config *config, char ret_error[WEB_CONFIG_ERROR_MAX])
{
	const struct web_tls *tls = &config->tls;
	int error = 0;

	for (size_t i = 0; !error && i < config->headers.count; i++)
		error = check_header(&config->headers.pairs[i], ret_error);
	for (size_t i = 0; !error && i < config->users.count; i++)
		error = check_user(&config->users.pairs[i], ret_error);
	if (error || !web_config_uses_tls(config))
		return error;
	if (!is_set(tls->cert) && !is_set(tls->cert_file))
		return refuse(ret_error, tls->line, "missing one of cert or cert_file");
	if (!is_set(tls->key) && !is_set(tls->key_file))
		return refuse(ret_error, tls->line, "missing one of key or key_file");
	if (tls->min_version > tls->max_version)
		return refuse(ret_error, tls->line, "min_version is above max_version");
	return 0;
}

static bool client_auth_named(const char *name, enum web_client_auth *ret_auth)
{
	static const struct {
		const char *name;
		enum web_client_auth auth;
	} types[] = {
		{"", WEB_CLIENT_AUTH_NONE},
		{"NoClientCert", WEB_CLIENT_AUTH_NONE},
		{"RequestClientCert", WEB_CLIENT_AUTH_REQUEST},
		{"RequireAnyClientCert", WEB_CLIENT_AUTH_REQUIRE_ANY},
		{"RequireClientCert", WEB_CLIENT_AUTH_REQUIRE_ANY}, /* its former name */
		{"VerifyClientCertIfGiven", WEB_CLIENT_AUTH_VERIFY_IF_GIVEN},
		{"RequireAndVerifyClientCert", WEB_CLIENT_AUTH_REQUIRE_AND_VERIFY},
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(types[i].name, name ? name : "") == 0) {
			*ret_auth = types[i].auth;
			return true;
		}
	}
	return false;
}

int web_config_client_auth(const struct web_config *config, enum web_client_auth *ret_auth,
			   char ret_error[WEB_CONFIG_ERROR_MAX])
{
	const struct web_tls *tls = &config->tls;
	enum web_client_auth auth;

	if (!client_auth_named(tls->client_auth_type, &auth))
		return refuse(ret_error, tls->client_auth_line, "invalid ClientAuth: %.100s",
			      tls->client_auth_type);
	if ((is_set(tls->client_ca) || is_set(tls->client_ca_file)) && auth == WEB_CLIENT_AUTH_NONE)
		return refuse(ret_error, tls->line,
			      "client CA's have been configured without a Client Auth Policy");
	if (tls->restricts_sans && auth != WEB_CLIENT_AUTH_REQUIRE_ANY &&
	    auth != WEB_CLIENT_AUTH_REQUIRE_AND_VERIFY)
		return refuse(ret_error, tls->line,
			      "client_allowed_sans requires client_auth_type to be one of "
			      "RequireAnyClientCert or RequireAndVerifyClientCert");
	*ret_auth = auth;
	return 0;
}
