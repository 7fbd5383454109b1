// SPDX-License-Identifier: Apache-2.0
/* Limits, eviction and overdue connections, with socket pairs that a thread closes. */
#include "web/http/connections.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/unit/suite.h"

#define MAX 32

static struct connections *connections;
static int ours[MAX], theirs[MAX]; /* the admitted socket, and its client */
static atomic_int made;
static pthread_t closer;
static atomic_bool done;
static atomic_bool entered;

/* Closes sockets that were shut down, as the HTTP thread does. */
static void *close_what_ended(void *unused)
{
	char byte;

	while (!atomic_load(&done)) {
		for (int i = 0; i < atomic_load(&made); i++)
			if (ours[i] >= 0 && recv(ours[i], &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0) {
				connections_left(connections, ours[i]);
				close(ours[i]);
				ours[i] = -1;
			}
		usleep(500);
	}
	return unused;
}

static void start(uint32_t total, uint32_t per_peer)
{
	const struct connection_limits limits = {total, per_peer, {200, 400, 600, 800}, 300};

	ck_assert_int_eq(connections_new(&limits, &connections), 0);
	pthread_create(&closer, NULL, close_what_ended, NULL);
}

static void stop(void)
{
	atomic_store(&done, true);
	pthread_join(closer, NULL);
	connections_free(connections);
}

static int admit(const char *peer)
{
	struct sockaddr_storage address = {.ss_family = AF_UNIX};
	struct sockaddr_in *ipv4 = (struct sockaddr_in *)&address;
	struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *)&address;
	int i = atomic_load(&made), pair[2], error;

	if (inet_pton(AF_INET, peer, &ipv4->sin_addr) == 1)
		address.ss_family = AF_INET;
	else if (inet_pton(AF_INET6, peer, &ipv6->sin6_addr) == 1)
		address.ss_family = AF_INET6;
	ck_assert_int_lt(i, MAX);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	ours[i] = pair[0];
	theirs[i] = pair[1];
	error = connections_admit(connections, pair[0], (struct sockaddr *)&address);
	atomic_store(&made, i + 1);
	usleep(1000); /* so that no two have the same age */
	return error;
}

static bool is_gone(int i)
{
	char byte;

	return recv(theirs[i], &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

START_TEST(evicts_the_longest_waiting)
{
	start(3, 3);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(admit("10.0.0.1"), 0);
	connections_enter(connections, ours[0], CONNECTION_ANSWERING);
	ck_assert_int_eq(admit("10.0.0.1"), 0);
	ck_assert(!is_gone(0));
	ck_assert(is_gone(1));
	ck_assert(!is_gone(2));
	/* A connection that was answered waits from that moment. */
	connections_enter(connections, ours[0], CONNECTION_IDLE);
	connections_enter(connections, ours[3], CONNECTION_UPLOADING);
	ck_assert_int_eq(admit("10.0.0.1"), 0);
	ck_assert(is_gone(2));
	ck_assert_int_eq(connections_evict(connections), 0);
	ck_assert(is_gone(0));
	stop();
}
END_TEST

/* A held connection would not leave. Waiting for it would delay all others. */
START_TEST(evicts_no_held_connection)
{
	start(2, 2);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(admit("10.0.0.1"), 0);
		connections_enter(connections, ours[i], CONNECTION_ANSWERING);
		connections_hold(connections, ours[i]);
	}
	usleep(350000);
	ck_assert_int_eq(admit("10.0.0.1"), -EBUSY);
	ck_assert_int_eq(connections_evict(connections), -EBUSY);
	ck_assert(!is_gone(0) && !is_gone(1));
	connections_enter(connections, ours[1], CONNECTION_IDLE);
	ck_assert_int_eq(admit("10.0.0.1"), 0);
	ck_assert(!is_gone(0) && is_gone(1));
	stop();
}
END_TEST

START_TEST(refuses_when_all_are_answered)
{
	start(2, 2);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(admit("10.0.0.1"), 0);
		connections_enter(connections, ours[i], CONNECTION_ANSWERING);
	}
	ck_assert_int_eq(admit("10.0.0.1"), -EBUSY);
	ck_assert_int_eq(connections_evict(connections), -EBUSY);
	ck_assert(!is_gone(0) && !is_gone(1));
	/* After patience_ms, a client that reads its answer slowly can be evicted. */
	usleep(300000);
	ck_assert_int_eq(admit("10.0.0.1"), 0);
	ck_assert(is_gone(0) && !is_gone(1));
	stop();
}
END_TEST

static const struct {
	const char *first, *second;
	bool same;
} peers[] = {
	{"10.0.0.1", "10.0.0.1", true},
	{"10.0.0.1", "10.0.0.2", false},
	{"10.0.0.1", "::ffff:10.0.0.1", true},
	{"::ffff:10.0.0.1", "::ffff:10.0.0.2", false},
	{"2001:db8::1", "2001:db8::2", true},
	{"2001:db8::1", "2001:db8:0:1::1", false},
	{"unix", "unix", false},
};

START_TEST(limits_each_peer)
{
	start(10, 1);
	ck_assert_int_eq(admit(peers[_i].first), 0);
	ck_assert_int_eq(admit(peers[_i].second), 0);
	ck_assert(is_gone(0) == peers[_i].same);
	stop();
}
END_TEST

/* The phases of start() are limited to 200, 400, 600 and 800 ms. */
START_TEST(ends_what_is_overdue)
{
	start(2, 2);
	ck_assert_int_eq(connections_expire(connections), -1);
	ck_assert_int_eq(admit("10.0.0.1"), 0);
	connections_enter(connections, ours[0], (enum connection_phase)_i);
	usleep((_i + 1) * 200000 - 100000);
	ck_assert_int_eq(connections_expire(connections), 21);
	ck_assert(!is_gone(0));
	usleep(150000);
	connections_expire(connections);
	ck_assert(is_gone(0));
	stop();
}
END_TEST

static void *enter_again_and_again(void *unused)
{
	for (int i = 0; i < 200000; i++)
		connections_enter(connections, ours[0], CONNECTION_IDLE);
	atomic_store(&entered, true);
	return unused;
}

/* A phase may begin while another thread reads the clock. */
START_TEST(ends_no_phase_that_has_just_begun)
{
	pthread_t other;

	start(2, 2);
	ck_assert_int_eq(admit("10.0.0.1"), 0);
	pthread_create(&other, NULL, enter_again_and_again, NULL);
	while (!atomic_load(&entered))
		connections_expire(connections);
	pthread_join(other, NULL);
	ck_assert(!is_gone(0));
	stop();
}
END_TEST

START_TEST(survives_a_number_that_comes_again)
{
	start(1, 1);
	ck_assert_int_eq(admit("10.0.0.1"), 0);
	connections_enter(connections, ours[0], CONNECTION_ANSWERING);
	ck_assert_int_eq(
		connections_admit(connections, ours[0], &(struct sockaddr){.sa_family = AF_UNIX}),
		0);
	stop();
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{evicts_the_longest_waiting, 0},           {evicts_no_held_connection, 0},
		{refuses_when_all_are_answered, 0},        {limits_each_peer, ARRAY_SIZE(peers)},
		{ends_what_is_overdue, CONNECTION_PHASES}, {ends_no_phase_that_has_just_begun, 0},
		{survives_a_number_that_comes_again, 0},
	};

	return run_suite("connections", tests, ARRAY_SIZE(tests));
}
