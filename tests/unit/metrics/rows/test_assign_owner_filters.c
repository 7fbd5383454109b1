// SPDX-License-Identifier: Apache-2.0
/* Filters by unit and namespace: decided together with the owner, and then the same for good. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "metrics/rows/filter.h"
#include "tests/unit/metrics/rows/rows_fixture.h"
#include "tests/unit/suite.h"

static struct filter filter;

/* Filters apply from the next restart on. */
static void filter_by(enum filter_list list, const char *glob)
{
	filter = (struct filter){0};
	ck_assert_int_eq(filter_add(&filter, list, glob), 0);
	config.filter = &filter;
}

static void restart_with(enum filter_list list, const char *glob)
{
	filter_by(list, glob);
	rows_restart();
}

static uint64_t filtered(void)
{
	return snapshot_collection(snapshot)
		->totals.filtered[bind_overflow_index(0, BIND_AUTO, AF_INET)];
}

/* While it waits, an entry is neither shown nor filtered. */
START_TEST(a_filter_is_decided_when_the_owner_is)
{
	restart_with(FILTER_NAMESPACE_INCLUDE, "sh?p");
	rows_bind_first(1, "nginx", 5);
	fake_kernel_fail(&kernel, 3, 1, EACCES, 2);
	rows_bind_in(2, "nginx", 9, SECOND_TRY, 6);
	fake_kernel_fail(&kernel, 4, 2, EACCES, 3);
	rows_collect();
	ck_assert_uint_eq(rows_count() + filtered(), 0);
	ck_assert(snapshot_is_waiting(snapshot));
	if (_i)
		rows_learn_first();
	rows_collect_late();
	/* The link of another container gives the namespace, but not the container. */
	ck_assert_uint_eq(filtered(), _i ? 0 : 11);
	ck_assert_uint_eq(rows_sum(snapshot_collection(snapshot)->rows), _i ? 11 : 0);
	ck_assert_uint_eq(rows_sum(snapshot_collection(snapshot)->failures), _i ? 5 : 0);
	ck_assert_uint_eq(snapshot_collection(snapshot)->entries, 2);
	ck_assert(!snapshot_is_waiting(snapshot));
}
END_TEST

/* A later link does not bring back attempts counted as filtered: counters never fall. */
START_TEST(what_was_filtered_stays_so)
{
	restart_with(FILTER_NAMESPACE_INCLUDE, "shop");
	rows_bind_first(1, "nginx", 5);
	rows_collect_late();
	ck_assert_uint_eq(filtered(), 5);
	if (_i)
		rows_turn();
	rows_restart();
	rows_learn_first();
	if (!_i)
		rows_bind_first(2, "sh", 1);
	rows_collect();
	ck_assert_uint_eq(filtered(), _i ? 5 : 6);
	ck_assert_uint_eq(rows_count(), 0);
}
END_TEST

static const struct {
	enum filter_list list;
	const char *glob;
	uint64_t unit, pod, none; /* attempts that are shown */
} by_unit[] = {
	{FILTER_UNIT_INCLUDE, "ssh.*", 4, 0, 0}, {FILTER_UNIT_INCLUDE, "*", 4, 5, 3},
	{FILTER_UNIT_INCLUDE, "?*", 4, 0, 0},    {FILTER_UNIT_EXCLUDE, "ssh.service", 0, 5, 3},
	{FILTER_UNIT_EXCLUDE, "*", 0, 0, 0},     {FILTER_NAMESPACE_EXCLUDE, "shop", 4, 0, 3},
};

static void assert_by_unit(int i)
{
	uint64_t unit = rows_attempts("sshd", SSHD);
	uint64_t pod = rows_attempts("nginx", NAMED), none = rows_attempts("kthread", NOBODY);

	ck_assert_uint_eq(unit, by_unit[i].unit ? by_unit[i].unit : UINT64_MAX);
	ck_assert_uint_eq(pod, by_unit[i].pod ? by_unit[i].pod : UINT64_MAX);
	ck_assert_uint_eq(none, by_unit[i].none ? by_unit[i].none : UINT64_MAX);
	ck_assert_uint_eq(rows_sum(snapshot_collection(snapshot)->rows) + filtered(), 12);
}

