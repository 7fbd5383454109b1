// SPDX-License-Identifier: Apache-2.0
/* Which files are accepted, and with which words the others are refused. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/units.h"
#include "tests/lib/certificates.h"
#include "tests/lib/scratch.h"
#include "tests/unit/suite.h"
#include "web/access/access.h"
#include "web/config/web_config.h"

#define TLS     "tls_server_config:\n"
#define PAIR    TLS "  cert_file: server.pem\n  key_file: server.key\n"
#define HEADERS "http_server_config:\n  headers:\n"
#define USERS   "basic_auth_users:\n"
#define BCRYPT  "$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi"

static char directory[SCRATCH_SIZE];

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

static const char *path_of(const char *name)
{
	static char path[2 * SCRATCH_SIZE];

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	return path;
}

static const char *write_config(const char *text)
{
	const char *path = path_of("web.yml");

	unlink(path);
	ck_assert_int_eq(scratch_write(path, text, strlen(text)), 0);
	return path;
}

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
		 write_config(cases[_i].text), directory);
	status = system(command);
	ck_assert_msg((status == 0) == !cases[_i].error, "%s", cases[_i].text);
}
END_TEST

static struct web_config *read_config(const char *text)
{
	char error[WEB_CONFIG_ERROR_MAX];
	struct web_config *config;

	ck_assert_msg(web_config_read(write_config(text), &config, error) == 0, "%s", error);
	return config;
}

START_TEST(has_defaults)
{
	struct web_config *config = read_config("");

	ck_assert(config->http2);
	ck_assert(!web_config_uses_tls(config));
	ck_assert_int_eq(config->tls.min_version, TLS_VERSION_12);
	ck_assert_int_eq(config->tls.max_version, TLS_VERSION_13);
	ck_assert(config->tls.prefer_server_cipher_suites);
	ck_assert_uint_eq(config->users.count, 0);
	ck_assert_uint_eq(config->rate_interval_ns, 0);
	web_config_free(config);
}
END_TEST

START_TEST(reads_every_value)
{
	struct web_config *config = read_config(
		"tls_server_config:\n  cert: &one 1\n  key: k\n  cert_file: /c.pem\n"
		"  key_file: sub/k.pem\n  client_ca: *one\n  client_ca_file: ../ca.pem\n"
		"  client_auth_type: NoClientCert\n  client_allowed_sans: [a, 1.5]\n"
		"  cipher_suites:\n  - TLS_AES_128_GCM_SHA256\n"
		"  - TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\n  - TLS_AES_128_GCM_SHA256\n"
		"  curve_preferences: [X25519]\n  min_version: TLS10\n  max_version: TLS11\n"
		"  prefer_server_cipher_suites: no\n"
		"http_server_config: {http2: false, headers: {A: b}}\n"
		"basic_auth_users: {u: h}\nrate_limit: {interval: 1m, burst: 0x10}\n");
	const struct web_tls *tls = &config->tls;

	ck_assert_str_eq(tls->cert, "1");
	ck_assert_str_eq(tls->key, "k");
	ck_assert_str_eq(tls->client_ca, "1");
	ck_assert_str_eq(tls->cert_file, "/c.pem");
	ck_assert_str_eq(tls->key_file, path_of("sub/k.pem"));
	ck_assert_str_eq(tls->client_ca_file, path_of("../ca.pem"));
	ck_assert(tls->restricts_sans);
	ck_assert_uint_eq(tls->san_count, 2);
	ck_assert_str_eq(tls->sans[1], "1.5");
	ck_assert_uint_eq(tls->suite_count, 2);
	ck_assert_str_eq(tls->suites[1]->name, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
	ck_assert_uint_eq(tls->curve_count, 1);
	ck_assert_int_eq(tls->min_version, TLS_VERSION_10);
	ck_assert_int_eq(tls->max_version, TLS_VERSION_11);
	ck_assert(!tls->prefer_server_cipher_suites);
	ck_assert(!config->http2);
	ck_assert_str_eq(config->headers.pairs[0].value, "b");
	ck_assert_str_eq(config->users.pairs[0].name, "u");
	ck_assert_uint_eq(config->rate_interval_ns, 60000000000);
	ck_assert_int_eq(config->rate_burst, 16);
	web_config_free(config);
}
END_TEST

START_TEST(reads_inline_pems)
{
	char text[8192], error[ACCESS_ERROR_MAX];
	const char *const names[] = {"server.pem", "server.key"};
	const char *const keys[] = {"  cert: |\n", "  key: |\n"};
	size_t length = (size_t)snprintf(text, sizeof(text), TLS);

	for (int i = 0; i < 2; i++) {
		char *pem, *line;
		size_t size;

		ck_assert_int_eq(scratch_read(path_of(names[i]), &pem, &size), 0);
		length += snprintf(text + length, sizeof(text) - length, "%s", keys[i]);
		for (line = strtok(pem, "\n"); line; line = strtok(NULL, "\n"))
			length += snprintf(text + length, sizeof(text) - length, "    %s\n", line);
		free(pem);
	}
	ck_assert_msg(access_file_check(write_config(text), error) == 0, "%s", error);
}
END_TEST

/* Repeats a text as often as it fits: input that is slow to parse. */
static const struct {
	const char *begin, *repeated; /* a format, for a number */
	size_t size;
	const char *error; /* NULL: the file is accepted */
} large[] = {
	{USERS, "  u%zu: " BCRYPT "\n", WEB_CONFIG_MAX, NULL},
	{"http_server_config:\n  headers:\n", "    h%zu: a\n", WEB_CONFIG_MAX,
	 "header \"h0\" can not be"},
	{"a: [", "&a%zu 1,", WEB_CONFIG_MAX, "web.yml: yaml: line "},
	{"a: ", "[", WEB_CONFIG_MAX, "web.yml: yaml: line 1: nested more than 16 deep"},
	{"a: ", "{? ", WEB_CONFIG_MAX, "web.yml: yaml: line 1: nested more than 16 deep"},
	{"", "- ", WEB_CONFIG_MAX, "web.yml: yaml: line 1: nested more than 16 deep"},
	{"a: [", "[], ", WEB_CONFIG_MAX, "web.yml: yaml: line "},
	{"", "#", WEB_CONFIG_MAX + 1, "web.yml: file too large"},
};

