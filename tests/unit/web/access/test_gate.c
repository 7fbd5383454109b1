// SPDX-License-Identifier: Apache-2.0
/* What the web configuration file asks of requests without TLS: the order of checks, headers. */
#include "web/access/gate.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/lib/captured.h"
#include "tests/lib/certificates.h"
#include "tests/unit/suite.h"
#include "tests/unit/web/access/gate_fixture.h"

#define UNKNOWN "eW91OnNlY3JldA==" /* you:secret */

#define HEADERS "http_server_config:\n  headers:\n    X-Frame-Options: deny\n"
#define ONCE    "rate_limit:\n  interval: 1h\n  burst: 1\n"

static bool has(const struct http_response *response, const char *name, const char *value)
{
	char found[128];

	return http_header(response, name, found, sizeof(found)) && strcmp(found, value) == 0;
}

static const struct {
	const char *method, *target, *credentials;
	int status;
} requests[] = {
	{"GET", "/metrics", NULL, 401},
	{"GET", "/metrics", WRONG, 401},
	{"GET", "/metrics", UNKNOWN, 401},
	{"GET", "/metrics", "?", 401},
	{"GET", "/metrics", RIGHT, 200},
	{"HEAD", "/metrics", RIGHT, 200},
	{"HEAD", "/metrics", NULL, 401},
	{"GET", "/", NULL, 401},
	{"GET", "/", RIGHT, 200},
	{"GET", "/nothing", NULL, 401},
	{"GET", "/static/style.css", NULL, 401},
	{"GET", "/nothing", RIGHT, 404},
	{"POST", "/metrics", NULL, 401},
	{"POST", "/metrics", RIGHT, 405},
	{"GET", "/-/healthy", NULL, 200},
	{"GET", "/-/ready", NULL, 200},
	{"HEAD", "/-/ready", WRONG, 200},
	{"POST", "/-/healthy", RIGHT, 405},
	{"GET", "/-/healthy/", NULL, 401},
};

/* Each is sent twice: the second time, bcrypt's result is cached. */
START_TEST(asks_for_credentials)
{
	gate_start(USERS HEADERS);
	for (int i = 0; i < 2; i++) {
		struct http_response response = gate_ask(requests[_i].method, requests[_i].target,
							 requests[_i].credentials);

		ck_assert_int_eq(response.status, requests[_i].status);
		ck_assert(has(&response, "X-Frame-Options", "deny"));
		ck_assert(has(&response, "WWW-Authenticate", "Basic") == (response.status == 401));
		ck_assert(has(&response, "X-Content-Type-Options", "nosniff") ||
			  response.status == 200);
		if (response.status == 401 && strcmp(requests[_i].method, "HEAD") != 0)
			ck_assert_str_eq(response.body, "Unauthorized\n");
		http_response_done(&response);
	}
	gate_stop();
}
END_TEST

/* Requests /metrics from 127.0.0.1. */
static int status_from_here(const char *credentials)
{
	return gate_status("/metrics", credentials);
}

/* Requests it from 127.0.0.2. */
static int status_from_elsewhere(const char *credentials)
{
	int connection = stub_connect_from_elsewhere(), status = 0;
	char request[256], answer[16] = "";

	snprintf(request, sizeof(request), REQUEST("%s"), credentials);
	gate_send(connection, request);
	ck_assert_int_gt(recv(connection, answer, sizeof(answer) - 1, MSG_WAITALL), 0);
	ck_assert_int_eq(sscanf(answer, "HTTP/1.1 %d", &status), 1);
	close(connection);
	return status;
}

#define FAILED_FROM(peer) "level=INFO msg=\"login failed\" peer=" peer " reason=\"missing, "

static const struct client {
	int (*status)(const char *credentials);
	const char *line; /* the words before its reason */
} here = {status_from_here, FAILED_FROM("127.0.0.1")},
  elsewhere = {status_from_elsewhere, FAILED_FROM("127.0.0.2")};

/*
 * Checks that so many failed logins are logged in exactly one line, with these words after its
 * cure.
 */
static void check_line(const struct client *client, const char *credentials, int logins,
		       const char *last)
{
	char log[4096];
	const char *cure;

	ck_assert_int_eq(capture_begin(), 0);
	while (logins-- > 0)
		ck_assert_int_eq(client->status(credentials), 401);
	capture_end(log, sizeof(log));
	cure = strstr(log, "\" cure=\"compare ");
	ck_assert_msg(strstr(log, client->line) && cure, "not with %s: %s", client->line, log);
	ck_assert_msg(strchr(log, '\n') + 1 == log + strlen(log), "not one line: %s", log);
	ck_assert_msg(strcmp(strchr(cure + 8, '"') + 1, last) == 0, "does not end so: %s", log);
}

/* Requests without credentials get no line, and are not counted in the next line either. */
START_TEST(logs_no_request_without_credentials)
{
	char log[4096];

	gate_start(USERS);
	ck_assert_int_eq(capture_begin(), 0);
	ck_assert_int_eq(gate_status("/metrics", NULL), 401);
	ck_assert_int_eq(gate_status("/metrics", NULL), 401);
	ck_assert_int_eq(gate_status("/metrics", RIGHT), 200);
	capture_end(log, sizeof(log));
	ck_assert_msg(!strstr(log, "login failed"), "%s", log);
	check_line(&here, WRONG, 1, "\n");
	gate_stop();
}
END_TEST

