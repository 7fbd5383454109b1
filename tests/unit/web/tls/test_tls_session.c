// SPDX-License-Identifier: Apache-2.0
/* Sessions: the log lines of failed handshakes, and no resumption. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/lib/captured.h"
#include "tests/lib/http_client.h"
#include "tests/unit/suite.h"
#include "tests/unit/web/http/stub_server.h"
#include "tests/unit/web/tls/tls_fixture.h"
#include "web/access/access.h"

#define LOG_MAX 8192
#define MESSAGE "msg=\"TLS handshake failed\" "

#define NOTHING  ""
#define REQUIRED "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.pem\n"
#define SANS     "  client_allowed_sans: [good.example]\n"
#define EITHER   "NORMAL:-VERS-ALL:+VERS-TLS1.2:+VERS-TLS1.3"

#define THEN "\" cure=\""
#define NO_CERTIFICATE \
	"the client sent no certificate" THEN "configure a certificate and its key for the client"
#define UNKNOWN_CA                                                        \
	"the client's certificate is signed by an unknown authority" THEN \
	"add that authority to client_ca_file, or sign the certificate with one that is in it"
#define TOO_LATE \
	"the client's certificate has expired" THEN "renew it, or correct this machine's clock"
#define TOO_EARLY                                        \
	"the client's certificate is not valid yet" THEN \
	"correct the clock of this machine, or of the certificate authority"
#define OTHER_PURPOSE                                          \
	"the client's certificate is not for TLS clients" THEN \
	"issue it with the extended key usage clientAuth"
#define OTHER_NAME                                                                     \
	"none of the names in the client's certificate is in client_allowed_sans" THEN \
	"add one of them to client_allowed_sans, or issue a certificate with an allowed name"

static char logged[LOG_MAX];

/*
 * Returns the number of failed handshakes in the log. *ret_first: the text after the message in the
 * first line.
 */
static int lines(char **ret_first)
{
	int count = 0;
	char *at = logged;

	*ret_first = strstr(logged, MESSAGE);
	while ((at = strstr(at, MESSAGE))) {
		at += strlen(MESSAGE);
		count++;
	}
	if (*ret_first) {
		*ret_first += strlen(MESSAGE);
		(*ret_first)[strcspn(*ret_first, "\n")] = '\0';
	}
	return count;
}

static const struct {
	const char *lines, *priority;
	enum which who;
	gnutls_alert_description_t distrust;
	const char *reason; /* NULL: no line */
} causes[] = {
	{NOTHING, EITHER, NONE, 0, NULL},
	{REQUIRED SANS, EITHER, GOOD, 0, NULL},
	{REQUIRED, TLS12, NONE, 0, NO_CERTIFICATE},
	{REQUIRED, TLS13, NONE, 0, NO_CERTIFICATE},
	{REQUIRED, TLS12, OTHER_CA, 0, UNKNOWN_CA},
	{REQUIRED, TLS13, OTHER_CA, 0, UNKNOWN_CA},
	{REQUIRED, EITHER, FORGED, 0, UNKNOWN_CA},
	{REQUIRED, TLS12, EXPIRED, 0, TOO_LATE},
	{REQUIRED, TLS13, EXPIRED, 0, TOO_LATE},
	{REQUIRED, TLS12, FUTURE, 0, TOO_EARLY},
	{REQUIRED, TLS13, FUTURE, 0, TOO_EARLY},
	{REQUIRED, TLS12, FOR_SERVERS, 0, OTHER_PURPOSE},
	{REQUIRED, TLS13, FOR_SERVERS, 0, OTHER_PURPOSE},
	{REQUIRED SANS, TLS12, OTHER_SAN, 0, OTHER_NAME},
	{REQUIRED SANS, TLS13, OTHER_SAN, 0, OTHER_NAME},
	{NOTHING, "NORMAL:-VERS-ALL:+VERS-TLS1.1", NONE, 0, "no TLS version in common"},
	{"  min_version: TLS13\n", TLS12, NONE, 0, "no TLS version in common"},
	{"  max_version: TLS12\n", TLS13, NONE, 0, "no TLS version or cipher suite in common"},
	{"  max_version: TLS12\n", TLS12 ":-KX-ALL:+RSA", NONE, 0,
	 "no TLS version or cipher suite in common"},
	{NOTHING, TLS12 ":-KX-ALL:+RSA", NONE, 0, "no cipher suite of TLS1.2 in common"},
	{"  curve_preferences: [X25519]\n", TLS13 ":-GROUP-ALL:+GROUP-SECP256R1", NONE, 0,
	 "no curve in common"},
	{NOTHING, TLS12, NONE, GNUTLS_A_UNKNOWN_CA, "the client sent alert 48, unknown_ca: "},
	{NOTHING, TLS13, NONE, GNUTLS_A_UNKNOWN_CA, "the client sent alert 48, unknown_ca: "},
	{NOTHING, TLS13, NONE, GNUTLS_A_BAD_CERTIFICATE,
	 "the client sent alert 42, bad_certificate: "},
	{NOTHING, TLS13, NONE, GNUTLS_A_CERTIFICATE_EXPIRED,
	 "the client sent alert 45, certificate_expired: "},
	{NOTHING, TLS12, NONE, GNUTLS_A_CERTIFICATE_UNKNOWN,
	 "the client sent alert 46, certificate_unknown: "},
	{NOTHING, TLS13, NONE, GNUTLS_A_USER_CANCELED, "the client sent alert 90, user_canceled: "},
};

