// SPDX-License-Identifier: Apache-2.0
#include "web/http/server.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http_client.h"
#include "stub_server.h"
#include "suite.h"

#define BIG_PAGE (16 << 20) /* more than socket buffers hold */

static void start(const char *path, uint32_t max_requests)
{
	stub_start(path, max_requests, &CONNECTION_LIMITS, NULL);
}

static const struct {
	const char *method, *path;
	int status;
	const char *type; /* the beginning of the content type */
	const char *body; /* a part of the body */
} requests[] = {
	{"GET", "/metrics", 200, "text/plain; version=0.0.4; charset=utf-8", STUB_PAGE},
	{"GET", "/metrics?x=1", 200, "text/plain; version=0.0.4", STUB_PAGE},
	{"HEAD", "/metrics", 200, "text/plain; version=0.0.4", ""},
	{"POST", "/metrics", 405, "text/plain", "Method not allowed"},
	{"PUT", "/metrics", 405, "text/plain", "Method not allowed"},
	{"DELETE", "/", 405, "text/plain", "Method not allowed"},
	{"OPTIONS", "/metrics", 405, "text/plain", "Method not allowed"},
	{"GET", "/", 200, "text/html; charset=utf-8", STUB_STATUS},
	{"GET", "/static/style.css?1.2.3", 200, "text/css; charset=utf-8", "color-scheme"},
	{"GET", "/static/refresh.js", 200, "text/javascript; charset=utf-8", "fetch("},
	{"GET", "/static/icon.svg", 200, "image/svg+xml", "<svg"},
	{"HEAD", "/static/icon.svg", 200, "image/svg+xml", ""},
	{"POST", "/static/icon.svg", 405, "text/plain", ""},
	{"GET", "/static/", 404, "text/plain", "404"},
	{"GET", "/static/../icon.svg", 404, "text/plain", "404"},
	{"HEAD", "/", 200, "text/html", ""},
	{"GET", "/-/healthy", 200, "text/plain", "Healthy"},
	{"POST", "/-/healthy", 405, "text/plain", ""},
	{"GET", "/-/ready", 200, "text/plain", "Ready"},
	{"HEAD", "/-/ready", 200, "text/plain", ""},
	{"GET", "/metrics/", 404, "text/plain", "404"},
	{"GET", "/nothing", 404, "text/plain", "404"},
	{"POST", "/nothing", 404, "text/plain", "404"},
	{"HEAD", "/nothing", 404, "text/plain", ""},
	{"GET", "//", 404, "text/plain", "404"},
};

START_TEST(answers)
{
	struct http_response response = {0};
	char header[128];

	start("/metrics", 40);
	ck_assert_int_eq(http_request(stub.port, requests[_i].method, requests[_i].path, &response),
			 0);
	ck_assert_int_eq(response.status, requests[_i].status);
	ck_assert(http_header(&response, "Content-Type", header, sizeof(header)));
	ck_assert_int_eq(strncmp(header, requests[_i].type, strlen(requests[_i].type)), 0);
	ck_assert_ptr_nonnull(strstr(response.body, requests[_i].body));
	if (strcmp(requests[_i].method, "HEAD") == 0) {
		ck_assert_uint_eq(response.length, 0);
		ck_assert(http_header(&response, "Content-Length", header, sizeof(header)));
		ck_assert_str_ne(header, "0");
	}
	ck_assert(http_header(&response, "Allow", header, sizeof(header)) ==
		  (requests[_i].status == 405));
	if (requests[_i].status == 405)
		ck_assert_str_eq(header, "GET, HEAD");
	http_response_done(&response);
	stub_stop();
}
END_TEST

static const struct {
	const char *headers;
	enum page_kind kind;
	const char *type;     /* the beginning of the content type */
	const char *encoding; /* NULL: none */
} negotiated[] = {
	{"", PAGE_TEXT, "text/plain; version=0.0.4;", NULL},
	{"Accept-Encoding: gzip\r\n", PAGE_TEXT, "text/plain; version=0.0.4;", "gzip"},
	{"accept: application/openmetrics-text;version=1.0.0\r\n", PAGE_OPENMETRICS,
	 "application/openmetrics-text; version=1.0.0;", NULL},
	{"Accept: application/openmetrics-text\r\naccept-encoding: deflate\r\n"
	 "Accept-Encoding: gzip\r\n",
	 PAGE_OPENMETRICS, "application/openmetrics-text; version=0.0.1;", "gzip"},
	{"Accept: text/plain\r\nAccept: application/openmetrics-text\r\n", PAGE_TEXT,
	 "text/plain; version=0.0.4;", NULL},
};

