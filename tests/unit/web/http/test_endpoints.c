// SPDX-License-Identifier: Apache-2.0
/* Paths, methods and answers of all endpoints, over HTTP. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/lib/http_client.h"
#include "tests/unit/suite.h"
#include "tests/unit/web/http/stub_server.h"

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

int main(void)
{
	const struct unit_test tests[] = {
		{answers, ARRAY_SIZE(requests)},
		{says_why_it_is_not_ready, 0},
		{telemetry_path_may_be_the_root, 0},
		{limits_concurrent_requests, 0},
	};

	return run_suite("endpoints", tests, ARRAY_SIZE(tests));
}
