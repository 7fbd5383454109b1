// SPDX-License-Identifier: Apache-2.0
/* Missed attempts and results: sums, and calls that are displaced while they are counted. */
#include <pthread.h>
#include <stddef.h>

#include "tests/unit/metrics/rows/rows_fixture.h"
#include "tests/unit/suite.h"

START_TEST(sums_what_was_missed)
{
	kernel.missed[BIND_MISSED_ADDRESS] = 2;
	kernel.missed[BIND_MISSED_REASONS + BIND_MISSED_ADDRESS] = 3;
	kernel.missed[BIND_MISSED_REASONS + BIND_MISSED_PENDING] = 4;
	kernel.view.recursion_misses = 9;
	kernel.missed[BIND_MISSED_RESULT] = 6;
	kernel.calls[3].call[1] = BIND_CALL_ABANDONED | 1ULL << 32;
	kernel.calls[3].call[2] = BIND_CALL_ABANDONED | BIND_CALL_SELFCHECK | 1ULL << 32;
	kernel.calls[4].call[2] = 1ULL << 32;
	for (int i = 0; i < 4; i++)
		rows_collect();
	ck_assert_uint_eq(snapshot_collection(snapshot)->totals.missed[BIND_MISSED_RESULT], 7);
	ck_assert_uint_eq(snapshot_collection(snapshot)->totals.missed[BIND_MISSED_ADDRESS], 5);
	ck_assert_uint_eq(snapshot_collection(snapshot)->totals.missed[BIND_MISSED_PENDING], 4);
	ck_assert_uint_eq(snapshot_collection(snapshot)->totals.recursion_misses, 9);
}
END_TEST

/*
 * Skipped runs are lost attempts, except for calls with a mark that remained, or may
 * still remain.
 */
START_TEST(tells_lost_attempts_from_skipped_runs)
{
	kernel.view.recursion_misses = 14;
	kernel.calls[8].overflowed = 4;
	kernel.missed[BIND_MARKS_LEFT] = 2;
	kernel.missed[BIND_MISSED_REASONS + BIND_MARKS_LEFT] = 3;
	kernel.calls[7].call[3] = BIND_CALL_MARKED | 1ULL << 32;
	kernel.calls[9].call[0] = BIND_CALL_MARKED | BIND_CALL_ABANDONED | 2ULL << 32;
	rows_collect();
	ck_assert_uint_eq(snapshot_collection(snapshot)->totals.recursion_misses, 3);
	kernel.view.recursion_misses = 16;
	for (int i = 0; i < 3; i++)
		rows_collect();
	ck_assert_uint_eq(snapshot_collection(snapshot)->totals.recursion_misses, 3);
	kernel.missed[BIND_MARKS_LEFT] = 3;
	for (int i = 0; i < 4; i++)
		rows_collect();
	ck_assert_uint_eq(snapshot_collection(snapshot)->totals.recursion_misses, 4);
}
END_TEST

START_TEST(a_displaced_call_is_no_less_missed)
{
	kernel.calls[3].call[1] = BIND_CALL_ABANDONED | 1ULL << 32;
	rows_collect();
	ck_assert_uint_eq(snapshot_collection(snapshot)->totals.missed[BIND_MISSED_RESULT], 1);
	kernel.calls[3].call[1] = 0;
	rows_collect();
	kernel.missed[BIND_MISSED_RESULT] = 1;
	rows_collect();
	ck_assert_uint_eq(snapshot_collection(snapshot)->totals.missed[BIND_MISSED_RESULT], 1);
}
END_TEST

#define DISPLACED 2000

/* Like begin_call(): first out of memory, then into the counter. */
static void *displace(void *unused)
{
	uint64_t *call = (uint64_t *)&kernel.calls[0].call[0];

	for (int i = 0; i < DISPLACED; i++) {
		__atomic_store_n(call, BIND_CALL_ABANDONED | 1ULL << 32, __ATOMIC_SEQ_CST);
		for (int wait = 0; wait < 20 * (i % 100); wait++)
			__atomic_thread_fence(__ATOMIC_SEQ_CST);
		__atomic_store_n(call, 0, __ATOMIC_SEQ_CST);
		__atomic_fetch_add(&kernel.missed[BIND_MISSED_RESULT], 1, __ATOMIC_SEQ_CST);
	}
	return unused;
}

START_TEST(a_call_displaced_meanwhile_is_missed_once)
{
	pthread_t thread;

	ck_assert_int_eq(pthread_create(&thread, NULL, displace, NULL), 0);
	do
		rows_collect();
	while (__atomic_load_n(&kernel.missed[BIND_MISSED_RESULT], __ATOMIC_SEQ_CST) < DISPLACED);
	pthread_join(thread, NULL);
	rows_collect();
	ck_assert_uint_eq(snapshot_collection(snapshot)->totals.missed[BIND_MISSED_RESULT],
			  DISPLACED);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{sums_what_was_missed, 0},
		{tells_lost_attempts_from_skipped_runs, 0},
		{a_displaced_call_is_no_less_missed, 0},
		{a_call_displaced_meanwhile_is_missed_once, 0},
	};

	return run_suite_around("missed", rows_begin, rows_end, tests, ARRAY_SIZE(tests));
}
