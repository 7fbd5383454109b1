// SPDX-License-Identifier: Apache-2.0
#include "listener.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http_client.h"
#include "suite.h"

static const struct {
	const char *address;
	int error;
} wrong[] = {
	{"", -EINVAL},
	{"10068", -EINVAL},
	{"localhost", -EINVAL},
	{"localhost:", -EINVAL},
	{":http", -EINVAL},
	{":65536", -EINVAL},
	{":-1", -EINVAL},
	{":1 ", -EINVAL},
	{"::1:10068", -EINVAL},
	{"no.such.host.invalid:1", -EADDRNOTAVAIL},
	{"192.0.2.1:0", -EADDRNOTAVAIL}, /* TEST-NET-1: on no machine */
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
	const char *host; /* of the address it says it is bound to */
	int ipv4, ipv6;   /* of connecting */
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
	/* Which family "localhost" is, the machine decides. */
	if (strcmp(right[_i].address, "localhost:0") != 0) {
		expect(&listener, AF_INET, right[_i].ipv4);
		if (has_ipv6())
			expect(&listener, AF_INET6, right[_i].ipv6);
	}
	close(listener.socket);
}
END_TEST

START_TEST(tells_that_a_port_is_in_use)
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

int main(void)
{
	const struct unit_test tests[] = {
		{refuses, ARRAY_SIZE(wrong)},
		{listens, ARRAY_SIZE(right)},
		{tells_that_a_port_is_in_use, 0},
		{names_a_reachable_host, 0},
	};

	return run_suite("listener", tests, ARRAY_SIZE(tests));
}
