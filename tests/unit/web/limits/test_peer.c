// SPDX-License-Identifier: Apache-2.0
#include "web/limits/peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "tests/unit/suite.h"

#define UNIX_SOCKET "unix"

/* Makes the address of a client; UNIX_SOCKET: one without an address. */
static struct sockaddr_storage address_of(const char *text)
{
	struct sockaddr_storage address = {.ss_family = AF_UNIX};
	struct sockaddr_in *ipv4 = (struct sockaddr_in *)&address;
	struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *)&address;

	if (strcmp(text, UNIX_SOCKET) == 0)
		return address;
	address.ss_family = strchr(text, ':') ? AF_INET6 : AF_INET;
	if (address.ss_family == AF_INET) {
		ipv4->sin_port = htons(1234);
		ck_assert_int_eq(inet_pton(AF_INET, text, &ipv4->sin_addr), 1);
	} else {
		ipv6->sin6_port = htons(1234);
		ck_assert_int_eq(inet_pton(AF_INET6, text, &ipv6->sin6_addr), 1);
	}
	return address;
}

static struct peer peer_at(const char *text)
{
	const struct sockaddr_storage address = address_of(text);

	return peer_of((const struct sockaddr *)&address);
}

static const struct {
	const char *one, *other;
	bool equal, same_network;
} pairs[] = {
	{"192.0.2.1", "192.0.2.1", true, true},
	{"192.0.2.1", "192.0.2.2", false, true},
	{"192.0.2.1", "192.0.3.1", false, false},
	{"192.0.2.1", "::ffff:192.0.2.1", true, true},
	{"192.0.2.1", "::ffff:192.0.2.9", false, true},
	{"2001:db8::1", "2001:db8::2", true, true},
	{"2001:db8::1", "2001:db8::1:0:0:1", true, true},
	{"2001:db8::1", "2001:db8:0:1::1", false, true},
	{"2001:db8::1", "2001:db8:1::1", false, false},
	{"0.0.0.0", "::", false, false},
	{UNIX_SOCKET, UNIX_SOCKET, true, true},
	{UNIX_SOCKET, "::", false, false},
	{UNIX_SOCKET, "0.0.0.0", false, false},
};

START_TEST(compares)
{
	const struct peer one = peer_at(pairs[_i].one), other = peer_at(pairs[_i].other);

	ck_assert_int_eq(peer_equal(&one, &other), pairs[_i].equal);
	ck_assert_int_eq(peer_equal(&other, &one), pairs[_i].equal);
	ck_assert_int_eq(peer_same_network(&one, &other), pairs[_i].same_network);
	ck_assert_int_eq(peer_same_network(&other, &one), pairs[_i].same_network);
}
END_TEST

START_TEST(no_address_is_a_unix_socket)
{
	const struct peer none = peer_of(NULL), local = peer_at(UNIX_SOCKET);

	ck_assert(!none.has_address);
	ck_assert(peer_equal(&none, &local));
}
END_TEST

static const struct {
	const char *address, *name;
} names[] = {
	{"192.0.2.1", "192.0.2.1"},
	{"::ffff:192.0.2.1", "192.0.2.1"},
	{"2001:db8::1", "2001:db8::1"},
	{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
	{UNIX_SOCKET, "unix"},
};

START_TEST(names_itself)
{
	const struct sockaddr_storage address = address_of(names[_i].address);
	char name[PEER_NAME_MAX];

	peer_name((const struct sockaddr *)&address, name);
	ck_assert_str_eq(name, names[_i].name);
	peer_name(NULL, name);
	ck_assert_str_eq(name, "unix");
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{compares, ARRAY_SIZE(pairs)},
		{no_address_is_a_unix_socket, 0},
		{names_itself, ARRAY_SIZE(names)},
	};

	return run_suite("peer", tests, ARRAY_SIZE(tests));
}
