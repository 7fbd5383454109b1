// SPDX-License-Identifier: Apache-2.0
#include "exporter/attach/inflight.h"

#include <string.h>

#include "bpf/abi/bind_abi.h"
#include "exporter/attach/maps.h"
#include "suite.h"

#define SWEEP_NS 5000000000ULL /* least time between two sweeps */
#define CALL     (42ULL << 32 | 7)
#define GROUP    9
#define WAY      3

static struct bind_calls calls[1 << BIND_CALL_GROUPS_BITS];
static uint64_t missed[BIND_MISSED_REASONS];
static const struct bind_maps maps = {.of = {
					      [MAP_CALLS] = {.memory = calls},
					      [MAP_MISSED] = {.memory = missed},
				      }};
static struct inflight_age *age;
static uint64_t now_ns;

static __u64 *const slot = &calls[GROUP].call[WAY];

static void begin(void)
{
	memset(calls, 0, sizeof(calls));
	memset(missed, 0, sizeof(missed));
	now_ns = 0;
	age = inflight_age_new();
	ck_assert_ptr_nonnull(age);
}

static void sweep(void)
{
	now_ns += SWEEP_NS;
	inflight_sweep(&maps, age, now_ns);
}

START_TEST(gives_up_what_two_sweeps_saw)
{
	begin();
	*slot = CALL;
	sweep();
	ck_assert_uint_eq(*slot, CALL | BIND_CALL_SEEN);
	inflight_sweep(&maps, age, now_ns + SWEEP_NS - 1); /* too early */
	ck_assert_uint_eq(*slot, CALL | BIND_CALL_SEEN);
	sweep();
	ck_assert_uint_eq(*slot, CALL | BIND_CALL_SEEN | BIND_CALL_ABANDONED);
	sweep();
	ck_assert_uint_eq(*slot, CALL | BIND_CALL_SEEN | BIND_CALL_ABANDONED);
	inflight_age_free(age);
}
END_TEST

/* A thread that binds in a loop inserts the same word each time. */
START_TEST(does_not_take_a_new_call_for_the_old)
{
	begin();
	for (int i = 0; i < 10; i++) {
		*slot = CALL;
		sweep();
	}
	ck_assert_uint_eq(*slot, CALL | BIND_CALL_SEEN);
	*slot = 0;
	sweep();
	ck_assert_uint_eq(*slot, 0);
	inflight_age_free(age);
}
END_TEST

/* Ten minutes after the call was given up, its mark counts as left behind. */
START_TEST(frees_a_mark_at_last)
{
	__u64 given_up = CALL | BIND_CALL_MARKED | BIND_CALL_SEEN | BIND_CALL_ABANDONED;

	begin();
	*slot = CALL | BIND_CALL_MARKED;
	for (int i = 0; i < 2 + 119; i++)
		sweep();
	ck_assert_uint_eq(*slot, given_up);
	ck_assert_uint_eq(missed[BIND_MARKS_LEFT], 0);
	sweep();
	ck_assert_uint_eq(*slot, given_up & ~BIND_CALL_MARKED);
	ck_assert_uint_eq(missed[BIND_MARKS_LEFT], 1);
	inflight_age_free(age);
}
END_TEST

/* Another call of the thread brings a new mark, whose ten minutes begin again. */
START_TEST(counts_the_minutes_of_every_mark)
{
	begin();
	for (int i = 0; i < 2; i++) {
		*slot = CALL | BIND_CALL_MARKED;
		for (int j = 0; j < 2 + 119; j++)
			sweep();
	}
	ck_assert_uint_eq(missed[BIND_MARKS_LEFT], 0);
	inflight_age_free(age);
}
END_TEST

START_TEST(gives_up_all)
{
	begin();
	calls[1].call[0] = CALL | BIND_CALL_MARKED;
	calls[2].call[6] = CALL | BIND_CALL_SEEN;
	calls[3].call[1] = CALL | BIND_CALL_ABANDONED;
	ck_assert_uint_eq(calls_give_up(&maps), 2);
	ck_assert_uint_eq(calls[1].call[0], CALL | BIND_CALL_ABANDONED);
	ck_assert_uint_eq(calls[2].call[6], CALL | BIND_CALL_SEEN | BIND_CALL_ABANDONED);
	ck_assert_uint_eq(calls[3].call[1], CALL | BIND_CALL_ABANDONED);
	ck_assert_uint_eq(missed[BIND_MARKS_LEFT], 1);
	ck_assert_uint_eq(calls_give_up(&maps), 0);
	inflight_age_free(age);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{gives_up_what_two_sweeps_saw, 0},
		{does_not_take_a_new_call_for_the_old, 0},
		{frees_a_mark_at_last, 0},
		{counts_the_minutes_of_every_mark, 0},
		{gives_up_all, 0},
	};

	return run_suite("calls", tests, ARRAY_SIZE(tests));
}
