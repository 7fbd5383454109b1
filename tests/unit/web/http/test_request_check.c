// SPDX-License-Identifier: Apache-2.0
/* Unusual requests, and whether the bytes after them are taken for another request. */
#include "web/http/request_check.h"

#include <microhttpd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/lib/http_client.h"
#include "tests/unit/suite.h"
#include "tests/unit/web/http/stub_server.h"

#define REFUSED SIZE_MAX

static const struct {
	const char *target;
	size_t path; /* the offset of the path, or REFUSED */
} targets[] = {
	{"/", 0},
	{"/metrics", 0},
	{"//metrics", 0},
	{"/metrics?a=b", 0},
	{"/metrics?a=%zz%00", 0},
	{"/%6detrics", 0},
	{"/a:b://c", 0},
	{"/\xc3\xa9", 0},
	{"http://a/metrics", 8},
	{"http://a", 8},
	{"http://a?b=c", 8},
	{"http://[::1]:10068/metrics", 18},
	{"HTTPS://user:password@a.b:1/", 27},
	{"http://a:/metrics", 9},
	{"http://@[::ffff:1.2.3.4]/metrics", 24},
	{"http://a@b:1@c:80/metrics", 17},
	{"coap+tcp://a/", 12},
	{NULL, REFUSED},
	{"", REFUSED},
	{"*", REFUSED},
	{"metrics", REFUSED},
	{"?a=b", REFUSED},
	{"a:443", REFUSED},
	{"http:/metrics", REFUSED},
	{"http:///metrics", REFUSED},
	{"file:///metrics", REFUSED},
	{"http://?a=b", REFUSED},
	{"http://[/metrics", REFUSED},
	{"http://[]/metrics", REFUSED},
	{"http://[::1/metrics", REFUSED},
	{"http://::1]/metrics", REFUSED},
	{"http://[::1]a/metrics", REFUSED},
	{"http://[::1]:a/metrics", REFUSED},
	{"http://[a@b]/metrics", REFUSED},
	{"http://a[::1]/metrics", REFUSED},
	{"http://::1/metrics", REFUSED},
	{"http://a:b:c/metrics", REFUSED},
	{"http://a:1:2/metrics", REFUSED},
	{"http://x:abc/metrics", REFUSED},
	{"http://@/metrics", REFUSED},
	{"http://a@/metrics", REFUSED},
	{"http://:80/metrics", REFUSED},
	{"http://a@:80/metrics", REFUSED},
	{"://a/metrics", REFUSED},
	{"1http://a/metrics", REFUSED},
	{"http://a%41/metrics", REFUSED},
	{"http://a#/metrics", REFUSED},
	{"/metrics%00", REFUSED},
	{"http://a/metrics%00.html", REFUSED},
	{"/metrics%", REFUSED},
	{"/metrics%4", REFUSED},
	{"/metrics%4g", REFUSED},
	{"/a b", REFUSED},
	{"/metrics?a b", REFUSED},
	{"/metrics\r", REFUSED},
	{"/metrics\t", REFUSED},
	{"/metrics?\x7f", REFUSED},
};

START_TEST(looks_at_targets)
{
	size_t path = REFUSED;
	const char *refusal = target_refusal(targets[_i].target, &path);

	ck_assert_msg(!refusal == (targets[_i].path != REFUSED), "%s", targets[_i].target);
	ck_assert_uint_eq(path, targets[_i].path);
}
END_TEST

/* Sent after each request. A proxy may have taken it for a body; then it must not be answered. */
#define NEXT "GET /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

#define METRICS "GET /metrics HTTP/1.1\r\n"
#define BYTES(literal)                       \
	{                                    \
		literal, sizeof(literal) - 1 \
	}

struct bytes {
	const char *bytes;
	size_t length;
};

#define SAFE (-1)

/*
 * Requests with status 0 are answered, and so is the next one. Other requests are refused with this
 * status, or with any if it is SAFE, because libraries differ; the bytes after them are not taken
 * for a request.
 */
