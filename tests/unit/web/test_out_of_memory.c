// SPDX-License-Identifier: Apache-2.0
/*
 * If any allocation fails, there is one line that says so. The buffer for the line is filled with
 * another byte beforehand. Each allocation of the exporter's own sources fails in turn; those of
 * libraries succeed. Linked with --wrap.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/yaml/reader.h"
#include "tests/lib/certificates.h"
#include "tests/lib/scratch.h"
#include "tests/unit/suite.h"
#include "web/access/access_private.h"
#include "web/tls/tls.h"

#define POISON 0x01 /* does not occur in any text below */
#define TRIES  1000

/* alice:secret, at the lowest cost, and all other keys that need memory. */
static const char text[] =
	"tls_server_config:\n"
	"  cert_file: cert.pem\n"
	"  key_file: key.pem\n"
	"  client_ca_file: cert.pem\n"
	"  client_auth_type: RequireAndVerifyClientCert\n"
	"  client_allowed_sans: [one, two]\n"
	"  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]\n"
	"  curve_preferences: [CurveP256]\n"
	"http_server_config:\n"
	"  headers: {X-Frame-Options: deny}\n"
	"rate_limit: {interval: 1s, burst: 5}\n"
	"basic_auth_users:\n"
	"  alice: $2b$04$CCCCCCCCCCCCCCCCCCCCC.4K7lyz.nKATbsiu/RcZjqWyDNnj87qG\n";

static char directory[SCRATCH_SIZE], path[SCRATCH_SIZE + 16];
static struct access_state *state;

/* The number of allocations until one fails; 0: none fails. */
static unsigned int left;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_reallocarray(void *block, size_t count, size_t size);
char *__real_strdup(const char *string);

static bool fails(void)
{
	return left && --left == 0;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_reallocarray(void *block, size_t count, size_t size)
{
	return fails() ? NULL : __real_reallocarray(block, count, size);
}

char *__wrap_strdup(const char *string)
{
	return fails() ? NULL : __real_strdup(string);
}

static struct web_config *read_config(void)
{
	char error[WEB_CONFIG_ERROR_MAX];
	struct web_config *config;

	ck_assert_int_eq(web_config_read(path, &config, error), 0);
	return config;
}

static int try_check(char *ret_error)
{
	return access_file_check(path, ret_error);
}

static int try_read(char *ret_error)
{
	struct web_config *config;
	int error = web_config_read(path, &config, ret_error);

	if (!error)
		web_config_free(config);
	return error;
}

static int try_tls(char *ret_error)
{
	unsigned int before = left;
	struct web_config *config;
	struct tls *tls;
	int error;

	left = 0;
	config = read_config();
	left = before;
	error = tls_load(config, &tls, ret_error);
	if (!error)
		tls_free(tls);
	web_config_free(config);
	return error;
}

static int try_access(char *ret_error)
{
	unsigned int before = left;
	struct web_config *config;
	struct access *access;
	int error;

	left = 0;
	config = read_config();
	left = before;
	error = access_new(config, state, &access, ret_error);
	if (!error)
		access_unref(access);
	return error;
}

static int try_yaml(char *ret_error)
{
	static const struct yaml_field fields[] = {{"one", yaml_read_string, 0}};
	static const struct yaml_type type = {"test", fields, 1};
	static const char list[] = "one: two\n";
	char *string = NULL;
	int error = yaml_read_text(list, strlen(list), &type, &string, ret_error);

	free(string);
	return error;
}

static const struct {
	const char *name;
	int (*attempt)(char *ret_error);
} attempts[] = {
	{"access_file_check", try_check}, {"web_config_read", try_read}, {"tls_load", try_tls},
	{"access_new", try_access},       {"yaml_read_text", try_yaml},
};

static void check_text(const char *name, unsigned int allocation, const char *error)
{
	ck_assert_msg(memchr(error, '\0', ACCESS_ERROR_MAX) && !strchr(error, POISON) &&
			      strstr(error, "memory"),
		      "%s, allocation %u: not said, but \"%.80s\"", name, allocation, error);
}

START_TEST(is_said)
{
	char error[ACCESS_ERROR_MAX];
	unsigned int failed = 0, allocation = 1;
	bool reached = true;

	for (; reached && allocation < TRIES; allocation++) {
		memset(error, POISON, sizeof(error));
		left = allocation;
		if (attempts[_i].attempt(error)) {
			check_text(attempts[_i].name, allocation, error);
			failed++;
		}
		reached = !left;
		left = 0;
	}
	ck_assert_uint_lt(allocation, TRIES);
	ck_assert_uint_gt(failed, 0);
}
END_TEST

static void prepare(void)
{
	struct certificate certificate =
		certificate_make(&(struct certificate_request){.name = "one", .is_ca = true}, NULL);
	char cert[SCRATCH_SIZE + 16], key[SCRATCH_SIZE + 16];

	if (scratch_make(directory))
		abort();
	snprintf(path, sizeof(path), "%s/web.yml", directory);
	snprintf(cert, sizeof(cert), "%s/cert.pem", directory);
	snprintf(key, sizeof(key), "%s/key.pem", directory);
	certificate_write(&certificate, cert, key);
	certificate_free(&certificate);
	state = access_state_new();
	if (!state || scratch_write(path, text, strlen(text)))
		abort();
}

int main(void)
{
	const struct unit_test tests[] = {{is_said, ARRAY_SIZE(attempts)}};
	int status;

	prepare();
	status = run_suite("out_of_memory", tests, ARRAY_SIZE(tests));
	scratch_remove(directory);
	return status;
}
