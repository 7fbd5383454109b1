// SPDX-License-Identifier: Apache-2.0
/* Which failures get a line in the log, over time. */
#include "web/limits/line_limit.h"

#include <string.h>

#include "tests/unit/suite.h"

#define START (1000 * SECOND_NS)

static struct line_limit limit;
static uint64_t silent;

static bool tell(int number, uint64_t after_ns)
{
	struct peer peer = {.has_address = true};

	memcpy(peer.address, &number, sizeof(number));
	return line_limit_admits(&limit, &peer, START + after_ns, &silent);
}

START_TEST(each_peer_once_a_minute)
{
	ck_assert(tell(1, 0));
	ck_assert_uint_eq(silent, 0);
	for (int i = 0; i < 1000; i++)
		ck_assert(!tell(1, (uint64_t)i * LINE_LIMIT_SILENCE_NS / 1000));
	ck_assert(tell(2, LINE_LIMIT_SILENCE_NS - 1));
	ck_assert_uint_eq(silent, 1000);
	ck_assert(tell(1, LINE_LIMIT_SILENCE_NS));
	ck_assert_uint_eq(silent, 0);
	ck_assert(!tell(2, LINE_LIMIT_SILENCE_NS));
}
END_TEST

/* Ten failures a second for ten minutes, each of another peer. */
START_TEST(all_peers_together)
{
	uint64_t lines = 0, lines_of_first_minute = 0, counted = 0;

	for (int i = 0; i < 6000; i++) {
		if (tell(i, (uint64_t)i * SECOND_NS / 10)) {
			lines++;
			counted += silent + 1;
		}
		if (i == 599)
			lines_of_first_minute = lines;
	}
	ck_assert_uint_le(lines_of_first_minute, LINE_LIMIT_PEERS);
	ck_assert_uint_eq(lines, LINE_LIMIT_BURST + 600 * SECOND_NS / LINE_LIMIT_INTERVAL_NS - 1);
	ck_assert_uint_eq(counted + limit.silent, 6000);
}
END_TEST

/* No peer gets a second line within a minute because others pushed it out of the ring. */
START_TEST(a_crowd_makes_nobody_forgotten)
{
	uint64_t told[100];

	for (int peer = 0; peer < 100; peer++)
		told[peer] = UINT64_MAX;
	for (uint64_t now = 0; now < 3600 * SECOND_NS; now += SECOND_NS / 4) {
		for (int peer = 0; peer < 100; peer++) {
			if (!tell(peer, now))
				continue;
			ck_assert(told[peer] == UINT64_MAX ||
				  now - told[peer] >= LINE_LIMIT_SILENCE_NS);
			told[peer] = now;
		}
	}
	ck_assert_uint_ne(told[0], UINT64_MAX);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{each_peer_once_a_minute, 0},
		{all_peers_together, 0},
		{a_crowd_makes_nobody_forgotten, 0},
	};

	return run_suite("line_limit", tests, ARRAY_SIZE(tests));
}