/* Sends GET, then HEAD with the same headers. */
START_TEST(negotiates)
{
	const char *encoding = negotiated[_i].encoding;
	size_t length = strlen(STUB_PAGE);
	char request[512], header[128];

	start("/metrics", 40);
	if (encoding)
		page_gzip(stub.page, &length);
	for (int head = 0; head < 2; head++) {
		struct http_response response = {0};
		int size =
			snprintf(request, sizeof(request),
				 "%s /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n%s\r\n",
				 head ? "HEAD" : "GET", negotiated[_i].headers);

		ck_assert_int_eq(http_exchange(AF_INET, stub.port, request, size, head, &response),
				 0);
		ck_assert_int_eq(response.status, 200);
		ck_assert_int_eq(stub.asked, negotiated[_i].kind);
		ck_assert(http_header(&response, "Content-Type", header, sizeof(header)));
		ck_assert_int_eq(strncmp(header, negotiated[_i].type, strlen(negotiated[_i].type)),
				 0);
		ck_assert_int_eq(http_header(&response, "Content-Encoding", header, sizeof(header)),
				 encoding != NULL);
		ck_assert(!encoding || strcmp(header, encoding) == 0);
		ck_assert(http_header(&response, "Content-Length", header, sizeof(header)));
		ck_assert_uint_eq(strtoul(header, NULL, 10), length);
		ck_assert_uint_eq(response.length, head ? 0 : length);
		http_response_done(&response);
	}
	stub_stop();
}
END_TEST

START_TEST(has_no_page)
{
	struct http_response response = {0};

	start("/metrics", 40);
	page_unref(stub.page);
	stub.page = NULL;
	ck_assert_int_eq(http_request(stub.port, "GET", "/metrics", &response), 0);
	ck_assert_int_eq(response.status, 503);
	http_response_done(&response);
	stub_stop();
}
END_TEST

START_TEST(browsers_are_told_what_to_allow)
{
	static const char *const parts[] = {
		"default-src 'none'",     "script-src 'self'", "style-src 'self'",
		"frame-ancestors 'none'", "base-uri 'none'",   "form-action 'none'",
	};
	struct http_response response = {0};
	char header[512];

	start("/metrics", 40);
	ck_assert_int_eq(http_request(stub.port, "GET", "/", &response), 0);
	ck_assert(http_header(&response, "Content-Security-Policy", header, sizeof(header)));
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		ck_assert_ptr_nonnull(strstr(header, parts[i]));
	ck_assert_ptr_null(strstr(header, "unsafe"));
	ck_assert(http_header(&response, "X-Content-Type-Options", header, sizeof(header)));
	ck_assert_str_eq(header, "nosniff");
	ck_assert(http_header(&response, "Cache-Control", header, sizeof(header)));
	ck_assert_str_eq(header, "no-store");
	http_response_done(&response);
	ck_assert_int_eq(http_request(stub.port, "GET", "/static/style.css", &response), 0);
	ck_assert(http_header(&response, "Cache-Control", header, sizeof(header)));
	ck_assert_str_eq(header, "max-age=86400");
	ck_assert(http_header(&response, "X-Content-Type-Options", header, sizeof(header)));
	http_response_done(&response);
	stub_stop();
}
END_TEST

START_TEST(says_why_it_is_not_ready)
{
	struct http_response response = {0};

	start("/metrics", 40);
	stub.unready = "nothing works";
	ck_assert_int_eq(http_request(stub.port, "GET", "/-/ready", &response), 0);
	ck_assert_int_eq(response.status, 503);
	ck_assert_str_eq(response.body, "Not ready: nothing works\n");
	http_response_done(&response);
	ck_assert_int_eq(http_request(stub.port, "GET", "/-/healthy", &response), 0);
	ck_assert_int_eq(response.status, 200);
	http_response_done(&response);
	stub.unready = NULL;
	stub_stop();
}
END_TEST