START_TEST(logs_the_reason)
{
	const struct sockaddr_in peer = {.sin_family = AF_INET,
					 .sin_addr.s_addr = htonl(0xc0000207)};
	const struct handshake_client client = {
		.priority = causes[_i].priority,
		.certificate = tls_fixture_client(causes[_i].who),
		.distrust = causes[_i].distrust,
		.peer = (const struct sockaddr *)&peer,
	};
	struct access_file *file = tls_fixture_open("rsa", causes[_i].lines);
	struct access *access = access_file_current(file);
	char expected[512], *said;

	capture(logged, handshake(access, &client));
	ck_assert_int_eq(lines(&said), causes[_i].reason != NULL);
	if (causes[_i].reason) {
		snprintf(expected, sizeof(expected), "peer=192.0.2.7 reason=\"%s%s%s\"",
			 causes[_i].reason,
			 client.distrust ? gnutls_alert_get_name(client.distrust) : "",
			 client.distrust && client.distrust != GNUTLS_A_USER_CANCELED
				 ? ": the client does not accept the server's certificate"
				 : "");
		ck_assert_str_eq(said, expected);
		ck_assert_ptr_nonnull(strstr(logged, "level=INFO"));
	}
	access_unref(access);
	access_file_close(file);
}
END_TEST

static void fail_from(struct access *access, const char *address)
{
	struct sockaddr_in6 peer = {.sin6_family = AF_INET6};
	const struct handshake_client client = {.priority = TLS12 ":-KX-ALL:+RSA",
						.peer = address ? (struct sockaddr *)&peer : NULL};

	ck_assert_int_eq(inet_pton(AF_INET6, address ? address : "::", &peer.sin6_addr), 1);
	ck_assert(!handshake(access, &client).served);
}

START_TEST(logs_each_peer_once)
{
	struct access_file *file = tls_fixture_open("rsa", NOTHING);
	struct access *access = access_file_current(file);
	char *said;

	ck_assert_int_eq(capture_begin(), 0);
	for (int i = 0; i < 5; i++)
		fail_from(access, "2001:db8::1");
	fail_from(access, "2001:db8::2");
	fail_from(access, "::ffff:192.0.2.8");
	fail_from(access, NULL);
	capture_end(logged, sizeof(logged));
	ck_assert_ptr_nonnull(
		strstr(logged, "peer=192.0.2.8 reason=\"no cipher suite of TLS1.2 in common\" "
			       "others=5\n"));
	ck_assert_ptr_nonnull(
		strstr(logged, "peer=unix reason=\"no cipher suite of TLS1.2 in common\"\n"));
	ck_assert_int_eq(lines(&said), 3);
	ck_assert_str_eq(said, "peer=2001:db8::1 reason=\"no cipher suite of TLS1.2 in common\"");
	access_unref(access);
	access_file_close(file);
}
END_TEST

/* The number of lines stays low for many addresses, also while the file changes. */
START_TEST(a_scan_does_not_flood_the_log)
{
	struct access_file *file = tls_fixture_open("rsa", NOTHING);
	char address[32], *said;

	ck_assert_int_eq(capture_begin(), 0);
	for (int i = 0; i < 100; i++) {
		struct access *access;

		if (i == 50)
			access_file_reload(file);
		access = access_file_current(file);
		snprintf(address, sizeof(address), "2001:db8:0:%x::1", i);
		fail_from(access, address);
		access_unref(access);
	}
	capture_end(logged, sizeof(logged));
	/* One more line is allowed for each six seconds. */
	ck_assert_int_lt(lines(&said), 2 * LINE_LIMIT_BURST);
	access_file_close(file);
}
END_TEST

/* Bytes that are sent instead of a handshake, and whether they are logged. */
static const struct {
	const char *bytes;
	bool told;
} intruders[] = {
	{"", false},
	{"\x16", false},
	{"GET / HTTP/1.1\r\n\r\n", true},
	{"PATCH / HTTP/1.1\r\n\r\n", true},
	{"SSH-2.0-OpenSSH_9.2\r\n", true},
	{"\x05\x01\x02\x03\x04\x05", true},
};

