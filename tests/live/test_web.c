/* SPDX-License-Identifier: Apache-2.0 */
/* Where the real program listens after it has dropped its privileges. */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/lib/http_client.h"
#include "tests/live/live_test.h"
#include "tests/live/log_checks.h"
#include "tests/live/sock_destroy.h"

#define SLOW_CLIENTS 300
#define HTTP_PORT    80

/* GET over a UNIX socket. Returns the status, 0 if there is no answer. */
static int status_over(const char *path)
{
	static const char request[] = "GET /metrics HTTP/1.0\r\n\r\n";
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int connection = socket(AF_UNIX, SOCK_STREAM, 0), status = 0;
	char answer[64] = "";

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (!connect(connection, (struct sockaddr *)&address, sizeof(address)) &&
	    send(connection, request, sizeof(request) - 1, MSG_NOSIGNAL) > 0 &&
	    recv(connection, answer, sizeof(answer) - 1, 0) > 0)
		sscanf(answer, "HTTP/1.%*c %d", &status);
	close(connection);
	return status;
}

/* Twice, because the second start finds the socket that the first one left. */
START_TEST(unix_socket)
{
	char path[sizeof(live.scratch) + 16], address[sizeof(path) + 32];
	const char *const flags[] = {address, NULL};
	struct exporter exporter = {0};
	struct stat made;

	snprintf(path, sizeof(path), "%s/web.sock", live.scratch);
	snprintf(address, sizeof(address), "--web.listen-address=unix:%s", path);
	for (int i = 0; i < 2; i++) {
		live_start(&exporter, flags);
		ck_assert_int_eq(status_over(path), 200);
		ck_assert_int_eq(stat(path, &made), 0);
		ck_assert_uint_eq(made.st_mode & 0777, 0660);
		live_stop(&exporter);
	}
	unlink(path);
}
END_TEST

/* Hands over a socket like systemd: as descriptor 3, in the process that executes the program. */
static int hand_over(void *unused)
{
	const struct sockaddr_in address = {.sin_family = AF_INET,
					    .sin_port = htons(EXPORTER_PORT),
					    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int given = socket(AF_INET, SOCK_STREAM, 0), on = 1;
	char pid[16];

	(void)unused;
	snprintf(pid, sizeof(pid), "%d", getpid());
	setsockopt(given, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(given, (const struct sockaddr *)&address, sizeof(address)) || listen(given, 8) ||
	    setenv("LISTEN_FDS", "1", 1) || setenv("LISTEN_PID", pid, 1))
		return -errno;
	if (given == 3)
		return 0;
	if (dup2(given, 3) < 0)
		return -errno;
	close(given);
	return 0;
}

START_TEST(systemd_socket)
{
	const char *const flags[] = {"--web.systemd-socket", "--web.listen-address=nonsense", NULL};
	struct exporter_setup setup = {.flags = flags, .own_address = true, .prepare = hand_over};
	struct exporter exporter = {0};

	live_start_as(&exporter, &setup);
	ck_assert_int_eq(live_status(EXPORTER_PORT, "GET", "/metrics"), 200);
	assert_logged(&exporter, "msg=listening address=127.0.0.1:10068");
	live_stop(&exporter);
}
END_TEST

START_TEST(no_systemd_socket)
{
	const char *const flags[] = {"--web.systemd-socket", NULL};
	struct exporter_setup setup = {.flags = flags, .own_address = true};

	assert_refused(&setup, "no socket activation file descriptors found", "");
}
END_TEST

START_TEST(slow_clients)
{
	struct exporter exporter = {0};
	int slow[SLOW_CLIENTS], i;

	live_start(&exporter, NULL);
	for (i = 0; i < SLOW_CLIENTS; i++) {
		slow[i] = http_connect(AF_INET, EXPORTER_PORT);
		ck_assert_int_ge(slow[i], 0);
		send(slow[i], "GET /metrics", 12, MSG_NOSIGNAL);
	}
	ck_assert_int_eq(live_status(EXPORTER_PORT, "GET", "/metrics"), 200);
	for (i = 0; i < SLOW_CLIENTS; i++)
		close(slow[i]);
	live_stop(&exporter);
}
END_TEST

/* Whether the kernel can do it. */
static bool destroyed(uint16_t port)
{
	int error = sock_destroy(port);

	if (error == -EOPNOTSUPP)
		live_skip("this kernel destroys no sockets (CONFIG_INET_DIAG_DESTROY)");
	else
		ck_assert_int_eq(error, 0);
	return !error;
}

/* On a port that the exporter could not bind again, and without a bind that would be counted. */
START_TEST(destroyed_socket)
{
	char comm[COMM_SIZE], *page;
	struct exporter_setup setup = {.port = HTTP_PORT, .comm = live_comm("again", comm)};
	struct exporter exporter = {0};
	struct http_response response = {0};
	int error = -ECONNREFUSED;

	live_start_as(&exporter, &setup);
	if (destroyed(HTTP_PORT)) {
		for (int i = 0; i < 1000 && error; i++) {
			error = http_request(HTTP_PORT, "GET", "/metrics", &response);
			usleep(error ? 10000 : 0);
		}
		ck_assert_int_eq(error, 0);
		http_response_done(&response);
		assert_logged(&exporter,
			      "level=WARN msg=\"listening again\" address=127.0.0.1:80 ");
		page = live_page(&exporter);
		ck_assert_uint_eq(attempts_of_comm(page, comm), 0);
		free(page);
	}
	live_stop(&exporter);
}
END_TEST

/* The exporter ends, so that systemd, which handed the socket over, can make another one. */
START_TEST(destroyed_systemd_socket)
{
	const char *const flags[] = {"--web.systemd-socket", NULL};
	struct exporter_setup setup = {.flags = flags, .own_address = true, .prepare = hand_over};
	struct exporter exporter = {0};

	live_start_as(&exporter, &setup);
	if (!destroyed(EXPORTER_PORT)) {
		live_stop(&exporter);
		return;
	}
	assert_ends(&exporter, "msg=\"cannot listen any longer\" address=127.0.0.1:10068", "");
	assert_logged(&exporter, "msg=stopping reason=");
}
END_TEST

TCase *web_tests(void)
{
	TCase *tcase = live_tcase("web", 60);

	tcase_add_test(tcase, unix_socket);
	tcase_add_test(tcase, systemd_socket);
	tcase_add_test(tcase, no_systemd_socket);
	tcase_add_test(tcase, destroyed_socket);
	tcase_add_test(tcase, destroyed_systemd_socket);
	tcase_add_test(tcase, slow_clients);
	return tcase;
}
