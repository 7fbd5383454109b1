// SPDX-License-Identifier: Apache-2.0
#include "exporter/attach/inflight.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

#include "bpf/abi/bind_abi.h"
#include "common/clock.h"
#include "exporter/attach/maps.h"
#include "tests/unit/suite.h"

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

static void end(void)
{
	inflight_age_free(age);
}

static void sweep(void)
{
	now_ns += SWEEP_NS;
	inflight_sweep(&maps, age, now_ns);
}

START_TEST(gives_up_what_two_sweeps_saw)
{
	*slot = CALL;
	sweep();
	ck_assert_uint_eq(*slot, CALL | BIND_CALL_SEEN);
	inflight_sweep(&maps, age, now_ns + SWEEP_NS - 1); /* too early */
	ck_assert_uint_eq(*slot, CALL | BIND_CALL_SEEN);
	sweep();
	ck_assert_uint_eq(*slot, CALL | BIND_CALL_SEEN | BIND_CALL_ABANDONED);
	sweep();
	ck_assert_uint_eq(*slot, CALL | BIND_CALL_SEEN | BIND_CALL_ABANDONED);
}
END_TEST

/* A thread that binds in a loop inserts the same word each time. */
START_TEST(does_not_take_a_new_call_for_the_old)
{
	for (int i = 0; i < 10; i++) {
		*slot = CALL;
		sweep();
	}
	ck_assert_uint_eq(*slot, CALL | BIND_CALL_SEEN);
	*slot = 0;
	sweep();
	ck_assert_uint_eq(*slot, 0);
}
END_TEST

/* Ten minutes after the call was given up, its mark counts as left behind. */
START_TEST(frees_a_mark_at_last)
{
	__u64 given_up = CALL | BIND_CALL_MARKED | BIND_CALL_SEEN | BIND_CALL_ABANDONED;

	*slot = CALL | BIND_CALL_MARKED;
	for (int i = 0; i < 2 + 119; i++)
		sweep();
	ck_assert_uint_eq(*slot, given_up);
	ck_assert_uint_eq(missed[BIND_MARKS_LEFT], 0);
	sweep();
	ck_assert_uint_eq(*slot, given_up & ~BIND_CALL_MARKED);
	ck_assert_uint_eq(missed[BIND_MARKS_LEFT], 1);
}
END_TEST

/* Another call of the thread brings a new mark, whose ten minutes begin again. */
START_TEST(counts_the_minutes_of_every_mark)
{
	for (int i = 0; i < 2; i++) {
		*slot = CALL | BIND_CALL_MARKED;
		for (int j = 0; j < 2 + 119; j++)
			sweep();
	}
	ck_assert_uint_eq(missed[BIND_MARKS_LEFT], 0);
}
END_TEST

START_TEST(gives_up_all)
{
	calls[1].call[0] = CALL | BIND_CALL_MARKED;
	calls[2].call[6] = CALL | BIND_CALL_SEEN;
	calls[3].call[1] = CALL | BIND_CALL_ABANDONED;
	ck_assert_uint_eq(calls_give_up(&maps), 2);
	ck_assert_uint_eq(calls[1].call[0], CALL | BIND_CALL_ABANDONED);
	ck_assert_uint_eq(calls[2].call[6], CALL | BIND_CALL_SEEN | BIND_CALL_ABANDONED);
	ck_assert_uint_eq(calls[3].call[1], CALL | BIND_CALL_ABANDONED);
	ck_assert_uint_eq(missed[BIND_MARKS_LEFT], 1);
	ck_assert_uint_eq(calls_give_up(&maps), 0);
}
END_TEST

/* Counts pauses: on a busy machine the clock does not show that there were none. */
static int pauses;

int nanosleep(const struct timespec *requested_time, struct timespec *remaining)
{
	pauses++;
	return clock_nanosleep(CLOCK_MONOTONIC, 0, requested_time, remaining);
}

static uint64_t elapsed_ms(uint64_t since_ns)
{
	return (clock_ns(CLOCK_MONOTONIC) - since_ns) / MS_NS;
}

#define GENERATION(number) ((uint64_t)(number) << BIND_CALL_GENERATION_SHIFT)

/* Whether draining the halves before generation 2 waits for a call, up to 100 ms. */
static const struct {
	uint64_t call;
	bool waits;
} waits[] = {
	{0, false},
	{CALL | GENERATION(2), false},
	{CALL | GENERATION(1), true},
	{CALL | GENERATION(1) | BIND_CALL_ABANDONED, false},
};

START_TEST(waits_for_earlier_calls)
{
	uint64_t since_ns;

	*slot = waits[_i].call;
	since_ns = clock_ns(CLOCK_MONOTONIC);
	inflight_wait(&maps, 2 + 256); /* a call has only eight bits of it */
	if (waits[_i].waits)
		ck_assert_uint_ge(elapsed_ms(since_ns), 100);
	else
		ck_assert_int_eq(pauses, 0);
}
END_TEST

