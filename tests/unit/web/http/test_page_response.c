// SPDX-License-Identifier: Apache-2.0
/* Published pages as answers: format, encoding, and the headers of the status page. */
#include "web/http/page_response.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/lib/http_client.h"
#include "tests/unit/suite.h"
#include "tests/unit/web/http/stub_server.h"

static void start(void)
{
	stub_start("/metrics", 40, &CONNECTION_LIMITS, /* other_address= */ NULL);
}

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

	start();
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

	start();
	page_unref(stub.page);
	stub.page = NULL;
	ck_assert_int_eq(http_request(stub.port, "GET", "/metrics", &response), 0);
	ck_assert_int_eq(response.status, 503);
	http_response_done(&response);
	stub_stop();
}
END_TEST

START_TEST(the_status_page_restricts_browsers)
{
	static const char *const parts[] = {
		"default-src 'none'",     "script-src 'self'", "style-src 'self'",
		"frame-ancestors 'none'", "base-uri 'none'",   "form-action 'none'",
	};
	struct http_response response = {0};
	char header[512];

	start();
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

START_TEST(serves_the_page_that_was_current)
{
	struct http_response response = {0};

	start();
	stub_set_page("second 2\n", 9);
	ck_assert_int_eq(http_request(stub.port, "GET", "/metrics", &response), 0);
	ck_assert_str_eq(response.body, "second 2\n");
	http_response_done(&response);
	stub_stop();
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{negotiates, ARRAY_SIZE(negotiated)},
		{has_no_page, 0},
		{the_status_page_restricts_browsers, 0},
		{serves_the_page_that_was_current, 0},
	};

	return run_suite("page_response", tests, ARRAY_SIZE(tests));
}
