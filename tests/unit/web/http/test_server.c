// SPDX-License-Identifier: Apache-2.0
/* The server's connections, request bodies and end. test_gate.c covers access to it. */
#include "web/http/server.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/lib/http_client.h"
#include "tests/unit/suite.h"
#include "tests/unit/web/http/stub_server.h"

#define BODY_MAX 65536 /* of server.c */

static void start(void)
{
	stub_start("/metrics", 40, &CONNECTION_LIMITS, /* other_address= */ NULL);
}

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

	start();
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

/* Returns the status of a request with a body of that size, or 0 if there is no answer. */
static int upload(size_t size)
{
	char header[128], body[4096] = "", answer[64] = "";
	int connection = http_connect(AF_INET, stub.port), status = 0;
	int length =
		snprintf(header, sizeof(header),
			 "GET /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: %zu\r\n\r\n", size);

	ck_assert_int_ge(connection, 0);
	ck_assert_int_eq(send(connection, header, (size_t)length, MSG_NOSIGNAL), length);
	while (size > 0) {
		size_t part = size < sizeof(body) ? size : sizeof(body);

		if (send(connection, body, part, MSG_NOSIGNAL) <= 0)
			break;
		size -= part;
	}
	if (recv(connection, answer, sizeof(answer) - 1, 0) > 0)
		ck_assert_int_eq(sscanf(answer, "HTTP/1.1 %d", &status), 1);
	close(connection);
	return status;
}

START_TEST(drops_bodies_up_to_a_limit)
{
	start();
	ck_assert_int_eq(upload(1), 200);
	ck_assert_int_eq(upload(BODY_MAX), 200);
	ck_assert_int_eq(upload(BODY_MAX + 1), 0);
	stub_stop();
}
END_TEST

START_TEST(closes_its_port)
{
	start();
	stub_stop();
	ck_assert_int_eq(http_connect(AF_INET, stub.port), -ECONNREFUSED);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{keeps_connections_alive, 0},
		{drops_bodies_up_to_a_limit, 0},
		{closes_its_port, 0},
	};

	return run_suite("server", tests, ARRAY_SIZE(tests));
}
