// SPDX-License-Identifier: Apache-2.0
/* What is read, however large the file is, and what the program makes of a file. */
#include "web/config/web_config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/units.h"
#include "tests/unit/web/config/config_fixture.h"
#include "web/access/access.h"

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
	ck_assert_int_eq(access_file_check(config_directory, error), -EISDIR);
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
	const struct unit_test tests[] = {
		{has_defaults, 0},
		{reads_every_value, 0},
		{reads_inline_pems, 0},
		{is_done_with_large_files_soon, ARRAY_SIZE(large)},
		{names_what_it_cannot_open, 0},
		{program_checks, 0},
	};

	return run_config_suite("web_config", tests, ARRAY_SIZE(tests));
}