START_TEST(is_done_with_large_files_soon)
{
	char *text = calloc(1, WEB_CONFIG_MAX + 128), error[ACCESS_ERROR_MAX] = "";
	size_t length = (size_t)sprintf(text, "%s", large[_i].begin);
	uint64_t begin = clock_ns(CLOCK_MONOTONIC);
	int result;

	for (size_t i = 0; length < large[_i].size; i++) {
		int more = snprintf(text + length, 128, large[_i].repeated, i);

		if (length + more > large[_i].size)
			break;
		length += more;
	}
	text[length] = '\0';
	result = access_file_check(write_config(text), error);
	free(text);
	ck_assert_int_eq(result == 0, !large[_i].error);
	ck_assert_msg(!large[_i].error || strstr(error, large[_i].error), "%s", error);
	ck_assert_uint_lt(clock_ns(CLOCK_MONOTONIC) - begin, 10 * SECOND_NS);
}
END_TEST

START_TEST(names_what_it_cannot_open)
{
	char error[ACCESS_ERROR_MAX];

	ck_assert_int_eq(access_file_check("/no/web.yml", error), -ENOENT);
	ck_assert_str_eq(error, "open /no/web.yml: no such file or directory");
	ck_assert_int_eq(access_file_check(directory, error), -EISDIR);
	ck_assert_ptr_nonnull(strstr(error, ": is a directory"));
	ck_assert_int_eq(mkfifo(path_of("fifo"), 0600), 0);
	ck_assert_int_eq(access_file_check(path_of("fifo"), error), -EINVAL);
	ck_assert_ptr_nonnull(strstr(error, "fifo: not a regular file"));
}
END_TEST

/* Runs the program. Returns its exit status, and its standard output and error. */
static int run_check(const char *text, char *ret_output, size_t size)
{
	char command[512];
	FILE *program;
	size_t length;
	int status;

	snprintf(command, sizeof(command),
		 SOCKET_BIND_EXPORTER_PATH " --web.config.file=%s --web.config.check 2>&1",
		 write_config(text));
	program = popen(command, "r");
	ck_assert_ptr_nonnull(program);
	length = fread(ret_output, 1, size - 1, program);
	ret_output[length] = '\0';
	status = pclose(program);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

START_TEST(program_checks)
{
	char output[1024];

	ck_assert_int_eq(run_check(PAIR, output, sizeof(output)), 0);
	ck_assert_ptr_nonnull(strstr(output, "configuration is valid"));
	ck_assert_int_eq(run_check("foo: 1\n", output, sizeof(output)), 1);
	ck_assert_ptr_nonnull(
		strstr(output, "/web.yml: yaml: line 1: field foo not found in type web.Config"));
	ck_assert_ptr_eq(strchr(output, '\n'), output + strlen(output) - 1);
}
END_TEST

int main(void)
{
	const struct certificate_request request = {.name = "server"};
	const struct certificate_request ca_request = {.name = "CA", .is_ca = true};
	const struct unit_test tests[] = {
		{accepts_and_refuses, ARRAY_SIZE(cases)},
		{agrees_with_promtool, ARRAY_SIZE(cases)},
		{has_defaults, 0},
		{reads_every_value, 0},
		{reads_inline_pems, 0},
		{is_done_with_large_files_soon, ARRAY_SIZE(large)},
		{names_what_it_cannot_open, 0},
		{program_checks, 0},
	};
	struct certificate server = certificate_make(&request, NULL);
	struct certificate ca = certificate_make(&ca_request, NULL);
	char key[2 * SCRATCH_SIZE];
	int failed;

	if (scratch_make(directory))
		return EXIT_FAILURE;
	certificate_write(&ca, path_of("ca.pem"), NULL);
	strcpy(key, path_of("server.key"));
	certificate_write(&server, path_of("server.pem"), key);
	certificate_free(&server);
	certificate_free(&ca);
	failed = run_suite("web_config", tests, ARRAY_SIZE(tests));
	scratch_remove(directory);
	return failed;
}
