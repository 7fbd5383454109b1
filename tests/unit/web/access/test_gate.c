// SPDX-License-Identifier: Apache-2.0
/*
 * The web configuration file's effect on requests without TLS: order of the checks, headers, and
 * closing.
 */
#include "web/access/gate.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/lib/captured.h"
#include "tests/lib/http_client.h"
#include "tests/lib/scratch.h"
#include "tests/unit/suite.h"
#include "tests/unit/web/http/stub_server.h"

#define RIGHT   "cHJvbTpzZWNyZXQ=" /* prom:secret */
#define WRONG   "cHJvbTp3cm9uZw==" /* prom:wrong */
#define UNKNOWN "eW91OnNlY3JldA==" /* you:secret */

/* bcrypt of "secret", quick and slow. */
#define QUICK "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW"
#define SLOW  "$2b$12$abcdefghijklmnopqrstuuT1Iwu6o8Wx7BoOyIMHfgVJq6JO/IJhW"

#define USERS   "basic_auth_users:\n  prom: " QUICK "\n"
#define HEADERS "http_server_config:\n  headers:\n    X-Frame-Options: deny\n"
#define ONCE    "rate_limit:\n  interval: 1h\n  burst: 1\n"

static char scratch[SCRATCH_SIZE], path[SCRATCH_SIZE + 16];

/* Writes a new file and renames it, as administrators should. */
static void write_config(const char *text)
{
	char beside[sizeof(path) + 8];

	snprintf(beside, sizeof(beside), "%s.new", path);
	ck_assert_int_eq(scratch_write(beside, text, strlen(text)), 0);
	ck_assert_int_eq(rename(beside, path), 0);
}

static void start_within(const char *text, const struct connection_limits *limits)
{
	ck_assert_int_eq(scratch_make(scratch), 0);
	snprintf(path, sizeof(path), "%s/web.yml", scratch);
	write_config(text);
	stub_start_guarded(path, limits);
}

static void start(const char *text)
{
	start_within(text, &CONNECTION_LIMITS);
}

static void stop(void)
{
	stub_stop();
	scratch_remove(scratch);
}

/* credentials: base64, or NULL. */
static struct http_response ask(const char *method, const char *target, const char *credentials)
{
	struct http_response response = {0};
	char request[512];
	int length = snprintf(request, sizeof(request),
			      "%s %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n%s%s%s\r\n",
			      method, target, credentials ? "Authorization: Basic " : "",
			      credentials ? credentials : "", credentials ? "\r\n" : "");

	ck_assert_int_eq(http_exchange(AF_INET, stub.port, request, (size_t)length,
				       strcmp(method, "HEAD") == 0, &response),
			 0);
	return response;
}

static int status_of(const char *target, const char *credentials)
{
	struct http_response response = ask("GET", target, credentials);
	int status = response.status;

	http_response_done(&response);
	return status;
}

/* Requests /metrics from 127.0.0.2. */
static int status_from_elsewhere(const char *credentials)
{
	int connection = stub_connect_from_elsewhere(), status = 0;
	char request[512], answer[16] = "";
	int length = snprintf(request, sizeof(request),
			      "GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
			      "Authorization: Basic %s\r\n\r\n",
			      credentials);

	ck_assert_int_eq(write(connection, request, (size_t)length), length);
	ck_assert_int_gt(recv(connection, answer, sizeof(answer) - 1, MSG_WAITALL), 0);
	ck_assert_int_eq(sscanf(answer, "HTTP/1.1 %d", &status), 1);
	close(connection);
	return status;
}

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
	start(USERS HEADERS);
	for (int i = 0; i < 2; i++) {
		struct http_response response =
			ask(requests[_i].method, requests[_i].target, requests[_i].credentials);

		ck_assert_int_eq(response.status, requests[_i].status);
		ck_assert(has(&response, "X-Frame-Options", "deny"));
		ck_assert(has(&response, "WWW-Authenticate", "Basic") == (response.status == 401));
		ck_assert(has(&response, "X-Content-Type-Options", "nosniff") ||
			  response.status == 200);
		if (response.status == 401 && strcmp(requests[_i].method, "HEAD") != 0)
			ck_assert_str_eq(response.body, "Unauthorized\n");
		http_response_done(&response);
	}
	stop();
}
END_TEST

