// SPDX-License-Identifier: Apache-2.0
#include "web/http/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/http_client.h"
#include "tests/lib/scratch.h"
#include "tests/unit/suite.h"

static const struct {
	const char *address;
	int error;
} wrong[] = {
	{"", -EINVAL},
	{"10068", -EINVAL},
	{"localhost", -EINVAL},
	{"localhost:", -EINVAL},
	{":http", -EINVAL},
	{":65536", -ERANGE},
	{":-1", -EINVAL},
	{":1 ", -EINVAL},
	{"::1:10068", -EINVAL},
	{"unix:", -EINVAL},
	{"unix:relative.sock", -EINVAL},
	{"unix:/no/such/directory/a.sock", -ENOENT},
	{"unix:/proc/version", -ENOTSOCK},
	{"unix:/tmp/a-name-that-is-longer-than-a-socket-may-have-as-the-kernel-has-only-room-for-one-"
	 "hundred-and-seven-bytes",
	 -ENAMETOOLONG},
	{"no.such.host.invalid:1", -ENXIO},
	{"192.0.2.1:0", -EADDRNOTAVAIL}, /* TEST-NET-1: no machine has it */
};

START_TEST(refuses)
{
	struct listener listener;

	ck_assert_msg(listener_open(wrong[_i].address, &listener) == wrong[_i].error, "%s",
		      wrong[_i].address);
}
END_TEST

static uint16_t port_of(const struct listener *listener)
{
	return (uint16_t)strtoul(strrchr(listener->address, ':') + 1, NULL, 10);
}

static void expect(const struct listener *listener, int family, int expected)
{
	int connection = http_connect(family, port_of(listener));

	if (expected)
		ck_assert_int_eq(connection, expected);
	else
		ck_assert_int_ge(connection, 0);
	if (connection >= 0)
		close(connection);
}

static bool has_ipv6(void)
{
	struct listener listener;

	if (listener_open("[::1]:0", &listener))
		return false;
	close(listener.socket);
	return true;
}

static const struct {
	const char *address;
	const char *host; /* the host in its address */
	int ipv4, ipv6;   /* results of connecting */
	bool needs_ipv6;
} right[] = {
	{"127.0.0.1:0", "127.0.0.1:", 0, -ECONNREFUSED, false},
	{"localhost:0", "", 0, -ECONNREFUSED, false},
	{"0.0.0.0:0", "0.0.0.0:", 0, -ECONNREFUSED, false},
	{"[::1]:0", "[::1]:", -ECONNREFUSED, 0, true},
	{":0", "[::]:", 0, 0, true},
	{"[::]:0", "[::]:", 0, 0, true},
};

START_TEST(listens)
{
	struct listener listener;

	if (right[_i].needs_ipv6 && !has_ipv6())
		return;
	ck_assert_int_eq(listener_open(right[_i].address, &listener), 0);
	ck_assert_msg(strncmp(listener.address, right[_i].host, strlen(right[_i].host)) == 0, "%s",
		      listener.address);
	ck_assert_uint_ne(port_of(&listener), 0);
	/* The family of "localhost" depends on the machine. */
	if (strcmp(right[_i].address, "localhost:0") != 0) {
		expect(&listener, AF_INET, right[_i].ipv4);
		if (has_ipv6())
			expect(&listener, AF_INET6, right[_i].ipv6);
	}
	close(listener.socket);
}
END_TEST

START_TEST(reports_a_port_in_use)
{
	struct listener first, second;

	ck_assert_int_eq(listener_open("127.0.0.1:0", &first), 0);
	ck_assert_str_eq(first.authority, first.address);
	ck_assert_int_eq(listener_open(first.address, &second), -EADDRINUSE);
	close(first.socket);
}
END_TEST

START_TEST(names_a_reachable_host)
{
	struct listener listener;

	ck_assert_int_eq(listener_open("0.0.0.0:0", &listener), 0);
	ck_assert_int_eq(strncmp(listener.authority, "localhost:", 10), 0);
	close(listener.socket);
}
END_TEST

