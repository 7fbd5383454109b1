// SPDX-License-Identifier: Apache-2.0
/*
 * Sockets that stop listening, and connections that cannot be accepted: others are served
 * meanwhile, and the thread does not spin.
 */
#include "tests/unit/web/http/stub_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/lib/captured.h"
#include "tests/lib/http_client.h"
#include "tests/lib/scratch.h"
#include "tests/unit/suite.h"

#define TRIES 1000 /* of ten milliseconds */

#define CANNOT_ACCEPT "msg=\"cannot accept connections\" "

static void start(const char *other_address)
{
	stub_start("/metrics", 40, &CONNECTION_LIMITS, other_address);
}

static long cpu_us(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 + usage.ru_utime.tv_usec +
	       usage.ru_stime.tv_usec;
}

/* Within one second, in which a loop without a pause would use most of the time. */
static void assert_idle(void)
{
	long before = cpu_us();

	sleep(1);
	ck_assert_int_lt(cpu_us() - before, 100000);
}

/* Another process shares the socket, and does this to it. */
static void shut(int socket, int how)
{
	int shared = dup(socket);

	ck_assert_int_eq(shutdown(shared, how), 0);
	close(shared);
}

/* Connects to the address that the listener has now. Returns the result of connect(2). */
static int join(int connection, int listening)
{
	struct sockaddr_storage address;
	socklen_t length = sizeof(address);

	ck_assert_int_eq(getsockname(listening, (struct sockaddr *)&address, &length), 0);
	return connect(connection, (struct sockaddr *)&address, length);
}

static int family_of(int listening)
{
	int family;
	socklen_t length = sizeof(family);

	ck_assert_int_eq(getsockopt(listening, SOL_SOCKET, SO_DOMAIN, &family, &length), 0);
	return family;
}

static bool is_served(int listening)
{
	static const char request[] = "GET /metrics HTTP/1.0\r\n\r\n";
	char answer[16] = "";
	int connection = socket(family_of(listening), SOCK_STREAM, 0);

	if (!join(connection, listening))
		send(connection, request, sizeof(request) - 1, MSG_NOSIGNAL);
	recv(connection, answer, sizeof(answer) - 1, MSG_WAITALL);
	close(connection);
	return strncmp(answer, "HTTP/1.0 200", 12) == 0 || strncmp(answer, "HTTP/1.1 200", 12) == 0;
}

static void assert_served(int listening)
{
	bool served = false;

	for (int i = 0; i < TRIES && !served; i++) {
		served = is_served(listening);
		usleep(served ? 0 : 10000);
	}
	ck_assert(served);
}

/* Writes HOST:PORT: a loopback address that no other process uses, and a free port. */
static void own_address(char ret_address[LISTENER_TEXT_MAX])
{
	unsigned int pid = (unsigned int)getpid();
	struct listener listener;
	char any_port[64];

	snprintf(any_port, sizeof(any_port), "127.%u.%u.%u:0", 1 + (pid >> 16 & 63), pid >> 8 & 255,
		 pid & 255);
	ck_assert_int_eq(listener_open(any_port, &listener), 0);
	memcpy(ret_address, listener.address, LISTENER_TEXT_MAX);
	close(listener.socket);
}

static unsigned int count(const char *text, const char *part)
{
	unsigned int found = 0;

	for (const char *at = strstr(text, part); at; at = strstr(at + 1, part))
		found++;
	return found;
}

static const int ways[] = {SHUT_RD, SHUT_RDWR};

/* A port that was requested stays the same, also the second time. */
START_TEST(listens_again)
{
	char address[LISTENER_TEXT_MAX], line[LISTENER_TEXT_MAX + 64], log[4096];

	own_address(address);
	start(address);
	ck_assert_int_eq(capture_begin(), 0);
	for (int i = 0; i < 3; i++) {
		shut(stub.listeners[1].socket, ways[_i]);
		assert_served(stub.listeners[1].socket);
	}
	assert_idle();
	capture_end(log, sizeof(log));
	snprintf(line, sizeof(line),
		 "level=WARN msg=\"listening again\" address=%s reason=", address);
	ck_assert_msg(count(log, line) == 3 && count(log, "msg=") == 3, "%s", log);
	ck_assert_uint_eq(atomic_load(&stub.lost), 0);
	stub_stop();
}
END_TEST

/* A port that the kernel chose need not stay the same. */
START_TEST(listens_again_on_any_port)
{
	start(NULL);
	shut(stub.listeners[0].socket, SHUT_RD);
	assert_served(stub.listeners[0].socket);
	ck_assert_uint_eq(atomic_load(&stub.lost), 0);
	stub_stop();
}
END_TEST

/*
 * The kernel does not let a UNIX socket listen again. This is reported once, and other listeners
 * are served.
 */