/*
 * Checks that the log has exactly this one line, with these words before its reason and after its
 * cure.
 */
static void ends_with_line(const char *words, const char *last)
{
	char log[4096];
	const char *cure;

	capture_end(log, sizeof(log));
	cure = strstr(log, "\" cure=\"compare ");
	ck_assert_msg(strstr(log, words) && cure, "not with %s: %s", words, log);
	ck_assert_msg(strchr(log, '\n') + 1 == log + strlen(log), "not one line: %s", log);
	ck_assert_msg(strcmp(strchr(cure + 8, '"') + 1, last) == 0, "does not end so: %s", log);
}

#define LINE_OF(address) "level=INFO msg=\"login failed\" peer=" address " reason=\"missing, "

/* Requests without credentials get no line, and are not counted in the next line either. */
START_TEST(logs_no_request_without_credentials)
{
	char log[4096];

	start(USERS);
	ck_assert_int_eq(capture_begin(), 0);
	ck_assert_int_eq(status_of("/metrics", NULL), 401);
	ck_assert_int_eq(status_of("/metrics", NULL), 401);
	ck_assert_int_eq(status_of("/metrics", RIGHT), 200);
	capture_end(log, sizeof(log));
	ck_assert_msg(!strstr(log, "login failed"), "%s", log);
	ck_assert_int_eq(capture_begin(), 0);
	ck_assert_int_eq(status_of("/metrics", WRONG), 401);
	ends_with_line(LINE_OF("127.0.0.1"), "\n");
	stop();
}
END_TEST

static const char *const logins[] = {WRONG, UNKNOWN, "!"};

/* bcrypt is needed for all of these logins but the last one. */
START_TEST(logs_the_first_failed_login)
{
	start(USERS);
	ck_assert_int_eq(capture_begin(), 0);
	ck_assert_int_eq(status_of("/metrics", logins[_i]), 401);
	ends_with_line(LINE_OF("127.0.0.1"), "\n");
	stop();
}
END_TEST

/* A cached login. It comes from another address, because the first one has had its line. */
START_TEST(logs_a_failed_login_that_is_cached)
{
	start(USERS);
	ck_assert_int_eq(status_of("/metrics", logins[_i]), 401);
	ck_assert_int_eq(capture_begin(), 0);
	ck_assert_int_eq(status_from_elsewhere(logins[_i]), 401);
	ends_with_line(LINE_OF("127.0.0.2"), "\n");
	stop();
}
END_TEST

START_TEST(counts_other_failed_logins)
{
	start(USERS);
	ck_assert_int_eq(capture_begin(), 0);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(status_of("/metrics", logins[_i]), 401);
	ends_with_line(LINE_OF("127.0.0.1"), "\n");
	ck_assert_int_eq(capture_begin(), 0);
	ck_assert_int_eq(status_from_elsewhere(logins[_i]), 401);
	ends_with_line(LINE_OF("127.0.0.2"), " others=2\n");
	stop();
}
END_TEST

/*
 * The rate limit comes before credentials, and its answer has no headers. Health checks do not use
 * it up.
 */
START_TEST(limits_the_rate)
{
	struct http_response response;

	start(USERS HEADERS ONCE);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(status_of("/-/healthy", NULL), 200);
	ck_assert_int_eq(status_of("/metrics", RIGHT), 200);
	response = ask("GET", "/metrics", RIGHT);
	ck_assert_int_eq(response.status, 429);
	ck_assert_str_eq(response.body, "Too Many Requests\n");
	ck_assert(!has(&response, "X-Frame-Options", "deny"));
	http_response_done(&response);
	ck_assert_int_eq(status_of("/-/ready", NULL), 200);
	stop();
}
END_TEST

