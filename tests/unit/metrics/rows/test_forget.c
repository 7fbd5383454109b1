// SPDX-License-Identifier: Apache-2.0
/* Forgetting halves, and retiring rows. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "tests/unit/metrics/rows/rows_fixture.h"
#include "tests/unit/suite.h"

#define SLOT bind_overflow_index(0, BIND_AUTO, AF_INET)

START_TEST(idle_rows_are_retired_whole)
{
	rows_bind(1, "idle", 5);
	rows_bind(2, "busy", 7);
	fake_kernel_fail(&kernel, 1, 1, EACCES, 3);
	fake_kernel_fail(&kernel, 2, 2, EACCES, 4);
	rows_collect();
	ck_assert(!snapshot_is_due(snapshot, kernel.view.now_ns));
	rows_pass(IDLE_S);
	fake_kernel_count(&kernel, 2, 0, 1);
	rows_collect();
	ck_assert(snapshot_is_due(snapshot, kernel.view.now_ns));
	rows_turn();
	rows_collect();
	ck_assert_uint_eq(rows_attempts_of("idle"), UINT64_MAX);
	ck_assert_uint_eq(rows_failures_of("idle"), UINT64_MAX);
	ck_assert_uint_eq(rows_attempts_of("busy"), 8);
	ck_assert_uint_eq(rows_failures_of("busy"), 4);
	ck_assert_uint_eq(snapshot_collection(snapshot)->totals.retired[SLOT], 5);
	ck_assert_uint_eq(snapshot_collection(snapshot)->totals.retired_failures[SLOT], 3);
	ck_assert(!snapshot_is_due(snapshot, kernel.view.now_ns));
}
END_TEST

START_TEST(living_rows_go_on_in_the_other_half)
{
	for (uint64_t turn = 1; turn <= 5; turn++) {
		rows_bind(3, "busy", 10);
		fake_kernel_fail(&kernel, 3, 3, EACCES, 2);
		rows_collect();
		ck_assert_uint_eq(rows_attempts_of("busy"), turn * 10);
		ck_assert_uint_eq(rows_failures_of("busy"), turn * 2);
		rows_turn();
		rows_collect();
		ck_assert_uint_eq(rows_attempts_of("busy"), turn * 10);
		ck_assert_uint_eq(rows_failures_of("busy"), turn * 2);
	}
	ck_assert_uint_eq(row_set_at(snapshot_collection(snapshot)->rows, 0)->first_ns,
			  1000 * SECOND);
	ck_assert_uint_eq(snapshot_collection(snapshot)->entries, 0);
}
END_TEST

/*
 * An attempt between the last collection and the turn keeps a row alive; so does one after the
 * turn.
 */
START_TEST(late_attempts_keep_a_row)
{
	struct bind_view before;

	rows_bind(1, "late", 1);
	rows_bind(2, "later", 1);
	rows_collect();
	rows_pass(IDLE_S);
	rows_collect();
	fake_kernel_count(&kernel, 1, 0, 1);
	before = kernel.view;
	fake_kernel_turn(&kernel);
	rows_bind(7, "later", 1);
	ck_assert_int_eq(snapshot_forget(snapshot, &before, ledger), 0);
	rows_collect();
	ck_assert_uint_eq(rows_attempts_of("late"), 2);
	ck_assert_uint_eq(rows_attempts_of("later"), 2);
	ck_assert_uint_eq(rows_everything(), 4);
}
END_TEST

START_TEST(a_retired_row_comes_back_from_nothing)
{
	rows_bind(1, "again", 5);
	rows_collect();
	rows_pass(IDLE_S);
	rows_turn();
	rows_collect();
	ck_assert_uint_eq(rows_attempts_of("again"), UINT64_MAX);
	rows_pass(1);
	rows_bind(4, "again", 2);
	rows_collect();
	ck_assert_uint_eq(rows_attempts_of("again"), 2);
	ck_assert_uint_eq(row_set_at(snapshot_collection(snapshot)->rows, 0)->first_ns,
			  kernel.view.now_ns);
	ck_assert_uint_eq(rows_everything(), 7);
}
END_TEST

/* Quotas become free, but a key that is counted under "(other)" and active stays there. */
START_TEST(what_was_folded_stays_folded)
{
	rows_flood(0, 400);
	rows_collect();
	ck_assert_uint_eq(rows_attempts_of("flood-399"), UINT64_MAX);
	rows_pass(IDLE_S);
	fake_kernel_count(&kernel, 399, 0, 1);
	rows_collect();
	rows_turn();
	rows_collect();
	ck_assert_uint_eq(snapshot_collection(snapshot)->rows->count, 1);
	rows_bind(5, "flood-399", 1);
	rows_bind(6, "fresh", 1);
	rows_collect();
	ck_assert_uint_eq(rows_attempts_of("flood-399"), UINT64_MAX);
	ck_assert_uint_eq(rows_attempts_of("fresh"), 1);
	ck_assert_uint_eq(rows_everything(), 403);
}
END_TEST

/* Names that come and go for a year use the same rows again and again. */
START_TEST(a_year_does_not_fill_the_rows)
{
	for (uint32_t day = 0; day < 365; day++) {
		char comm[20];

		snprintf(comm, sizeof(comm), "day-%u", day);
		rows_bind(day % 512, comm, 1);
		rows_collect();
		rows_pass(IDLE_S / 2);
		if (snapshot_is_due(snapshot, kernel.view.now_ns))
			rows_turn();
		rows_collect();
		ck_assert_uint_le(snapshot_collection(snapshot)->rows->count, 4);
		ck_assert_uint_eq(rows_attempts_of("(other)"), UINT64_MAX);
		ck_assert_uint_eq(rows_everything(), day + 1);
	}
}
END_TEST

/* Killed before the ledger became valid: the half is still there, and is forgotten again. */
START_TEST(an_interrupted_forgetting_is_repeated)
{
	struct ledger *unused = calloc(1, ledger_size(ROWS, false));
	struct bind_view before;

	rows_bind(1, "busy", 5);
	rows_collect();
	rows_turn();
	rows_bind(2, "busy", 6);
	before = kernel.view;
	fake_kernel_turn(&kernel);
	rows_bind(3, "busy", 7);
	ck_assert_int_eq(snapshot_forget(snapshot, &before, unused), 0);
	/* The ledger that it wrote never became valid. */
	rows_renew();
	ck_assert_int_eq(snapshot_load(snapshot, ledger, ROWS, kernel.view.now_ns), 0);
	ck_assert_int_eq(snapshot_forget(snapshot, &before, ledger), 0);
	rows_collect();
	ck_assert_uint_eq(rows_attempts_of("busy"), 18);
	free(unused);
}
END_TEST

START_TEST(never_due_without_a_timeout)
{
	config.idle_s = 0;
	rows_renew();
	config.idle_s = IDLE_S;
	rows_bind(1, "x", 1);
	rows_collect();
	rows_pass(1000000);
	ck_assert(!snapshot_is_due(snapshot, kernel.view.now_ns));
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{idle_rows_are_retired_whole, 0},
		{living_rows_go_on_in_the_other_half, 0},
		{late_attempts_keep_a_row, 0},
		{a_retired_row_comes_back_from_nothing, 0},
		{what_was_folded_stays_folded, 0},
		{a_year_does_not_fill_the_rows, 0},
		{an_interrupted_forgetting_is_repeated, 0},
		{never_due_without_a_timeout, 0},
	};

	return run_suite_around("forget", rows_begin, rows_end, tests, ARRAY_SIZE(tests));
}