static const struct {
	struct bytes request;
	int status;
} requests[] = {
	{BYTES(METRICS "Host: a\r\n\r\n"), 0},
	{BYTES(METRICS "Host:\r\n\r\n"), 0},
	{BYTES(METRICS "host: [::1]:80\r\n\r\n"), 0},
	{BYTES("GET /metrics HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"), 0},
	{BYTES("GET http://b/metrics HTTP/1.1\r\nHost: a\r\n\r\n"), 0},
	{BYTES("GET http://b HTTP/1.1\r\nHost: a\r\n\r\n"), 0},
	{BYTES("GET /metrics HTTP/1.1\nHost: a\n\n"), 0},
	{BYTES(METRICS "Host: a\r\nX-A: \tb c\xc3\xa9\r\n\r\n"), 0},
	{BYTES(METRICS "Host: a\r\nX-A:\r\n\r\n"), 0},
	{BYTES(METRICS "Host: a\r\nX-A: b \r\n\r\n"), 0},
	{BYTES(METRICS "Host: a\r\nX-A: b\r\n c\r\nX-B: d\r\n\r\n"), 0},
	/* A request with a body is the last one that is read, wherever the body ends. */
	{BYTES(METRICS "Host: a\r\nContent-Length: 0\r\n\r\n"), 200},
	{BYTES(METRICS "Host: a\r\nContent-Length: 4\r\n\r\nbody"), 200},
	{BYTES(METRICS "Host: a\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\nbody"), 200},
	{BYTES(METRICS "Host: a\r\nTransfer-Encoding: Chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n"), 200},
	{BYTES("POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody"), 405},
	/* The body's length is ambiguous. */
	{BYTES(METRICS "Host: a\r\nContent-Length: 0\r\nContent-Length: 4\r\n\r\nbody"), 400},
	{BYTES(METRICS "Host: a\r\nContent-Length: 4\r\nContent-Length: 04\r\n\r\nbody"), 400},
	{BYTES(METRICS "Host: a\r\nContent-Length: 4, 4\r\n\r\nbody"), 400},
	{BYTES(METRICS "Host: a\r\nContent-Length: +4\r\n\r\nbody"), 400},
	{BYTES(METRICS
	       "Host: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
	 400},
	{BYTES(METRICS "Host: a\r\nContent-Length:\r\n 4\r\n\r\nbody"), SAFE},
	{BYTES(METRICS "Host: a\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n"), SAFE},
	{BYTES(METRICS "Host: a\r\nContent-Length : 4\r\n\r\nbody"), 400},
	{BYTES(METRICS "Host: a\r\nContent-Length\t: 4\r\n\r\nbody"), 400},
	{BYTES(METRICS "Host: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n"), 400},
	{BYTES(METRICS "Host: a\r\nTransfer-Encoding: gzip\r\n\r\n"), 400},
	{BYTES(METRICS "Host: a\r\nTransfer-Encoding: identity\r\n\r\n"), 400},
	{BYTES(METRICS "Host: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), 400},
	{BYTES(METRICS "Host: a\r\nTransfer-Encoding:\r\n\r\n"), 400},
	{BYTES(METRICS "Host: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"
		       "0\r\n\r\n"),
	 400},
	{BYTES("GET /metrics HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n"
	       "0\r\n\r\n"),
	 400},
	{BYTES(METRICS "Host: a\r\nX-A: b\rContent-Length: 4\r\n\r\n"), 400},
	{BYTES(METRICS "Host: a\r\nX-A: b\r\r\n\r\n"), 400},
	{BYTES(METRICS "Host: a\r\n Content-Length: 4\r\n\r\n"), 400},
	{BYTES(METRICS "Host: a\r\nContent-Length: 4\0, 5\r\n\r\nbody"), SAFE},
	/* The host. */
	{BYTES(METRICS "\r\n"), 400},
	{BYTES(METRICS "Host: a\r\nHost: a\r\n\r\n"), 400},
	{BYTES(METRICS "Host: a\r\nHost: b\r\n\r\n"), 400},
	{BYTES("GET /metrics HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"), 400},
	{BYTES(METRICS "Host: a/b\r\n\r\n"), 400},
	{BYTES(METRICS "Host: a b\r\n\r\n"), 400},
	{BYTES(METRICS "Host : a\r\n\r\n"), 400},
	/* Not a request. */
	{BYTES("GET * HTTP/1.1\r\nHost: a\r\n\r\n"), 400},
	{BYTES("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"), 400},
	{BYTES("GET metrics HTTP/1.1\r\nHost: a\r\n\r\n"), 400},
	{BYTES("GET /metrics%00 HTTP/1.1\r\nHost: a\r\n\r\n"), 400},
	{BYTES("GET /metrics%zz HTTP/1.1\r\nHost: a\r\n\r\n"), 400},
	{BYTES("G@T /metrics HTTP/1.1\r\nHost: a\r\n\r\n"), 400},
	{BYTES(METRICS "Host: a\r\n: b\r\nContent-Length: 4\r\n\r\nbody"), SAFE},
	/* A line that is not a field does not end the header. */
	{BYTES(METRICS "Host: a\r\n:\r\n" NEXT), SAFE},
	{BYTES(METRICS "Host: a\r\n: b\r\n" NEXT), SAFE},
	{BYTES(METRICS "Host: a\r\n:b\n" NEXT), SAFE},
	{BYTES(METRICS "Host: a\r\n\0\r\n" NEXT), SAFE},
	{BYTES(METRICS "Host: a\r\n\0X-A: b\r\n" NEXT), SAFE},
	{BYTES(METRICS ":\r\n" NEXT), 400},
	{BYTES("GET /metrics HTTP/1.0\r\nConnection: keep-alive\r\n:\r\n" NEXT), SAFE},
	{BYTES(METRICS "Host: a\r\nX A: b\r\n\r\n"), 400},
	{BYTES(METRICS "Host: a\r\nX\"A: b\r\n\r\n"), 400},
	{BYTES(METRICS "Host: a\r\nX-A: b\x01\r\n\r\n"), 400},
	{BYTES(METRICS "Host: a\r\nX-A\0: b\r\n\r\n"), 400},
};

/* Writes the status numbers of all answers until the server closes: "200 404". */
static void exchange(const struct bytes *request, char *ret_statuses, size_t size)
{
	int connection = http_connect(AF_INET, stub.port);
	char answers[16384];
	size_t length = 0;
	ssize_t got;

	ck_assert_int_ge(connection, 0);
	send(connection, request->bytes, request->length, MSG_NOSIGNAL | MSG_MORE);
	send(connection, NEXT, sizeof(NEXT) - 1, MSG_NOSIGNAL);
	while ((got = recv(connection, answers + length, sizeof(answers) - 1 - length, 0)) > 0)
		length += got;
	answers[length] = '\0';
	close(connection);
	ret_statuses[0] = '\0';
	for (const char *at = strstr(answers, "HTTP/1."); at; at = strstr(at + 1, "HTTP/1.")) {
		size_t used = strlen(ret_statuses);

		snprintf(ret_statuses + used, size - used, "%s%.3s", used ? " " : "", at + 9);
	}
}

START_TEST(answers)
{
	int status = requests[_i].status;
	const char *next;
	char statuses[64];

	stub_start("/metrics", 40, &CONNECTION_LIMITS, NULL);
	exchange(&requests[_i].request, statuses, sizeof(statuses));
	next = strstr(statuses, "404");
	ck_assert_msg(!next == (status != 0), "%s: %s", requests[_i].request.bytes, statuses);
	if (status != SAFE)
		ck_assert_msg(atoi(statuses) == (status ? status : 200), "%s: %s",
			      requests[_i].request.bytes, statuses);
	stub_stop();
}
END_TEST

/* libmicrohttpd needs a larger buffer for it. */
START_TEST(a_long_header_is_not_the_last)
{
	static char text[24000];
	struct bytes request = {.bytes = text};
	char statuses[64];

	request.length =
		(size_t)snprintf(text, sizeof(text), METRICS "Host: a\r\nX-A: %020000d\r\n\r\n", 0);
	stub_start("/metrics", 40, &CONNECTION_LIMITS, NULL);
	exchange(&request, statuses, sizeof(statuses));
	ck_assert_str_eq(statuses, "200 404");
	stub_stop();
}
END_TEST

static const struct bytes like_framing[] = {
	BYTES(METRICS "Host: a\r\nContent-Length-Hint: 3\r\n\r\n"),
	BYTES(METRICS "Host: a\r\nTransfer-Encodings: chunked\r\n\r\n"),
};

/* With an old library, the folded lines may have hidden a body's length. */
START_TEST(looks_at_names_like_those_of_framing)
{
	char statuses[64];

	stub_start("/metrics", 40, &CONNECTION_LIMITS, NULL);
	exchange(&like_framing[_i], statuses, sizeof(statuses));
	ck_assert_str_eq(statuses, MHD_get_version()[0] == '0' ? "400" : "200 404");
	stub_stop();
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{looks_at_targets, ARRAY_SIZE(targets)},
		{answers, ARRAY_SIZE(requests)},
		{a_long_header_is_not_the_last, 0},
		{looks_at_names_like_those_of_framing, ARRAY_SIZE(like_framing)},
	};

	return run_suite("request_check", tests, ARRAY_SIZE(tests));
}