static const char *const unusable[] = {
	USERS "nonsense: 1\n",
	"",
	USERS "tls_server_config:\n  cert_file: none.pem\n  key_file: none.pem\n",
};

START_TEST(refuses_while_the_file_is_unusable)
{
	struct http_response response;

	start(USERS HEADERS);
	ck_assert_int_eq(status_of("/metrics", RIGHT), 200);
	if (unusable[_i][0])
		write_config(unusable[_i]);
	else
		unlink(path);
	response = ask("GET", "/metrics", RIGHT);
	ck_assert_int_eq(response.status, 500);
	ck_assert_str_eq(response.body, "Internal Server Error\n");
	ck_assert(!has(&response, "X-Frame-Options", "deny"));
	http_response_done(&response);
	ck_assert_int_eq(status_of("/-/healthy", NULL), 200);
	ck_assert_int_eq(status_of("/-/ready", NULL), 200);
	write_config(USERS);
	ck_assert_int_eq(status_of("/metrics", RIGHT), 200);
	ck_assert_int_eq(status_of("/metrics", NULL), 401);
	stop();
}
END_TEST

START_TEST(reads_again)
{
	start(USERS);
	ck_assert_int_eq(status_of("/metrics", NULL), 401);
	write_config(HEADERS);
	sleep(1); /* a laxer file takes effect only after a second */
	usleep(100000);
	http_server_reload(stub.server);
	ck_assert_int_eq(status_of("/metrics", NULL), 200);
	stop();
}
END_TEST

/* While bcrypt runs, other requests are served, and stopping does not wait for it. */
START_TEST(ends_while_credentials_are_compared)
{
	static const char request[] = "GET /metrics HTTP/1.1\r\nHost: a\r\n"
				      "Authorization: Basic " RIGHT "\r\n\r\n";
	struct timespec before, after;
	int waiting[40], answered = 0;
	char answer[16] = "";

	start("basic_auth_users:\n  prom: " SLOW "\n");
	for (size_t i = 0; i < ARRAY_SIZE(waiting); i++) {
		waiting[i] = http_connect(AF_INET, stub.port);
		ck_assert_int_eq(write(waiting[i], request, sizeof(request) - 1),
				 sizeof(request) - 1);
	}
	clock_gettime(CLOCK_MONOTONIC, &before);
	ck_assert_int_eq(status_of("/-/healthy", NULL), 200);
	stop();
	clock_gettime(CLOCK_MONOTONIC, &after);
	ck_assert_int_lt((after.tv_sec - before.tv_sec) * 1000 +
				 (after.tv_nsec - before.tv_nsec) / 1000000,
			 1000);
	for (size_t i = 0; i < ARRAY_SIZE(waiting); i++) {
		/* The client gets no answer or a refusal: an unknown result never grants access. */
		answered += recv(waiting[i], answer, sizeof(answer) - 1, 0) > 0 &&
			    strstr(answer, " 200");
		close(waiting[i]);
	}
	ck_assert_int_eq(answered, 0);
}
END_TEST

/* Each request has another password. */
static void send_guess(int connection, int number)
{
	char request[128];
	int length = snprintf(request, sizeof(request),
			      "GET /metrics HTTP/1.1\r\nHost: a\r\n"
			      "Authorization: Basic cHJvbTp3%c%cAA\r\n\r\n",
			      'A' + number % 26, 'A' + number / 26);

	ck_assert_int_eq(write(connection, request, (size_t)length), length);
}

/* Returns how many requests have this answer by now. */
static int count_answered(const int *connections, size_t count, const char *status)
{
	int answered = 0;

	for (size_t i = 0; i < count; i++) {
		char answer[16] = "";

		recv(connections[i], answer, sizeof(answer) - 1, MSG_PEEK | MSG_DONTWAIT);
		answered += strstr(answer, status) != NULL;
	}
	return answered;
}

