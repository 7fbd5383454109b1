// SPDX-License-Identifier: Apache-2.0
/* Checks of values without a file. test_web_config_refused.c has the words of most refusals. */
#include <errno.h>
#include <string.h>

#include "tests/unit/suite.h"
#include "web/config/web_config.h"

#define HASH "$2b$04$CCCCCCCCCCCCCCCCCCCCC.4K7lyz.nKATbsiu/RcZjqWyDNnj87qG"

static const struct {
	struct web_tls tls;
	bool uses_tls;
	const char *refusal; /* NULL: none */
} tls_cases[] = {
	{{.line = 1}, false, NULL},
	{{.min_version = TLS_VERSION_13, .max_version = TLS_VERSION_12}, false, NULL},
	{{.line = 2, .cert_file = ""}, false, NULL},
	{{.line = 2, .cert_file = "c"}, true, "line 2: missing one of key or key_file"},
	{{.line = 3, .key = "k"}, true, "line 3: missing one of cert or cert_file"},
	{{.line = 3, .client_ca = "c"}, true, "line 3: missing one of cert or cert_file"},
	{{.line = 3, .client_auth_type = "t"}, true, "line 3: missing one of cert or cert_file"},
	{{.cert = "c", .key_file = "k"}, true, NULL},
	{{.line = 4, .cert = "c", .key = "k", .min_version = TLS_VERSION_13},
	 true,
	 "line 4: min_version is above max_version"},
};

START_TEST(checks_tls)
{
	const struct web_config config = {.tls = tls_cases[_i].tls};
	char error[WEB_CONFIG_ERROR_MAX] = "";

	ck_assert_int_eq(web_config_uses_tls(&config), tls_cases[_i].uses_tls);
	ck_assert_int_eq(web_config_check(&config, error), tls_cases[_i].refusal ? -EINVAL : 0);
	ck_assert_str_eq(error, tls_cases[_i].refusal ? tls_cases[_i].refusal : "");
}
END_TEST

static const struct {
	struct web_pair header, user;
	const char *refusal; /* its beginning; NULL: none */
} pair_cases[] = {
	{{"X-Frame-Options", "deny", 1}, {"alice", HASH, 2}, NULL},
	{{"Content-Security-Policy", "a\tb", 1}, {"alice", HASH, 2}, NULL},
	{{"X-Frame-Options", "no", 1},
	 {"alice", HASH, 2},
	 "line 1: invalid value for X-Frame-Options"},
	{{"X-XSS-Protection", "0\n", 1}, {"alice", HASH, 2}, "line 1: invalid value for X-XSS-Pro"},
	{{"X-XSS-Protection", "\x7f", 1},
	 {"alice", HASH, 2},
	 "line 1: invalid value for X-XSS-Pro"},
	{{"Server", "x", 5}, {"alice", HASH, 2}, "line 5: HTTP header \"Server\" can not be"},
	{{"X-XSS-Protection", "0", 1},
	 {"alice", "secret", 2},
	 "line 2: crypto/bcrypt: hashedSecret too"},
};

START_TEST(checks_headers_and_users)
{
	struct web_pair header = pair_cases[_i].header, user = pair_cases[_i].user;
	const struct web_config config = {.headers = {&header, 1}, .users = {&user, 1}};
	const char *refusal = pair_cases[_i].refusal;
	char error[WEB_CONFIG_ERROR_MAX] = "";

	ck_assert_int_eq(web_config_check(&config, error), refusal ? -EINVAL : 0);
	ck_assert_msg(strncmp(error, refusal ? refusal : "", refusal ? strlen(refusal) : 1) == 0,
		      "%s", error);
}
END_TEST

static const struct {
	struct web_tls tls;
	int error;
	enum web_client_auth auth;
} auth_cases[] = {
	{{.client_auth_type = NULL}, 0, WEB_CLIENT_AUTH_NONE},
	{{.client_auth_type = ""}, 0, WEB_CLIENT_AUTH_NONE},
	{{.client_auth_type = "NoClientCert"}, 0, WEB_CLIENT_AUTH_NONE},
	{{.client_auth_type = "RequestClientCert"}, 0, WEB_CLIENT_AUTH_REQUEST},
	{{.client_auth_type = "RequireAnyClientCert"}, 0, WEB_CLIENT_AUTH_REQUIRE_ANY},
	{{.client_auth_type = "RequireClientCert"}, 0, WEB_CLIENT_AUTH_REQUIRE_ANY},
	{{.client_auth_type = "VerifyClientCertIfGiven"}, 0, WEB_CLIENT_AUTH_VERIFY_IF_GIVEN},
	{{.client_auth_type = "RequireAndVerifyClientCert", .restricts_sans = true},
	 0,
	 WEB_CLIENT_AUTH_REQUIRE_AND_VERIFY},
	{{.client_auth_type = "requireanyclientcert"}, -EINVAL, WEB_CLIENT_AUTH_NONE},
	{{.client_ca_file = "c"}, -EINVAL, WEB_CLIENT_AUTH_NONE},
	{{.client_auth_type = "VerifyClientCertIfGiven", .restricts_sans = true},
	 -EINVAL,
	 WEB_CLIENT_AUTH_NONE},
};

START_TEST(reads_client_auth)
{
	const struct web_config config = {.tls = auth_cases[_i].tls};
	enum web_client_auth auth = WEB_CLIENT_AUTH_NONE;
	char error[WEB_CONFIG_ERROR_MAX] = "";

	ck_assert_int_eq(web_config_client_auth(&config, &auth, error), auth_cases[_i].error);
	ck_assert_int_eq(auth, auth_cases[_i].auth);
	ck_assert_int_eq(error[0] != '\0', auth_cases[_i].error != 0);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{checks_tls, ARRAY_SIZE(tls_cases)},
		{checks_headers_and_users, ARRAY_SIZE(pair_cases)},
		{reads_client_auth, ARRAY_SIZE(auth_cases)},
	};

	return run_suite("web_config_check", tests, ARRAY_SIZE(tests));
}