START_TEST(is_lost)
{
	char scratch[SCRATCH_SIZE], address[SCRATCH_SIZE + 16], log[4096];

	ck_assert_int_eq(scratch_make(scratch), 0);
	snprintf(address, sizeof(address), "unix:%s/a.sock", scratch);
	start(address);
	assert_served(stub.listeners[1].socket);
	ck_assert_int_eq(capture_begin(), 0);
	shut(stub.listeners[1].socket, ways[_i]);
	for (int i = 0; i < TRIES && !atomic_load(&stub.lost); i++)
		usleep(10000);
	assert_idle();
	capture_end(log, sizeof(log));
	ck_assert_uint_eq(atomic_load(&stub.lost), 1);
	ck_assert_msg(count(log, "level=ERROR msg=\"cannot listen any longer\" address=unix:") ==
				      1 &&
			      count(log, " cure=") == 1,
		      "%s", log);
	ck_assert_uint_eq(count(log, "msg="), 1);
	assert_served(stub.listeners[0].socket);
	stub_stop();
	scratch_remove(scratch);
}
END_TEST

/* Binds a socket to HOST:PORT, with SO_REUSEADDR like the listener. */
static int bind_beside(const char *address)
{
	struct sockaddr_in bound = {.sin_family = AF_INET};
	int other = socket(AF_INET, SOCK_STREAM, 0), enable = 1;
	char host[LISTENER_TEXT_MAX];
	unsigned int port;

	ck_assert_int_eq(sscanf(address, "%[^:]:%u", host, &port), 2);
	bound.sin_port = htons((uint16_t)port);
	ck_assert_int_eq(inet_pton(AF_INET, host, &bound.sin_addr), 1);
	setsockopt(other, SOL_SOCKET, SO_REUSEADDR, &enable, sizeof(enable));
	ck_assert_int_eq(bind(other, (struct sockaddr *)&bound, sizeof(bound)), 0);
	return other;
}

/* Another process may begin to listen while the listener does not. */
START_TEST(its_address_is_taken)
{
	char address[LISTENER_TEXT_MAX], log[8192];
	bool taken = false;
	int other;

	own_address(address);
	other = bind_beside(address);
	start(address);
	ck_assert_int_eq(capture_begin(), 0);
	for (int i = 0; i < TRIES && !taken; i++) {
		shut(stub.listeners[1].socket, SHUT_RD);
		taken = listen(other, 1) == 0;
		usleep(10000);
	}
	for (int i = 0; i < TRIES && !atomic_load(&stub.lost); i++)
		usleep(10000);
	capture_end(log, sizeof(log));
	ck_assert_uint_eq(atomic_load(&stub.lost), 1);
	ck_assert_msg(count(log, "reason=\"Address already in use\" cure=\"free the address or ") ==
			      1,
		      "%s", log);
	stub_stop();
	close(other);
}
END_TEST

/*
 * A seccomp filter, like a security policy, forbids accept(2); the connection still enters the
 * queue.
 */
static void forbid_accept(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

	ck_assert_int_eq(seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(accept4), 0), 0);
	ck_assert_int_eq(seccomp_load(filter), 0);
	seccomp_release(filter);
}

/* Returns the former limit. At 1, poll(2) itself fails. */
static rlim_t limit_descriptors(rlim_t count)
{
	struct rlimit limit;
	rlim_t before;

	getrlimit(RLIMIT_NOFILE, &limit);
	before = limit.rlim_cur;
	limit.rlim_cur = count;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	return before;
}

START_TEST(is_not_let_accept)
{
	char log[4096];
	int connection = socket(AF_INET, SOCK_STREAM, 0);

	forbid_accept();
	start(NULL);
	ck_assert_int_eq(capture_begin(), 0);
	ck_assert_int_eq(join(connection, stub.listeners[0].socket), 0);
	assert_idle();
	capture_end(log, sizeof(log));
	ck_assert_msg(count(log, CANNOT_ACCEPT) == 1 &&
			      count(log, "cure=\"allow the exporter to accept connections ") == 1,
		      "%s", log);
	stub_stop();
	close(connection);
}
END_TEST

/* The server continues when it can again, and can be stopped when it cannot. */
START_TEST(cannot_poll)
{
	int waiting = socket(AF_INET, SOCK_STREAM, 0);
	char log[4096];
	rlim_t before;

	start(NULL);
	ck_assert_int_eq(capture_begin(), 0);
	before = limit_descriptors(1);
	ck_assert_int_eq(join(waiting, stub.listeners[0].socket), 0);
	assert_idle();
	limit_descriptors(before);
	assert_served(stub.listeners[0].socket);
	capture_end(log, sizeof(log));
	ck_assert_msg(count(log, CANNOT_ACCEPT) == 1 &&
			      count(log, "cure=\"raise the limit of open files ") == 1,
		      "%s", log);
	limit_descriptors(1);
	stub_stop();
	limit_descriptors(before); /* sanitizers open files at exit */
	close(waiting);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{listens_again, ARRAY_SIZE(ways)},
		{listens_again_on_any_port, 0},
		{is_lost, ARRAY_SIZE(ways)},
		{its_address_is_taken, 0},
		{is_not_let_accept, 0},
		{cannot_poll, 0},
	};

	return run_suite("acceptor", tests, ARRAY_SIZE(tests));
}