/* A client that guesses from one address fills its own share, and takes turns with all others. */
START_TEST(a_flood_of_guesses_keeps_no_user_out)
{
	int guessing[60], refused = 0, before;

	start("basic_auth_users:\n  prom: " SLOW "\n");
	for (size_t i = 0; i < ARRAY_SIZE(guessing); i++) {
		guessing[i] = stub_connect_from_elsewhere();
		send_guess(guessing[i], (int)i);
	}
	/* 27, less the comparisons that have ended by then. */
	for (int i = 0; i < 10000 && refused < 20; i++) {
		usleep(1000);
		refused = count_answered(guessing, ARRAY_SIZE(guessing), " 503");
	}
	ck_assert_int_ge(refused, 20);
	before = count_answered(guessing, ARRAY_SIZE(guessing), " 401");
	ck_assert_int_eq(status_of("/metrics", RIGHT), 200);
	ck_assert_int_le(count_answered(guessing, ARRAY_SIZE(guessing), " 401") - before, 3);
	for (size_t i = 0; i < ARRAY_SIZE(guessing); i++)
		close(guessing[i]);
	stop();
}
END_TEST

/*
 * A connection that waits for bcrypt cannot be closed meanwhile, so it is not evicted. Other
 * connections of the same address are, and the waiting ones get their answers.
 */
START_TEST(waiting_requests_make_no_room)
{
	struct connection_limits limits = CONNECTION_LIMITS;
	int guessing[8], others[10];
	char answer[16] = "";

	limits.per_peer = ARRAY_SIZE(guessing) + 2;
	limits.patience_ms = 1;
	start_within("basic_auth_users:\n  prom: " SLOW "\n", &limits);
	for (size_t i = 0; i < ARRAY_SIZE(guessing); i++) {
		guessing[i] = stub_connect_from_elsewhere();
		send_guess(guessing[i], (int)i);
	}
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		usleep(5000);
		others[i] = stub_connect_from_elsewhere();
		send(others[i], "GET", 3, MSG_NOSIGNAL);
	}
	for (size_t i = 0; i < ARRAY_SIZE(guessing); i++) {
		ck_assert_int_ge(recv(guessing[i], answer, sizeof(answer) - 1, MSG_WAITALL), 12);
		ck_assert_int_eq(strncmp(answer, "HTTP/1.1 401", 12), 0);
		close(guessing[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		close(others[i]);
	stop();
}
END_TEST

/*
 * Clients close their connection while they wait, and more requests follow on the same connection.
 */
START_TEST(survives_clients_that_leave)
{
	static const char requests_at_once[] = "GET /metrics HTTP/1.1\r\nHost: a\r\n"
					       "Authorization: Basic " WRONG "\r\n\r\n"
					       "GET /metrics HTTP/1.1\r\nHost: a\r\n"
					       "Authorization: Basic " RIGHT "\r\n\r\n";
	int status, tries = 0;

	start(USERS);
	for (int i = 0; i < 100; i++) {
		int connection = http_connect(AF_INET, stub.port);

		ck_assert_int_eq(write(connection, requests_at_once, sizeof(requests_at_once) - 1),
				 sizeof(requests_at_once) - 1);
		close(connection);
	}
	/*
	 * Jobs of closed connections may still fill the queue for a while, which is answered with
	 * 503.
	 */
	do {
		status = status_of("/metrics", RIGHT);
	} while (status == 503 && ++tries < 1000);
	ck_assert_int_eq(status, 200);
	stop();
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
		{reads_again, 0},
		{ends_while_credentials_are_compared, 0},
		{a_flood_of_guesses_keeps_no_user_out, 0},
		{waiting_requests_make_no_room, 0},
		{survives_clients_that_leave, 0},
	};

	return run_suite("gate", tests, ARRAY_SIZE(tests));
}