static const char *const logins[] = {WRONG, UNKNOWN, "!"};

/* bcrypt is needed for all of these logins but the last one. */
START_TEST(logs_the_first_failed_login)
{
	gate_start(USERS);
	check_line(&here, logins[_i], 1, "\n");
	gate_stop();
}
END_TEST

/* A cached login. It comes from another address, because the first one has had its line. */
START_TEST(logs_a_failed_login_that_is_cached)
{
	gate_start(USERS);
	ck_assert_int_eq(gate_status("/metrics", logins[_i]), 401);
	check_line(&elsewhere, logins[_i], 1, "\n");
	gate_stop();
}
END_TEST

START_TEST(counts_other_failed_logins)
{
	gate_start(USERS);
	check_line(&here, logins[_i], 3, "\n");
	check_line(&elsewhere, logins[_i], 1, " others=2\n");
	gate_stop();
}
END_TEST

/* Credentials do not help. The answer has no headers. Health checks are not refused. */
static void check_refusal(int status, const char *body)
{
	struct http_response response = gate_ask("GET", "/metrics", RIGHT);

	ck_assert_int_eq(response.status, status);
	ck_assert_str_eq(response.body, body);
	ck_assert(!has(&response, "X-Frame-Options", "deny"));
	http_response_done(&response);
	ck_assert_int_eq(gate_status("/-/healthy", NULL), 200);
	ck_assert_int_eq(gate_status("/-/ready", NULL), 200);
}

/* Health checks do not use the rate up. */
START_TEST(limits_the_rate)
{
	gate_start(USERS HEADERS ONCE);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(gate_status("/-/healthy", NULL), 200);
	ck_assert_int_eq(gate_status("/metrics", RIGHT), 200);
	check_refusal(429, "Too Many Requests\n");
	gate_stop();
}
END_TEST

static const char *const unusable[] = {
	USERS "nonsense: 1\n",
	"",
	USERS "tls_server_config:\n  cert_file: none.pem\n  key_file: none.pem\n",
};

START_TEST(refuses_while_the_file_is_unusable)
{
	gate_start(USERS HEADERS);
	ck_assert_int_eq(gate_status("/metrics", RIGHT), 200);
	if (unusable[_i][0])
		gate_write_config(unusable[_i]);
	else
		unlink(gate_config);
	check_refusal(500, "Internal Server Error\n");
	gate_write_config(USERS);
	ck_assert_int_eq(gate_status("/metrics", RIGHT), 200);
	ck_assert_int_eq(gate_status("/metrics", NULL), 401);
	gate_stop();
}
END_TEST

/* Writes a valid configuration with TLS. */
static void turn_tls_on(void)
{
	const struct certificate_request request = {.name = "server"};
	struct certificate certificate = certificate_make(&request, NULL);
	char cert[96], key[96], text[256];

	snprintf(cert, sizeof(cert), "%s.cert", gate_config);
	snprintf(key, sizeof(key), "%s.key", gate_config);
	snprintf(text, sizeof(text), "tls_server_config: {cert_file: %s, key_file: %s}\n", cert,
		 key);
	certificate_write(&certificate, cert, key);
	certificate_free(&certificate);
	gate_write_config(text);
}

/* The server has begun without TLS. This is logged once. */
START_TEST(refuses_while_the_file_turns_tls_on)
{
	char log[4096], *line;

	gate_start("");
	turn_tls_on();
	ck_assert_int_eq(capture_begin(), 0);
	check_refusal(500, "Internal Server Error\n");
	check_refusal(500, "Internal Server Error\n");
	capture_end(log, sizeof(log));
	line = strstr(log, "TLS is not in use, but the file now configures it");
	ck_assert(line && !strstr(line + 1, "web configuration is not used"));
	gate_stop();
}
END_TEST

START_TEST(reads_again)
{
	gate_start(USERS);
	ck_assert_int_eq(gate_status("/metrics", NULL), 401);
	gate_write_config(HEADERS);
	sleep(1); /* a laxer file takes effect only after a second */
	usleep(100000);
	http_server_reload(stub.server);
	ck_assert_int_eq(gate_status("/metrics", NULL), 200);
	gate_stop();
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{asks_for_credentials, ARRAY_SIZE(requests)},
		{logs_no_request_without_credentials, 0},
		{logs_the_first_failed_login, ARRAY_SIZE(logins)},
		{logs_a_failed_login_that_is_cached, ARRAY_SIZE(logins)},
		{counts_other_failed_logins, ARRAY_SIZE(logins)},
		{limits_the_rate, 0},
		{refuses_while_the_file_is_unusable, ARRAY_SIZE(unusable)},
		{refuses_while_the_file_turns_tls_on, 0},
		{reads_again, 0},
	};

	return run_suite("gate", tests, ARRAY_SIZE(tests));
}