/* A socket that was left behind is replaced. A socket in use, or a file of another kind, is not. */
START_TEST(unix_sockets)
{
	char scratch[SCRATCH_SIZE], address[SCRATCH_SIZE + 16], *path = address + strlen("unix:");
	struct listener first, second;
	struct stat made;

	ck_assert_int_eq(scratch_make(scratch), 0);
	snprintf(address, sizeof(address), "unix:%s/a.sock", scratch);
	ck_assert_int_eq(listener_open(address, &first), 0);
	ck_assert_str_eq(first.address, address);
	ck_assert_str_eq(first.authority, "");
	ck_assert_int_eq(stat(path, &made), 0);
	ck_assert_uint_eq(made.st_mode, S_IFSOCK | 0660);
	ck_assert_int_eq(listener_open(address, &second), -EADDRINUSE);
	close(first.socket);
	ck_assert_int_eq(listener_open(address, &second), 0);
	close(second.socket);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(scratch_write(path, "x", 1), 0);
	ck_assert_int_eq(listener_open(address, &second), -ENOTSOCK);
	ck_assert_int_eq(access(path, F_OK), 0);
	scratch_remove(scratch);
}
END_TEST

/*
 * A socket is left alone if another process listens on its address by now, or if it is inherited.
 */
START_TEST(revives)
{
	struct listener first, again, second;

	ck_assert_int_eq(listener_open("127.0.0.1:0", &first), 0);
	close(first.socket);
	ck_assert_int_eq(listener_open(first.address, &first), 0);
	ck_assert_int_eq(shutdown(first.socket, SHUT_RD), 0);
	expect(&first, AF_INET, -ECONNREFUSED);
	ck_assert_int_eq(listener_revive(&first, &again), 0);
	ck_assert_str_eq(again.address, first.address);
	expect(&first, AF_INET, 0);
	ck_assert_int_eq(shutdown(first.socket, SHUT_RD), 0);
	first.inherited = true;
	ck_assert_int_eq(listener_revive(&first, &again), -EOPNOTSUPP);
	first.inherited = false;
	ck_assert_int_eq(listener_open(first.address, &second), 0);
	ck_assert_int_eq(listener_revive(&first, &again), -EADDRINUSE);
	close(second.socket);
	ck_assert_int_eq(listener_revive(&first, &again), 0);
	close(first.socket);
}
END_TEST

enum inherited { NOTHING, A_LISTENER, NO_LISTENER, A_DATAGRAM, ANOTHERS, TWO };

static const struct {
	enum inherited what;
	int error;
	uint32_t count;
} inheritances[] = {
	{NOTHING, -ENOENT, 0},      {A_LISTENER, 0, 1},     {NO_LISTENER, -ENOTSOCK, 0},
	{A_DATAGRAM, -ENOTSOCK, 0}, {ANOTHERS, -ENOENT, 0}, {TWO, -E2BIG, 0},
};

/*
 * Passes descriptors from 3 on as systemd does, with the process that they are for. Runs in a
 * child, because Check itself uses descriptor 3.
 */
static int inherit(enum inherited what)
{
	struct listener inherited[1];
	uint32_t count = 0;
	char pid[16];
	int given = socket(AF_INET, what == A_DATAGRAM ? SOCK_DGRAM : SOCK_STREAM, 0), error;

	if (what == A_LISTENER || what == ANOTHERS || what == TWO)
		listen(given, 1);
	dup2(given, 3);
	snprintf(pid, sizeof(pid), "%d", what == ANOTHERS ? getppid() : getpid());
	if (what != NOTHING) {
		setenv("LISTEN_FDS", what == TWO ? "2" : "1", 1);
		setenv("LISTEN_PID", pid, 1);
	}
	error = listeners_inherit(inherited, 1, &count);
	if (error || count != inheritances[what].count)
		return -error;
	/* The addresses are known, the sockets do not block, and children do not inherit them. */
	return !inherited[0].inherited || strncmp(inherited[0].address, "0.0.0.0:", 8) != 0 ||
	       !(fcntl(3, F_GETFL) & O_NONBLOCK) || !(fcntl(3, F_GETFD) & FD_CLOEXEC);
}

START_TEST(inherits)
{
	int status;

	if (fork() == 0)
		_exit(inherit(inheritances[_i].what));
	wait(&status);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), -inheritances[_i].error);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{refuses, ARRAY_SIZE(wrong)},
		{listens, ARRAY_SIZE(right)},
		{reports_a_port_in_use, 0},
		{names_a_reachable_host, 0},
		{unix_sockets, 0},
		{revives, 0},
		{inherits, ARRAY_SIZE(inheritances)},
	};

	return run_suite("listener", tests, ARRAY_SIZE(tests));
}
