// SPDX-License-Identifier: Apache-2.0
#include "web/limits/rate_limit.h"

#include "common/units.h"
#include "tests/unit/suite.h"

#define START 12345

static struct rate_limit limit_of(uint64_t interval_ns, int64_t burst)
{
	struct rate_limit limit = {.interval_ns = 0};

	rate_limit_set(&limit, interval_ns, burst, START);
	return limit;
}

/* Returns how many of a thousand are admitted at this moment. */
static int admitted(struct rate_limit *limit, uint64_t after_ns)
{
	int count = 0;

	for (int i = 0; i < 1000; i++)
		count += rate_limit_admits(limit, START + after_ns);
	return count;
}

static const struct {
	uint64_t interval_ns;
	int64_t burst;
	uint64_t after_ns[3];
	int admitted[3];
} cases[] = {
	{0, 0, {0, 1, 2}, {1000, 1000, 1000}},
	{SECOND_NS, 0, {0, SECOND_NS, 10 * SECOND_NS}, {0, 0, 0}},
	{SECOND_NS, -1, {0, SECOND_NS, 10 * SECOND_NS}, {0, 0, 0}},
	{SECOND_NS, 1, {0, SECOND_NS - 1, SECOND_NS}, {1, 0, 1}},
	{SECOND_NS, 1, {0, 100 * SECOND_NS, 101 * SECOND_NS}, {1, 1, 1}},
	{SECOND_NS, 5, {0, 2 * SECOND_NS, 2 * SECOND_NS + 1}, {5, 2, 0}},
	{SECOND_NS, 5, {0, 1500 * MS_NS, 2000 * MS_NS}, {5, 1, 1}},
	{SECOND_NS, 5, {0, 3600 * SECOND_NS, 3601 * SECOND_NS}, {5, 5, 1}},
	{1, 1000000, {0, 0, 1}, {1000, 1000, 1000}},
	{UINT64_MAX / 2, INT64_MAX, {0, SECOND_NS, UINT64_MAX / 4}, {2, 0, 0}},
};

START_TEST(admits)
{
	struct rate_limit limit = limit_of(cases[_i].interval_ns, cases[_i].burst);

	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(admitted(&limit, cases[_i].after_ns[i]), cases[_i].admitted[i]);
}
END_TEST

/* Reading the file again must not fill the bucket. */
START_TEST(stays_as_full_as_it_is)
{
	struct rate_limit limit = limit_of(SECOND_NS, 3);

	ck_assert_int_eq(admitted(&limit, 0), 3);
	rate_limit_set(&limit, SECOND_NS, 3, START);
	ck_assert_int_eq(admitted(&limit, 0), 0);
	rate_limit_set(&limit, SECOND_NS, 4, START);
	ck_assert_int_eq(admitted(&limit, 0), 4);
	rate_limit_set(&limit, 0, 4, START);
	ck_assert_int_eq(admitted(&limit, 0), 1000);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{admits, ARRAY_SIZE(cases)},
		{stays_as_full_as_it_is, 0},
	};

	return run_suite("rate_limit", tests, ARRAY_SIZE(tests));
}