static void intrude(const char *bytes, size_t length)
{
	int connection = http_connect(AF_INET, stub.port);
	char answer[256];

	ck_assert_int_ge(connection, 0);
	send(connection, bytes, length, MSG_NOSIGNAL);
	shutdown(connection, SHUT_WR);
	while (recv(connection, answer, sizeof(answer), 0) > 0)
		;
	close(connection);
}

/* The handshakes of libmicrohttpd are logged, too. */
START_TEST(the_server_logs_it)
{
	const struct handshake_client client = {.certificate = tls_fixture_client(OTHER_CA)};
	char *said;

	stub_start_guarded(tls_fixture_write("rsa", REQUIRED), &CONNECTION_LIMITS);
	ck_assert_int_eq(capture_begin(), 0);
	ck_assert_int_eq(handshake_with(http_connect(AF_INET, stub.port), &client).alert,
			 GNUTLS_A_UNKNOWN_CA);
	stub_stop();
	capture_end(logged, sizeof(logged));
	ck_assert_int_eq(lines(&said), 1);
	ck_assert_str_eq(said, "peer=127.0.0.1 reason=\"" UNKNOWN_CA "\"");
}
END_TEST

/* A connection that sends nothing is not a TLS client. */
START_TEST(logs_intruders)
{
	char *said;

	stub_start_guarded(tls_fixture_write("rsa", NOTHING), &CONNECTION_LIMITS);
	ck_assert_int_eq(capture_begin(), 0);
	intrude(intruders[_i].bytes, strlen(intruders[_i].bytes));
	stub_stop();
	capture_end(logged, sizeof(logged));
	ck_assert_int_eq(lines(&said), intruders[_i].told);
	if (intruders[_i].told)
		ck_assert_str_eq(said, "peer=127.0.0.1 reason=\"plain HTTP, or something else "
				       "that is not TLS\"");
}
END_TEST

/* Makes a client's first message. Returns its length. */
static size_t make_hello(char *ret_hello, size_t size)
{
	gnutls_certificate_credentials_t credentials;
	gnutls_session_t session;
	ssize_t length;
	int ends[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
	gnutls_certificate_allocate_credentials(&credentials);
	gnutls_init(&session, GNUTLS_CLIENT | GNUTLS_NONBLOCK);
	gnutls_set_default_priority(session);
	gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials);
	gnutls_transport_set_int(session, ends[0]);
	ck_assert_int_eq(gnutls_handshake(session), GNUTLS_E_AGAIN);
	length = recv(ends[1], ret_hello, size, 0);
	ck_assert_int_gt(length, 0);
	gnutls_deinit(session);
	gnutls_certificate_free_credentials(credentials);
	close(ends[0]);
	close(ends[1]);
	return (size_t)length;
}

START_TEST(logs_clients_that_leave_in_the_middle)
{
	char hello[4096], *said;
	size_t length = make_hello(hello, sizeof(hello));

	stub_start_guarded(tls_fixture_write("rsa", NOTHING), &CONNECTION_LIMITS);
	ck_assert_int_eq(capture_begin(), 0);
	intrude(hello, length);
	stub_stop();
	capture_end(logged, sizeof(logged));
	ck_assert_int_eq(lines(&said), 1);
	ck_assert_str_eq(said,
			 "peer=127.0.0.1 reason=\"the connection ended during the handshake\"");
}
END_TEST

static const char *const resumers[] = {TLS12, TLS13};

/* A resumed session would not be verified again, even after a change of the file. */
START_TEST(resumes_no_session)
{
	struct access_file *file = tls_fixture_open("ecdsa", NOTHING);
	struct access *access = access_file_current(file);
	gnutls_datum_t session = {NULL, 0};
	const struct handshake_client client = {.priority = resumers[_i], .session = &session};

	for (int i = 0; i < 3; i++) {
		struct handshake result = handshake(access, &client);

		ck_assert(result.served);
		ck_assert(!result.resumed);
	}
	gnutls_free(session.data);
	access_unref(access);
	access_file_close(file);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{logs_the_reason, ARRAY_SIZE(causes)},
		{logs_each_peer_once, 0},
		{a_scan_does_not_flood_the_log, 0},
		{the_server_logs_it, 0},
		{logs_intruders, ARRAY_SIZE(intruders)},
		{logs_clients_that_leave_in_the_middle, 0},
		{resumes_no_session, ARRAY_SIZE(resumers)},
	};
	int failed;

	if (tls_fixture_make())
		return EXIT_FAILURE;
	failed = run_suite("tls_session", tests, ARRAY_SIZE(tests));
	tls_fixture_remove();
	return failed;
}
