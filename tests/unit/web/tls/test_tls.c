// SPDX-License-Identifier: Apache-2.0
/*
 * Loading of certificates, keys and CAs, and the reasons of failures. test_tls_client.c,
 * test_tls_priority.c and test_tls_session.c make handshakes with them.
 */
#include "web/tls/tls.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/yaml/whole_file.h"
#include "tests/unit/suite.h"
#include "tests/unit/web/tls/tls_fixture.h"

#define VERIFIED "  client_auth_type: RequireAndVerifyClientCert\n"

/* Loads the configuration. Returns the result of tls_load(), with its line in ret_error. */
static int load(struct web_config *config, char *ret_error)
{
	struct tls *tls = NULL;
	int error = tls_load(config, &tls, ret_error);

	ck_assert_int_eq(tls != NULL, error == 0);
	tls_free(tls);
	return error;
}

static struct web_config *config_of(const char *key, const char *lines)
{
	char error[WEB_CONFIG_ERROR_MAX];
	struct web_config *config;

	ck_assert_msg(web_config_read(tls_fixture_write(key, lines), &config, error) == 0, "%s",
		      error);
	return config;
}

static const struct {
	const char *key, *lines;
	int error;
	const char *reason; /* a part of it */
} cases[] = {
	{"rsa", "", 0, ""},
	{"ecdsa", "", 0, ""},
	{"rsa", VERIFIED, 0, ""},
	{"rsa", VERIFIED "  client_ca_file: ca.pem\n", 0, ""},
	{"missing", "", -ENOENT, "failed to read cert_file ("},
	{"missing", "", -ENOENT, "missing.pem: no such file or directory"},
	{"rsa", VERIFIED "  client_ca_file: rsa.key\n", -EINVAL, "no client CA certificate in "},
	{"rsa", VERIFIED "  client_ca: nonsense\n", -EINVAL,
	 "no client CA certificate in client_ca"},
	{"rsa", VERIFIED "  client_ca_file: missing\n", -ENOENT,
	 "missing: no such file or directory"},
	{"rsa", "  client_auth_type: Sometimes\n", -EINVAL, "invalid ClientAuth: Sometimes"},
	{"rsa",
	 "  max_version: TLS12\n  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]\n",
	 -EINVAL, "no entry of cipher_suites fits the server's key (RSA)"},
};

START_TEST(loads)
{
	struct web_config *config = config_of(cases[_i].key, cases[_i].lines);
	char reason[WEB_CONFIG_ERROR_MAX] = "";

	ck_assert_int_eq(load(config, reason), cases[_i].error);
	ck_assert_msg(!cases[_i].error || strstr(reason, cases[_i].reason), "%s", reason);
	web_config_free(config);
}
END_TEST

START_TEST(needs_a_key_of_the_certificate)
{
	struct web_config *config = config_of("rsa", "");
	char *slash = strrchr(config->tls.key_file, '/'), *path, reason[WEB_CONFIG_ERROR_MAX];

	ck_assert_int_gt(asprintf(&path, "%.*s/ecdsa.key", (int)(slash - config->tls.key_file),
				  config->tls.key_file),
			 0);
	free(config->tls.key_file);
	config->tls.key_file = path;
	ck_assert_int_eq(load(config, reason), -EINVAL);
	ck_assert_ptr_nonnull(strstr(reason, "line 2: failed to load X509KeyPair: "));
	web_config_free(config);
}
END_TEST

/* Reads a file into *text, and makes *path NULL. */
static void move_inline(char **path, char **text)
{
	size_t length;

	ck_assert_int_eq(whole_file_read(*path, 1 << 20, text, &length), 0);
	free(*path);
	*path = NULL;
}

START_TEST(takes_inline_text)
{
	struct web_config *config = config_of("ecdsa", "");
	char reason[WEB_CONFIG_ERROR_MAX];

	move_inline(&config->tls.cert_file, &config->tls.cert);
	move_inline(&config->tls.key_file, &config->tls.key);
	ck_assert_int_eq(load(config, reason), 0);
	web_config_free(config);
}
END_TEST

START_TEST(frees_nothing)
{
	tls_free(NULL);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{loads, ARRAY_SIZE(cases)},
		{needs_a_key_of_the_certificate, 0},
		{takes_inline_text, 0},
		{frees_nothing, 0},
	};
	int failed;

	if (tls_fixture_make())
		return EXIT_FAILURE;
	failed = run_suite("tls", tests, ARRAY_SIZE(tests));
	tls_fixture_remove();
	return failed;
}
