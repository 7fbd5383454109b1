// SPDX-License-Identifier: Apache-2.0
/* Which files are accepted, and with which words the others are refused. */
#include <stdio.h>
#include <string.h>

#include "tests/unit/web/config/config_fixture.h"
#include "web/access/access.h"

/* promtool: its answer differs if its schema is older or less strict. */
enum promtool { SAME, DIFFERS };

static const struct {
	const char *text;
	const char *error; /* a part of the message; NULL: the file is accepted */
	enum promtool promtool;
} cases[] = {
	{"", NULL, SAME},
	{"# nothing\n", NULL, SAME},
	{"{}\n", NULL, SAME},
	{"~\n", NULL, SAME},
	{TLS, NULL, SAME},
	{"hello\n", "web.yml: yaml: line 1: cannot unmarshal !!str `hello` into web.Config", SAME},
	{"- a\n", "line 1: cannot unmarshal !!seq into web.Config", SAME},
	{"a: b: c\n", "yaml: line 1: mapping values are not allowed in this context", SAME},
	{"\"a\n", "web.yml: yaml: line ", SAME},
	{"\ta: b\n", "found character that cannot start any token", SAME},
	{"\xff\n", "web.yml: yaml: line 1: ", SAME},
	{"[a]: b\n", "line 1: cannot unmarshal !!seq into string", DIFFERS},
	{"|\n  a\n  b\n", "!!str `a b ` into web.Config", SAME},
	{"foo: 1\n", "web.yml: yaml: line 1: field foo not found in type web.Config", SAME},
	{"\n\ntls_config: {}\n", "line 3: field tls_config not found in type web.Config", SAME},
	{TLS "  a: 1\n", "line 2: field a not found in type web.TLSConfig", SAME},
	{"http_server_config:\n  a: 1\n", "line 2: field a not found in type web.HTTPConfig", SAME},
	{"rate_limit:\n  a: 1\n", "line 2: field a not found in type web.RateLimiterConfig",
	 DIFFERS},
	{TLS "  cert: a\n  cert: b\n", "line 3: field cert already set in type web.TLSConfig",
	 SAME},
	{TLS TLS, "line 2: field tls_server_config already set in type web.Config", SAME},
	{USERS "  a: " BCRYPT "\n  b: " BCRYPT "\n  a: " BCRYPT "\n",
	 "line 4: key \"a\" already set in map", SAME},
	{HEADERS "    X-Frame-Options: deny\n    X-Frame-Options: deny\n",
	 "line 4: key \"X-Frame-Options\" already set in map", SAME},
	{TLS "  cert_file: [a]\n", "line 2: cannot unmarshal !!seq into string", SAME},
	{TLS "  cipher_suites: a\n", "line 2: cannot unmarshal !!str `a` into []web.Cipher", SAME},
	{TLS "  prefer_server_cipher_suites: 1\n", "line 2: cannot unmarshal !!int `1` into bool",
	 SAME},
	{TLS "  prefer_server_cipher_suites: off\n", NULL, SAME},
	{"http_server_config:\n  http2: \"true\"\n",
	 "line 2: cannot unmarshal !!str `true` into bool", SAME},
	{"http_server_config:\n  http2: a longer secret\n",
	 "line 2: cannot unmarshal !!str `a longe...` into bool", SAME},
	{"http_server_config:\n  http2: false\n", NULL, SAME},
	{USERS "  a: [b]\n", "line 2: cannot unmarshal !!seq into config.Secret", DIFFERS},
	{USERS "  - a\n", "line 2: cannot unmarshal !!seq into map[string]config.Secret", SAME},

	{PAIR, NULL, SAME},
	{TLS "  key_file: server.key\n", "missing one of cert or cert_file", DIFFERS},
	{TLS "  cert_file: server.pem\n", "missing one of key or key_file", DIFFERS},
	{TLS "  cert_file: ''\n  key_file: server.key\n", "missing one of cert or cert_file",
	 DIFFERS},
	{TLS "  cert_file: ''\n  key_file: ''\n", NULL, DIFFERS},
	{TLS "  client_auth_type: NoClientCert\n", "missing one of cert or cert_file", DIFFERS},
	{TLS "  client_ca_file: ca.pem\n", "missing one of cert or cert_file", DIFFERS},
	{TLS "  client_ca: x\n", "missing one of cert or cert_file", DIFFERS},
	{TLS "  min_version: TLS13\n", NULL, DIFFERS},
	{TLS "  cert_file: no.pem\n  key_file: server.key\n", "failed to read cert_file (",
	 DIFFERS},
	{TLS "  cert_file: no.pem\n  key_file: server.key\n", "/no.pem: no such file or directory",
	 SAME},
	{TLS "  cert_file: server.pem\n  key_file: no.key\n", "failed to read key_file (", DIFFERS},
	{TLS "  cert_file: server.pem\n  key_file: .\n", ": is a directory", SAME},
	{TLS "  cert_file: server.pem\n  key_file: server.pem\n",
	 "failed to load X509KeyPair: ", SAME},
	{TLS "  cert_file: ca.pem\n  key_file: server.key\n", "failed to load X509KeyPair: ", SAME},
	{TLS "  cert_file: web.yml\n  key_file: server.key\n",
	 "failed to load X509KeyPair: ", SAME},
	{TLS "  cert: x\n  cert_file: server.pem\n  key: x\n  key_file: server.key\n", NULL,
	 DIFFERS},
	{TLS "  cert: x\n  key_file: server.key\n", "failed to load X509KeyPair: ", DIFFERS},
	{PAIR "  client_auth_type: Maybe\n", "web.yml: line 4: invalid ClientAuth: Maybe", SAME},
	{PAIR "  client_auth_type: RequireClientCert\n", NULL, SAME},
	{PAIR "  client_ca_file: ca.pem\n",
	 "client CA's have been configured without a Client Auth Policy", SAME},
	{PAIR "  client_ca_file: ca.pem\n  client_auth_type: NoClientCert\n",
	 "client CA's have been configured without a Client Auth Policy", SAME},
	{PAIR "  client_ca_file: no.pem\n  client_auth_type: RequireAndVerifyClientCert\n",
	 "/no.pem: no such file or directory", SAME},
	{PAIR "  client_ca_file: web.yml\n  client_auth_type: RequireAndVerifyClientCert\n",
	 "no client CA certificate in", DIFFERS},
	{PAIR "  client_ca: x\n  client_auth_type: RequireAndVerifyClientCert\n",
	 "no client CA certificate in client_ca", DIFFERS},
	{PAIR "  client_ca_file: ca.pem\n  client_auth_type: RequireAndVerifyClientCert\n"
	      "  client_allowed_sans: [a]\n",
	 NULL, DIFFERS},
	{PAIR "  client_allowed_sans: [a]\n",
	 "client_allowed_sans requires client_auth_type to be one of RequireAnyClientCert or "
	 "RequireAndVerifyClientCert",
	 DIFFERS},
	{PAIR "  client_auth_type: VerifyClientCertIfGiven\n  client_allowed_sans: []\n",
	 "client_allowed_sans requires", DIFFERS},
	{PAIR "  client_allowed_sans:\n", NULL, DIFFERS},
	{PAIR "  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,\n    INVENTED]\n",
	 "web.yml: yaml: line 5: unknown cipher: INVENTED", SAME},
	{PAIR "  cipher_suites: [TLS_RSA_WITH_RC4_128_SHA]\n", "unknown cipher: ", SAME},
	{PAIR "  cipher_suites: [TLS_RSA_WITH_AES_128_CBC_SHA]\n", "unknown cipher: ", DIFFERS},
	{PAIR "  max_version: TLS12\n  cipher_suites: [TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA]\n",
	 "no entry of cipher_suites fits the server's key (ECDSA)", DIFFERS},
	{PAIR "  curve_preferences: [CurveP256, X25519, CurveP384, CurveP521]\n", NULL, SAME},
	{PAIR "  curve_preferences: [CurveP25519]\n", "unknown curve: CurveP25519", SAME},
	{PAIR "  min_version: TLS14\n", "line 4: unknown TLS version: TLS14", SAME},
	{PAIR "  min_version: [TLS12]\n", "line 4: cannot unmarshal !!seq into", SAME},
	{PAIR "  min_version: TLS10\n  max_version: TLS11\n", NULL, SAME},
	{PAIR "  min_version: TLS13\n  max_version: TLS12\n", "min_version is above max_version",
	 DIFFERS},

	{HEADERS "    X-Frame-Options: deny\n    X-Content-Type-Options: nosniff\n"
		 "    Strict-Transport-Security: max-age=31536000\n    X-XSS-Protection: 1\n"
		 "    Content-Security-Policy: \"default-src 'self'\"\n",
	 NULL, SAME},
	{HEADERS "    X-Frame-Options: sameorigin\n", NULL, SAME},
	{HEADERS "    X-Frame-Options: DENY\n",
	 "web.yml: line 3: invalid value for X-Frame-Options. Expected one of: [\"deny\" "
	 "\"sameorigin\"], but got: \"DENY\"",
	 SAME},
	{HEADERS "    X-Content-Type-Options: sniff\n",
	 "invalid value for X-Content-Type-Options. Expected one of: [\"nosniff\"], but got: "
	 "\"sniff\"",
	 SAME},
	{HEADERS "    Server: x\n", "line 3: HTTP header \"Server\" can not be configured", SAME},
	{HEADERS "    x-frame-options: deny\n", "HTTP header \"x-frame-options\" can not", SAME},
	{HEADERS "    X-XSS-Protection: \"1\\r\\nSet-Cookie: a\"\n",
	 "invalid value for X-XSS-Protection: it has a line break", DIFFERS},

	{USERS "  alice: " BCRYPT "\n  bob: " BCRYPT "\n", NULL, SAME},
	{USERS, NULL, SAME},
	{USERS "  alice: secret\n",
	 "web.yml: line 2: crypto/bcrypt: hashedSecret too short to be a bcrypted password", SAME},

	{"rate_limit:\n  interval: 1s\n  burst: 5\n", NULL, DIFFERS},
	{"rate_limit:\n  interval: 0\n", NULL, DIFFERS},
	{"rate_limit:\n  interval: soon\n  burst: 5\n",
	 "line 2: cannot unmarshal !!str `soon` into time.Duration", DIFFERS},
	{"rate_limit:\n  interval: -1s\n", "into time.Duration", DIFFERS},
	{"rate_limit:\n  burst: many\n", "line 2: cannot unmarshal !!str `many` into int", DIFFERS},
	{"rate_limit:\n  burst: 99999999999999999999\n", "into int", DIFFERS},
};

START_TEST(accepts_and_refuses)
{
	char error[ACCESS_ERROR_MAX] = "";
	int result = access_file_check(write_config(cases[_i].text), error);

	if (!cases[_i].error) {
		ck_assert_msg(result == 0, "%s: %s", cases[_i].text, error);
		return;
	}
	ck_assert_msg(result < 0, "accepted: %s", cases[_i].text);
	ck_assert_msg(strstr(error, cases[_i].error), "%s: %s", cases[_i].text, error);
	ck_assert_ptr_null(strchr(error, '\n'));
}
END_TEST

/* Another program that reads this format agrees. */
START_TEST(agrees_with_promtool)
{
	char command[4 * SCRATCH_SIZE];
	int status;

	if (cases[_i].promtool == DIFFERS)
		return;
	snprintf(command, sizeof(command), "promtool check web-config %s >%s/output 2>&1",
		 write_config(cases[_i].text), config_directory);
	status = system(command);
	ck_assert_msg((status == 0) == !cases[_i].error, "%s", cases[_i].text);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{accepts_and_refuses, ARRAY_SIZE(cases)},
		{agrees_with_promtool, ARRAY_SIZE(cases)},
	};

	return run_config_suite("web_config_refused", tests, ARRAY_SIZE(tests));
}
