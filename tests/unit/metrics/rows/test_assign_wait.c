// SPDX-License-Identifier: Apache-2.0
/* Entries that wait for the name of their owner before they get a row. */
#include <errno.h>
#include <sys/socket.h>

#include "metrics/rows/filter.h"
#include "tests/unit/metrics/rows/rows_fixture.h"
#include "tests/unit/suite.h"

START_TEST(a_row_waits_for_its_names)
{
	rows_bind_first(1, "nginx", 5);
	fake_kernel_fail(&kernel, 3, 1, EACCES, 2);
	rows_bind_ssh(2, 4);
	rows_collect();
	ck_assert_uint_eq(rows_count(), 1);
	ck_assert_uint_eq(rows_attempts("sshd", SSHD), 4);
	ck_assert_uint_eq(snapshot_collection(snapshot)->failures->count, 0);
	ck_assert_uint_eq(snapshot_collection(snapshot)->entries, 2);
	ck_assert_uint_eq(rows_unresolved(), 0);
	rows_learn_first();
	fake_kernel_count(&kernel, 1, 0, 1);
	rows_collect();
	ck_assert_uint_eq(rows_attempts("nginx", NAMED), 6);
	ck_assert_uint_eq(rows_sum(snapshot_collection(snapshot)->failures), 2);
	ck_assert_uint_eq(snapshot_collection(snapshot)->entries, 2);
	ck_assert_uint_eq(rows_unresolved(), 0);
}
END_TEST

/* After the wait the container has its id as name, for good; so have all later binds from there. */
START_TEST(it_does_not_wait_for_ever)
{
	rows_bind_first(1, "nginx", 5);
	rows_collect();
	rows_pass(WAIT_S - 1);
	rows_collect();
	ck_assert_uint_eq(rows_count(), 0);
	rows_pass(1);
	rows_collect();
	ck_assert_uint_eq(rows_attempts("nginx", UNRESOLVED), 5);
	ck_assert_uint_eq(rows_unresolved(), 1);
	rows_learn_first();
	rows_bind_first(2, "sh", 3);
	rows_collect();
	ck_assert_uint_eq(rows_attempts("nginx", UNRESOLVED), 5);
	ck_assert_uint_eq(rows_attempts("sh", UNRESOLVED), 3);
	ck_assert_uint_eq(rows_unresolved(), 1);
}
END_TEST

/* The first reading comes too late for a wait: with --once, or between rare scrapes. */
START_TEST(it_waits_since_the_bind)
{
	rows_bind_first(1, "nginx", 5);
	rows_pass(WAIT_S);
	rows_bind_in(2, "later", 9, SECOND_TRY, 1);
	kernel.table[2].first_ns++; /* after the reading has begun */
	rows_collect();
	ck_assert_uint_eq(rows_count(), 1);
	ck_assert_uint_eq(rows_attempts("nginx", UNRESOLVED), 5);
}
END_TEST

/* Filtered entries do not wait, and their owners are not resolved. */
START_TEST(filtered_binds_do_not_wait)
{
	struct filter filter = {0};

	filter_add(&filter, FILTER_COMM_EXCLUDE, "nginx");
	config.filter = &filter;
	rows_restart();
	rows_bind_first(1, "nginx", 5);
	rows_collect();
	ck_assert_uint_eq(rows_count(), 0);
	ck_assert_uint_eq(snapshot_collection(snapshot)
				  ->totals.filtered[bind_overflow_index(0, BIND_AUTO, AF_INET)],
			  5);
	ck_assert_int_eq(kernel.origins[1].state, BIND_ORIGIN_COMPLETE);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{a_row_waits_for_its_names, 0},
		{it_does_not_wait_for_ever, 0},
		{it_waits_since_the_bind, 0},
		{filtered_binds_do_not_wait, 0},
	};

	return run_suite_around("assign_wait", rows_begin_owned, rows_end, tests,
				ARRAY_SIZE(tests));
}