START_TEST(does_not_wait_for_an_empty_hook)
{
	*slot = CALL;
	calls_leave_hook(&maps, NULL);
	ck_assert_int_eq(pauses, 0);
}
END_TEST

/* A marked call that found no slot is in the hook, too. */
START_TEST(waits_for_calls_in_the_hook)
{
	uint64_t since_ns;

	if (_i)
		calls[GROUP].overflowed = 1;
	else
		*slot = CALL | BIND_CALL_MARKED;
	since_ns = clock_ns(CLOCK_MONOTONIC);
	calls_leave_hook(&maps, NULL);
	ck_assert_uint_ge(elapsed_ms(since_ns), 250);
	ck_assert_uint_eq(missed[BIND_MARKS_LEFT], 0);
}
END_TEST

/* A thread with a call in the other maps has left the hook, and its mark was left behind. */
START_TEST(takes_the_mark_of_a_thread_that_has_left)
{
	static struct bind_calls others[1 << BIND_CALL_GROUPS_BITS];
	static const struct bind_maps other = {.of = {[MAP_CALLS] = {.memory = others}}};

	*slot = CALL | BIND_CALL_MARKED;
	others[GROUP + 1].call[0] = CALL;
	calls_leave_hook(&maps, &other);
	ck_assert_int_eq(pauses, 0);
	ck_assert_uint_eq(*slot, CALL | BIND_CALL_ABANDONED);
	ck_assert_uint_eq(missed[BIND_MARKS_LEFT], 1);
}
END_TEST

/* Before 5.12: a hash of calls by thread, which bpf(2) reads. Thread N is at index N - 1. */
static struct {
	uint64_t calls[3]; /* 0: none */
	int lookups;
} hash;

static const struct bind_maps old_maps = {.of = {
						  [MAP_CALLS] = {.descriptor = 3, .entries = 3},
						  [MAP_MISSED] = {.memory = missed},
					  }};

int bpf_map_get_next_key(int map, const void *key, void *ret_next)
{
	uint32_t thread = key ? *(const uint32_t *)key : 0;

	ck_assert_int_eq(map, 3);
	while (thread < ARRAY_SIZE(hash.calls) && !hash.calls[thread])
		thread++;
	if (thread == ARRAY_SIZE(hash.calls)) {
		errno = ENOENT;
		return -1;
	}
	*(uint32_t *)ret_next = thread + 1;
	return 0;
}

int bpf_map_lookup_elem(int map, const void *key, void *ret_value)
{
	ck_assert_int_eq(map, 3);
	hash.lookups++;
	*(uint64_t *)ret_value = hash.calls[*(const uint32_t *)key - 1];
	return 0;
}

int bpf_map_delete_elem(int map, const void *key)
{
	ck_assert_int_eq(map, 3);
	hash.calls[*(const uint32_t *)key - 1] = 0;
	return 0;
}

START_TEST(gives_up_all_in_a_hash)
{
	hash.calls[0] = 1ULL << 32;
	hash.calls[2] = 3ULL << 32 | BIND_CALL_MARKED;
	ck_assert_uint_eq(calls_give_up(&old_maps), 2);
	ck_assert_uint_eq(missed[BIND_MISSED_RESULT], 2);
	ck_assert_uint_eq(calls_give_up(&old_maps), 0);
}
END_TEST

START_TEST(waits_for_calls_of_a_hash)
{
	uint64_t since_ns;

	hash.calls[0] = 1ULL << 32;
	calls_leave_hook(&old_maps, NULL);
	ck_assert_int_eq(hash.lookups, 1);
	hash.calls[1] = 2ULL << 32 | BIND_CALL_MARKED;
	since_ns = clock_ns(CLOCK_MONOTONIC);
	calls_leave_hook(&old_maps, NULL);
	ck_assert_uint_ge(elapsed_ms(since_ns), 250);
}
END_TEST

/* Each look would be a system call: there is a pause of 10 ms instead, and nothing is swept. */
START_TEST(does_not_look_into_a_hash)
{
	uint64_t since_ns = clock_ns(CLOCK_MONOTONIC);

	hash.calls[0] = 1ULL << 32;
	inflight_wait(&old_maps, 2);
	ck_assert_uint_ge(elapsed_ms(since_ns), 10);
	inflight_sweep(&old_maps, age, SWEEP_NS);
	ck_assert_int_eq(hash.lookups, 0);
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
		{waits_for_earlier_calls, ARRAY_SIZE(waits)},
		{does_not_wait_for_an_empty_hook, 0},
		{waits_for_calls_in_the_hook, 2},
		{takes_the_mark_of_a_thread_that_has_left, 0},
		{gives_up_all_in_a_hash, 0},
		{waits_for_calls_of_a_hash, 0},
		{does_not_look_into_a_hash, 0},
	};

	return run_suite_around("inflight", begin, end, tests, ARRAY_SIZE(tests));
}