START_TEST(telemetry_path_may_be_the_root)
{
	struct http_response response = {0};

	start("/", 40);
	ck_assert_int_eq(http_request(stub.port, "GET", "/", &response), 0);
	ck_assert_str_eq(response.body, STUB_PAGE);
	http_response_done(&response);
	ck_assert_int_eq(http_request(stub.port, "GET", "/metrics", &response), 0);
	ck_assert_int_eq(response.status, 404);
	http_response_done(&response);
	stub_stop();
}
END_TEST

/* Sends several requests on one connection, as Prometheus does. */
START_TEST(keeps_connections_alive)
{
	static const char pipeline[] =
		"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"
		"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
		"GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
	char answer[8192];
	size_t length = 0;
	int connection;
	ssize_t got;

	start("/metrics", 40);
	connection = http_connect(AF_INET, stub.port);
	ck_assert_int_eq(write(connection, pipeline, sizeof(pipeline) - 1), sizeof(pipeline) - 1);
	while ((got = read(connection, answer + length, sizeof(answer) - 1 - length)) > 0)
		length += got;
	answer[length] = '\0';
	close(connection);
	for (int i = 0; i < 3; i++) {
		char *found = strstr(answer, "HTTP/1.1 200 OK");

		ck_assert_msg(found, "only %d answers", i);
		*found = 'x';
	}
	stub_stop();
}
END_TEST

START_TEST(serves_the_page_that_was_current)
{
	struct http_response response = {0};

	start("/metrics", 40);
	stub_set_page("second 2\n", 9);
	ck_assert_int_eq(http_request(stub.port, "GET", "/metrics", &response), 0);
	ck_assert_str_eq(response.body, "second 2\n");
	http_response_done(&response);
	stub_stop();
}
END_TEST

/* Requests a page so large that its answer cannot be completed before it is read. */
static int stall(void)
{
	static const char request[] = "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n";
	unsigned int before = atomic_load(&stub.served);
	int connection = http_connect(AF_INET, stub.port);

	ck_assert_int_ge(connection, 0);
	ck_assert_int_eq(write(connection, request, sizeof(request) - 1), sizeof(request) - 1);
	for (int i = 0; i < 500 && atomic_load(&stub.served) == before; i++)
		usleep(10000);
	return connection;
}

START_TEST(limits_concurrent_requests)
{
	char *big = calloc(1, BIG_PAGE);
	struct http_response response = {0};
	int first, second;

	start("/metrics", 2);
	stub_set_page(big, BIG_PAGE);
	first = stall();
	second = stall();
	ck_assert_int_eq(http_request(stub.port, "GET", "/metrics", &response), 0);
	ck_assert_int_eq(response.status, 503);
	ck_assert_ptr_nonnull(strstr(response.body, "Limit of concurrent requests reached (2)"));
	http_response_done(&response);
	/* The probes have no such limit. */
	ck_assert_int_eq(http_request(stub.port, "GET", "/-/healthy", &response), 0);
	ck_assert_int_eq(response.status, 200);
	http_response_done(&response);
	close(first);
	for (int i = 0; i < 500; i++) {
		ck_assert_int_eq(http_request(stub.port, "GET", "/metrics", &response), 0);
		if (response.status == 200)
			break;
		http_response_done(&response);
		usleep(10000);
	}
	ck_assert_int_eq(response.status, 200);
	ck_assert_uint_eq(response.length, BIG_PAGE);
	http_response_done(&response);
	close(second);
	stub_stop();
	free(big);
}
END_TEST

START_TEST(closes_its_port)
{
	start("/metrics", 40);
	stub_stop();
	ck_assert_int_eq(http_connect(AF_INET, stub.port), -ECONNREFUSED);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{answers, ARRAY_SIZE(requests)},
		{negotiates, ARRAY_SIZE(negotiated)},
		{has_no_page, 0},
		{browsers_are_told_what_to_allow, 0},
		{says_why_it_is_not_ready, 0},
		{telemetry_path_may_be_the_root, 0},
		{keeps_connections_alive, 0},
		{serves_the_page_that_was_current, 0},
		{limits_concurrent_requests, 0},
		{closes_its_port, 0},
	};

	return run_suite("http_server", tests, ARRAY_SIZE(tests));
}