static void bind_everywhere(void)
{
	rows_learn_first();
	rows_bind_ssh(1, 4);
	rows_bind_first(2, "nginx", 5);
	rows_bind_in(3, "kthread", 1, "/", 3);
	fake_kernel_fail(&kernel, 1, 1, EACCES, 1);
	fake_kernel_fail(&kernel, 2, 2, EACCES, 1);
	fake_kernel_fail(&kernel, 3, 3, EACCES, 1);
}

START_TEST(filters_by_owner)
{
	restart_with(by_unit[_i].list, by_unit[_i].glob);
	bind_everywhere();
	rows_collect();
	assert_by_unit(_i);
	ck_assert_uint_eq(snapshot_collection(snapshot)->failures->count, rows_count());
	rows_turn();
	rows_restart();
	rows_collect();
	assert_by_unit(_i);
}
END_TEST

/*
 * Like filters by comm: rows of a run without the filter, or with another, move, and their failures
 * are dropped.
 */
START_TEST(filters_of_another_run)
{
	bind_everywhere();
	rows_collect();
	rows_turn();
	restart_with(by_unit[_i].list, by_unit[_i].glob);
	rows_collect();
	assert_by_unit(_i);
	ck_assert_uint_eq(snapshot_collection(snapshot)->failures->count, rows_count());
}
END_TEST

/* In rows counted without the label, it is empty, regardless of what is in that cgroup now. */
START_TEST(what_was_counted_without_the_label_is_nobodys)
{
	config.labels = BIND_LABEL_POD;
	rows_restart();
	bind_everywhere();
	rows_collect();
	snapshot_hand_over(snapshot, 1, true, ledger);
	fake_kernel_turn(&kernel);
	config.labels = BIND_LABELS_OWNER;
	filter_by(FILTER_UNIT_INCLUDE, "ssh.*");
	rows_restart();
	rows_bind_ssh(1, 2);
	rows_collect();
	ck_assert_uint_eq(filtered(), 12);
	ck_assert_uint_eq(rows_attempts("sshd", SSHD), 2);
}
END_TEST

/* "(other)" has no owner: attempts that found no entry, and keys folded into it before. */
START_TEST(what_did_not_fit_is_not_filtered_by_owner)
{
	char path[64];
	uint64_t others;

	restart_with(FILTER_UNIT_INCLUDE, "u*");
	for (uint32_t entry = 0; entry < 1U << BITS; entry++) {
		snprintf(path, sizeof(path), "/system.slice/u%u.service", entry);
		rows_bind_in(entry, "flood", 100 + entry, path, 1);
	}
	fake_kernel_overflow(&kernel, 1, BIND_AUTO, AF_INET, 6);
	rows_collect();
	others = rows_attempts("(other)", NOBODY);
	ck_assert_uint_eq(rows_sum(snapshot_collection(snapshot)->rows), (1U << BITS) + 6);
	rows_turn();
	rows_bind_in(1, "flood", 100 + (1U << BITS) - 1, path, 1); /* the last one was folded */
	rows_collect();
	ck_assert_uint_eq(rows_attempts("(other)", NOBODY), others + 1);
	rows_restart();
	rows_collect();
	ck_assert_uint_eq(filtered(), 0);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{a_filter_is_decided_when_the_owner_is, 2},
		{what_was_filtered_stays_so, 2},
		{filters_by_owner, ARRAY_SIZE(by_unit)},
		{filters_of_another_run, ARRAY_SIZE(by_unit)},
		{what_was_counted_without_the_label_is_nobodys, 0},
		{what_did_not_fit_is_not_filtered_by_owner, 0},
	};

	return run_suite_around("assign_owner_filters", rows_begin_owned, rows_end, tests,
				ARRAY_SIZE(tests));
}
