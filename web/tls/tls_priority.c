// SPDX-License-Identifier: Apache-2.0
#include "web/tls/tls_priority.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PRIORITY_MAX 1024

/* PRIORITY_MAX is enough for all names together. */
static __attribute__((format(printf, 2, 3))) void append(char *priority, const char *format, ...)
{
	size_t length = strlen(priority);
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(priority + length, PRIORITY_MAX - length, format, arguments);
	va_end(arguments);
}

static void append_versions(char *priority, enum tls_version min, enum tls_version max)
{
	for (int version = max; version >= (int)min; version--)
		append(priority, ":+%s", tls_version_priority(version));
}

/*
 * A priority string lists ciphers, MACs and key exchanges separately, and means all their
 * combinations. With only the key exchange that the key supports, these are exactly the suites of
 * the list: every cipher of Go's list has one MAC.
 */
static size_t append_suites(char *priority, const struct tls_suite *const suites[], size_t count,
			    enum tls_key key)
{
	size_t fitting = 0;

	for (size_t i = 0; i < count; i++) {
		if (suites[i]->key != key)
			continue;
		append(priority, ":+%s:+%s", suites[i]->cipher, suites[i]->mac);
		fitting++;
	}
	return fitting;
}

static void append_all_suites(char *priority, enum tls_key key)
{
	for (size_t i = 0; i < TLS_SUITE_COUNT; i++)
		if (tls_suites[i].key == key)
			append(priority, ":+%s:+%s", tls_suites[i].cipher, tls_suites[i].mac);
}

static void append_curves(char *priority, const struct web_tls *config)
{
	for (size_t i = 0; i < config->curve_count; i++)
		append(priority, ":+%s", config->curves[i]->group);
	for (size_t i = 0; !config->curve_count && i < TLS_CURVE_COUNT; i++)
		append(priority, ":+%s", tls_curves[i].group);
}

static void begin(char *priority, const struct web_tls *config, enum tls_key key)
{
	snprintf(priority, PRIORITY_MAX,
		 "NONE:+COMP-NULL:+CTYPE-X509:+SIGN-ALL:-SIGN-RSA-SHA1:-SIGN-ECDSA-SHA1:%s",
		 key == TLS_KEY_RSA ? "+ECDHE-RSA" : "+ECDHE-ECDSA");
	append_curves(priority, config);
	if (config->prefer_server_cipher_suites)
		append(priority, ":%%SERVER_PRECEDENCE");
}

static int make(const char *string, gnutls_priority_t *ret_priority, int line, char *ret_error)
{
	int error = gnutls_priority_init(ret_priority, string, /* error_position= */ NULL);

	if (!error)
		return 0;
	*ret_priority = NULL;
	snprintf(ret_error, WEB_CONFIG_ERROR_MAX,
		 "line %d: GnuTLS supports no combination of these versions, cipher_suites and "
		 "curve_preferences: %s",
		 line, gnutls_strerror(error));
	return -EINVAL;
}

/* Makes the priority for clients that support nothing newer than TLS 1.2. */
static int make_older(const struct web_tls *config, enum tls_key key, struct tls_priority *priority,
		      char *ret_error)
{
	enum tls_version max =
		config->max_version < TLS_VERSION_12 ? config->max_version : TLS_VERSION_12;
	char string[PRIORITY_MAX];

	begin(string, config, key);
	append_versions(string, config->min_version, max);
	if (!config->suite_count)
		append_all_suites(string, key);
	else if (!append_suites(string, config->suites, config->suite_count, key))
		return -ENOENT;
	return make(string, &priority->older, config->line, ret_error);
}

int tls_priority_make(const struct web_tls *config, enum tls_key key, struct tls_priority *priority,
		      char ret_error[WEB_CONFIG_ERROR_MAX])
{
	enum tls_version min = config->min_version;
	char string[PRIORITY_MAX];
	int error = 0;

	if (min < TLS_VERSION_13)
		error = make_older(config, key, priority, ret_error);
	if (error == -ENOENT) {
		/* No suite is for this key: only TLS 1.3 remains possible. */
		if (config->max_version < TLS_VERSION_13) {
			snprintf(ret_error, WEB_CONFIG_ERROR_MAX,
				 "line %d: no entry of cipher_suites fits the server's key (%s)",
				 config->line, key == TLS_KEY_RSA ? "RSA" : "ECDSA");
			return -EINVAL;
		}
		min = TLS_VERSION_13;
		error = 0;
	}
	if (error)
		return error;
	begin(string, config, key);
	append_versions(string, min, config->max_version);
	append_all_suites(string, key);
	return make(string, &priority->all, config->line, ret_error);
}

void tls_priority_free(struct tls_priority *priority)
{
	if (priority->all)
		gnutls_priority_deinit(priority->all);
	if (priority->older)
		gnutls_priority_deinit(priority->older);
}
