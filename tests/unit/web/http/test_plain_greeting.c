// SPDX-License-Identifier: Apache-2.0
/* Bytes that clients send to a TLS port, and the answers to plain HTTP. */
#include "web/http/plain_greeting.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/suite.h"

#define ANSWER "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"

/*
 * Sends the bytes to a server's handshake. Reads all that it answers. Returns 0, or -errno if the
 * connection is reset.
 */
static int greet(const char *bytes, size_t length, char *ret_answer, size_t size)
{
	gnutls_anon_server_credentials_t credentials;
	gnutls_session_t session;
	size_t total = 0;
	ssize_t got;
	int ends[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	ck_assert_int_eq(gnutls_anon_allocate_server_credentials(&credentials), 0);
	ck_assert_int_eq(gnutls_init(&session, GNUTLS_SERVER), 0);
	ck_assert_int_eq(gnutls_set_default_priority(session), 0);
	ck_assert_int_eq(gnutls_credentials_set(session, GNUTLS_CRD_ANON, credentials), 0);
	gnutls_transport_set_int(session, ends[0]);
	plain_greeting_answer(session);
	ck_assert_int_eq(send(ends[1], bytes, length, 0), (ssize_t)length);
	ck_assert_int_eq(shutdown(ends[1], SHUT_WR), 0);
	ck_assert_int_lt(gnutls_handshake(session), 0);
	close(ends[0]);
	while ((got = recv(ends[1], ret_answer + total, size - 1 - total, 0)) > 0)
		total += (size_t)got;
	ret_answer[total] = '\0';
	got = got < 0 ? -errno : 0;
	close(ends[1]);
	gnutls_deinit(session);
	gnutls_anon_free_server_credentials(credentials);
	return (int)got;
}

static const struct {
	const char *bytes;
	const char *answer;
} greetings[] = {
	{"GET / HTTP/1.1\r\nHost: a\r\n\r\n", ANSWER},
	{"HEAD /metrics HTTP/1.1\r\n\r\n", ANSWER},
	{"POST / HTTP/1.1\r\n\r\n", ANSWER},
	{"PUT / HTTP/1.1\r\n\r\n", ANSWER},
	{"OPTIONS * HTTP/1.1\r\n\r\n", ANSWER},
	{"GET", ""},
	{"", ""},
};

START_TEST(answers_http)
{
	char answer[256];

	ck_assert_int_eq(
		greet(greetings[_i].bytes, strlen(greetings[_i].bytes), answer, sizeof(answer)), 0);
	ck_assert_str_eq(answer, greetings[_i].answer);
}
END_TEST

/* Anything else gets GnuTLS' own answer, or none. */
static const char *const others[] = {"SSH-2.0-x\r\n", "get / HTTP/1.1\r\n\r\n",
				     "\x16\x03\x01\x00\x02GET /"};

START_TEST(answers_nothing_else)
{
	char answer[256];

	greet(others[_i], 10, answer, sizeof(answer));
	ck_assert_ptr_null(strstr(answer, "HTTP"));
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{answers_http, ARRAY_SIZE(greetings)},
		{answers_nothing_else, ARRAY_SIZE(others)},
	};

	return run_suite("plain_greeting", tests, ARRAY_SIZE(tests));
}
