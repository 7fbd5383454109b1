// SPDX-License-Identifier: Apache-2.0
/* Which password is compared next, and which may wait at all. */
#include "web/access/auth_queue.h"

#include <string.h>

#include "tests/unit/suite.h"

#define FLOOD 20 /* peers, each with more jobs than its share */

static struct auth_queue queue;

static struct auth_job job_of(int peer)
{
	struct auth_job job = {.peer = {.has_address = true}, .password = "secret", .length = 6};

	memcpy(job.peer.address, &peer, sizeof(peer));
	return job;
}

static bool put(struct auth_queue *into, int peer)
{
	const struct auth_job job = job_of(peer);

	return auth_queue_put(into, &job);
}

/* Returns the peer of the next job; -1: the queue is empty. */
static int take(struct auth_queue *from)
{
	struct auth_job job;
	int peer;

	if (!auth_queue_take(from, &job))
		return -1;
	ck_assert_str_eq(job.password, "secret");
	memcpy(&peer, job.peer.address, sizeof(peer));
	return peer;
}

static int fill(int peer)
{
	int count = 0;

	while (put(&queue, peer))
		count++;
	return count;
}

static int take_losers(void)
{
	struct auth_waiter loser;
	int count = 0;

	while (auth_queue_take_loser(&queue, &loser))
		count++;
	return count;
}

START_TEST(shares_places)
{
	ck_assert_int_eq(take(&queue), -1);
	ck_assert_int_eq(fill(1), AUTH_QUEUE_MAX);
	ck_assert_int_eq(fill(2), AUTH_QUEUE_MAX / 2);
	ck_assert_int_eq(take_losers(), AUTH_QUEUE_MAX / 2);
	ck_assert_int_eq(fill(1), 0);
	ck_assert_int_eq(fill(3), AUTH_QUEUE_MAX / 3);
	ck_assert_int_eq(fill(2), 0);
	ck_assert_int_eq(take_losers(), AUTH_QUEUE_MAX / 3);
	for (int i = 0; i < 9; i++)
		ck_assert_int_eq(take(&queue), 1 + i % 3);
}
END_TEST

/* No network loses its last slot to another, however many there are. */
START_TEST(a_single_place_is_kept)
{
	for (int peer = 0; peer < AUTH_QUEUE_MAX; peer++)
		ck_assert(put(&queue, peer));
	ck_assert(!put(&queue, 0));
	ck_assert(!put(&queue, AUTH_QUEUE_MAX));
	for (int peer = 0; peer < AUTH_QUEUE_MAX; peer++)
		ck_assert_int_eq(take(&queue), peer);
}
END_TEST

#define HOME  1 /* the last bytes of networks: an IPv6 /48, an IPv4 /24 */
#define OTHER 2

/* Makes one of many peers of that network. */
static bool put_of(uint8_t network, uint8_t number, bool ipv4)
{
	struct auth_job job = job_of(0);

	if (ipv4)
		memset(&job.peer.address[10], 0xff, 2);
	job.peer.address[ipv4 ? 14 : 5] = network;
	job.peer.address[ipv4 ? 15 : 7] = number;
	return auth_queue_put(&queue, &job);
}

/* A network with as many peers as slots takes turns with other networks. */
START_TEST(networks_share_places)
{
	bool ipv4 = _i;

	for (int number = 0; number < AUTH_QUEUE_MAX; number++)
		ck_assert(put_of(HOME, (uint8_t)number, ipv4));
	ck_assert(!put_of(HOME, AUTH_QUEUE_MAX, ipv4));
	ck_assert(put_of(OTHER, 0, ipv4));
	ck_assert(!put_of(HOME, AUTH_QUEUE_MAX, ipv4));
	ck_assert(put_of(OTHER, 0, !ipv4));
	for (int number = 1; number < AUTH_QUEUE_MAX; number++)
		put_of(OTHER, (uint8_t)number, ipv4);
	ck_assert_int_eq(take_losers(), AUTH_QUEUE_MAX / 2);
	ck_assert(!put_of(OTHER, AUTH_QUEUE_MAX, ipv4));
}
END_TEST

/* There is no room for more losers until some have been taken. */
START_TEST(losers_are_limited)
{
	int lost = 0;

	for (int peer = 0; peer < AUTH_QUEUE_MAX; peer++)
		fill(peer);
	ck_assert_uint_eq(queue.count, AUTH_QUEUE_MAX);
	lost = take_losers();
	ck_assert_int_eq(lost, AUTH_QUEUE_MAX);
	ck_assert(put(&queue, AUTH_QUEUE_MAX));
}
END_TEST

START_TEST(peers_take_turns)
{
	const int turns[] = {1, 2, 3, 1, 2, 1, 1, -1};

	for (int i = 0; i < 4; i++)
		put(&queue, 1);
	put(&queue, 2);
	put(&queue, 2);
	put(&queue, 3);
	for (size_t i = 0; i < ARRAY_SIZE(turns); i++)
		ck_assert_int_eq(take(&queue), turns[i]);
}
END_TEST

/* A peer that was served and comes back does not overtake another, even if it does so each time. */
START_TEST(no_peer_overtakes_by_coming_back)
{
	fill(1);
	for (int i = 0; i < AUTH_QUEUE_MAX - 1; i++) {
		ck_assert(put(&queue, 2));
		ck_assert_int_eq(take(&queue), 1);
		ck_assert_int_eq(take(&queue), 2);
	}
	ck_assert_int_eq(take(&queue), -1);
}
END_TEST

/* Returns the number of jobs that are served before it; -1: it is not served. */
static int wait_of(int peer)
{
	struct auth_queue now = queue;
	int others = 0;

	if (!put(&now, peer))
		return -1;
	while (take(&now) != peer)
		others++;
	return others;
}

/* Each peer that is served, and all others, immediately fill their share again. */
START_TEST(a_flood_of_peers_keeps_no_peer_out)
{
	for (int i = 0; i < 50 * AUTH_QUEUE_MAX; i++) {
		int waited;

		for (int peer = 0; peer < FLOOD; peer++)
			fill((i + peer) % FLOOD);
		take_losers();
		waited = wait_of(FLOOD);
		ck_assert_int_ge(waited, 0);
		ck_assert_int_lt(waited, 2 * FLOOD);
		take(&queue);
	}
}
END_TEST

START_TEST(keeps_no_password)
{
	static const unsigned char none[sizeof(queue.jobs)];

	for (int peer = 1; peer < 9; peer++)
		fill(peer % 3);
	while (take(&queue) >= 0)
		;
	ck_assert_int_eq(memcmp((const void *)queue.jobs, none, sizeof(none)), 0);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{shares_places, 0},
		{a_single_place_is_kept, 0},
		{networks_share_places, 2},
		{losers_are_limited, 0},
		{peers_take_turns, 0},
		{no_peer_overtakes_by_coming_back, 0},
		{a_flood_of_peers_keeps_no_peer_out, 0},
		{keeps_no_password, 0},
	};

	return run_suite("auth_queue", tests, ARRAY_SIZE(tests));
}
