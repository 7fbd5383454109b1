// SPDX-License-Identifier: Apache-2.0
/* Rows of entries and failures: equal labels are merged, and the limits hold. */
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>

#include "metrics/rows/filter.h"
#include "tests/unit/metrics/rows/rows_fixture.h"
#include "tests/unit/suite.h"

#define ORDINARY_ROWS (ROWS - ROW_SET_OTHERS - ROWS / 4)

static struct filter filter;

static void begin(void)
{
	rows_begin_sized(BITS, 1, ROWS);
}

/* The same with a table of twice the size. */
static void begin_large(void)
{
	rows_end();
	rows_begin_sized(BITS + 1, 1, ROWS);
}

/* Replaces the snapshot by one with this filter, too. */
static void filter_out(enum filter_list list, const char *glob)
{
	const struct snapshot_config with = {
		.table_bits = BITS, .max_rows = ROWS, .filter = &filter};

	filter_add(&filter, list, glob);
	snapshot_free(snapshot);
	snapshot = snapshot_new(&with);
	ck_assert_ptr_nonnull(snapshot);
}

static uint64_t filtered(uint8_t category, uint16_t family)
{
	return snapshot_collection(snapshot)
		->totals.filtered[bind_overflow_index(0, category, family)];
}

static void bind_once(uint32_t entry, uint8_t category, uint16_t family, const char *comm)
{
	fake_kernel_claim(&kernel, entry, category, family, comm, 1);
	fake_kernel_count(&kernel, entry, 0, 1);
}

/* Two entries of one key (a race), and names that differ only in bytes that cannot be printed. */
START_TEST(merges_equal_labels)
{
	fake_kernel_claim(&kernel, 1, BIND_AUTO, AF_INET, "same", 20);
	fake_kernel_claim(&kernel, 9, BIND_AUTO, AF_INET, "same", 10);
	fake_kernel_claim(&kernel, 2, BIND_AUTO, AF_INET, "x\xff", 30);
	fake_kernel_claim(&kernel, 3, BIND_AUTO, AF_INET, "x\xfe", 40);
	fake_kernel_claim(&kernel, 4, BIND_AUTO, 50, "strange", 50);
	fake_kernel_claim(&kernel, 5, BIND_AUTO, 51, "strange", 60);
	fake_kernel_claim(&kernel, 6, BIND_AUTO, AF_INET, "x\x1b", 35);
	fake_kernel_claim(&kernel, 7, BIND_AUTO, AF_INET, "x\xe2\x80\xa8", 36);
	for (uint32_t entry = 1; entry < 10; entry++)
		fake_kernel_count(&kernel, entry, 0, entry);
	rows_collect();
	ck_assert_uint_eq(rows_count(), 3);
	ck_assert_uint_eq(rows_attempts_named("auto", "inet", "same"), 10);
	ck_assert_uint_eq(rows_find_named("auto", "inet", "same")->first_ns, 10);
	ck_assert_uint_eq(rows_attempts_named("auto", "inet", "x\xef\xbf\xbd"), 18);
	ck_assert_uint_eq(rows_find_named("auto", "inet", "x\xef\xbf\xbd")->first_ns, 30);
	ck_assert_uint_eq(rows_attempts_named("auto", "other", "strange"), 9);
}
END_TEST

/* On old kernels, bytes behind the NUL are not part of the name. */
START_TEST(merges_names_with_stale_ends)
{
	fake_kernel_claim(&kernel, 1, BIND_AUTO, AF_INET, "sh", 1);
	fake_kernel_claim(&kernel, 2, BIND_AUTO, AF_INET, "sh", 1);
	kernel.table[2].key.comm[1] = 0x4141414141414141;
	fake_kernel_count(&kernel, 1, 0, 1);
	fake_kernel_count(&kernel, 2, 0, 2);
	rows_collect();
	ck_assert_uint_eq(rows_attempts_named("auto", "inet", "sh"), 3);
}
END_TEST

START_TEST(finds_merges_across_collections)
{
	fake_kernel_claim(&kernel, 1, BIND_AUTO, AF_INET, "twice", 5);
	fake_kernel_count(&kernel, 1, 0, 1);
	rows_collect();
	fake_kernel_claim(&kernel, 2, BIND_AUTO, AF_INET, "twice", 6);
	fake_kernel_count(&kernel, 2, 0, 1);
	rows_collect();
	ck_assert_uint_eq(rows_count(), 1);
	ck_assert_uint_eq(rows_attempts_named("auto", "inet", "twice"), 2);
}
END_TEST

static void flood(uint8_t category, uint16_t family, uint32_t first_entry, uint32_t names)
{
	char name[16];

	for (uint32_t i = 0; i < names; i++) {
		snprintf(name, sizeof(name), "flood-%u", first_entry + i);
		fake_kernel_claim(&kernel, first_entry + i, category, family, name, 1000 + i);
		fake_kernel_count(&kernel, first_entry + i, 0, 1);
	}
}

START_TEST(folds_what_exceeds_the_bound)
{
	flood(BIND_AUTO, AF_INET, 0, 400);
	rows_collect();
	ck_assert_uint_eq(rows_count(), ORDINARY_ROWS + 1);
	ck_assert_uint_eq(rows_attempts_named("auto", "inet", "(other)"), 400 - ORDINARY_ROWS);
	ck_assert_uint_eq(rows_sum(snapshot_collection(snapshot)->rows), 400);
	/* Rows of their own go to the earliest names. */
	ck_assert_uint_eq(rows_attempts_named("auto", "inet", "flood-0"), 1);
	ck_assert_uint_eq(rows_attempts_named("auto", "inet", "flood-399"), UINT64_MAX);
}
END_TEST

START_TEST(reserves_rows_for_privileged_names)
{
	flood(BIND_ABSTRACT, AF_UNIX, 0, 400);
	rows_collect();
	bind_once(500, BIND_WELL_KNOWN, AF_INET, "backdoor");
	bind_once(501, BIND_PATHNAME, AF_UNIX, "backdoor");
	bind_once(502, BIND_ABSTRACT, AF_UNIX, "backdoor");
	rows_collect();
	ck_assert_uint_eq(rows_attempts_named("well_known", "inet", "backdoor"), 1);
	ck_assert_uint_eq(rows_attempts_named("pathname", "unix", "backdoor"), 1);
	ck_assert_uint_eq(rows_attempts_named("abstract", "unix", "backdoor"), UINT64_MAX);
	ck_assert_uint_eq(rows_attempts_named("abstract", "unix", "(other)"),
			  400 - ORDINARY_ROWS + 1);
	ck_assert_uint_eq(rows_sum(snapshot_collection(snapshot)->rows), 403);
}
END_TEST

/*
 * All combinations that classification can give at the same time, each beyond the limit: there are
 * enough rows.
 */
START_TEST(has_room_for_every_other_row)
{
	begin_large();
	flood(BIND_WELL_KNOWN, AF_INET, 0, 400);
	for (uint16_t family = 1; family < BIND_FAMILIES; family++) {
		fake_kernel_overflow(&kernel, 0, BIND_INVALID, family, 1);
		if (family != AF_INET && family != AF_INET6 && family != AF_SMC &&
		    family != AF_RDS && family != AF_UNIX)
			fake_kernel_overflow(&kernel, 0, BIND_NONE, family, 1);
	}
	for (uint8_t category = BIND_WELL_KNOWN; category <= BIND_AUTO; category++) {
		fake_kernel_overflow(&kernel, 0, category, AF_INET, 1);
		fake_kernel_overflow(&kernel, 0, category, AF_INET6, 1);
		fake_kernel_overflow(&kernel, 0, category, AF_SMC, 1);
		fake_kernel_overflow(&kernel, 0, category, AF_RDS, 1);
	}
	for (uint8_t category = BIND_AUTO; category <= BIND_ABSTRACT; category++)
		fake_kernel_overflow(&kernel, 0, category, AF_UNIX, 1);
	rows_collect();
	ck_assert_uint_eq(rows_sum(snapshot_collection(snapshot)->rows), 400 + 63 + 58 + 16 + 3);
	ck_assert_uint_eq(rows_count(), ROWS);
}
END_TEST

/* Memory with content that no program writes is an error and does not become a row. */
START_TEST(refuses_impossible_counters)
{
	flood(BIND_WELL_KNOWN, AF_INET, 0, 400);
	for (uint16_t family = 0; family < BIND_FAMILIES; family++)
		for (uint8_t category = 1; category <= BIND_CATEGORIES; category++)
			fake_kernel_overflow(&kernel, 0, category, family, 1);
	ck_assert_int_eq(snapshot_collect(snapshot, &kernel.view), -ERANGE);
	ck_assert_uint_le(rows_count(), ROWS);
}
END_TEST

/*
 * Tasks that may not bind privileged ports can try to. Their names get half of the reserved rows.
 */
START_TEST(reserves_rows_for_the_capable)
{
	flood(BIND_WELL_KNOWN, AF_INET, 0, 400);
	for (uint32_t entry = 0; entry < 400; entry++)
		kernel.table[entry].flags = 0;
	rows_collect();
	bind_once(500, BIND_WELL_KNOWN, AF_INET, "backdoor");
	bind_once(501, BIND_WELL_KNOWN, AF_INET, "nobody");
	kernel.table[501].flags = 0;
	rows_collect();
	ck_assert_uint_eq(rows_attempts_named("well_known", "inet", "backdoor"), 1);
	ck_assert_uint_eq(rows_attempts_named("well_known", "inet", "nobody"), UINT64_MAX);
	ck_assert_uint_eq(rows_sum(snapshot_collection(snapshot)->rows), 402);
}
END_TEST

static const struct row *find_failure(const char *labels)
{
	return rows_find(snapshot_collection(snapshot)->failures, labels);
}

/*
 * Failures beyond the limit go to errno "(other)" of the same row, so that they retire with the
 * row.
 */
START_TEST(failures_stay_with_their_row)
{
	fake_kernel_claim(&kernel, 1, BIND_AUTO, AF_INET, "fails", 1);
	fake_kernel_count(&kernel, 1, 0, 1000);
	for (uint32_t error = 1; error <= 200; error++)
		fake_kernel_fail(&kernel, error, 1, error, 1);
	rows_collect();
	ck_assert_uint_eq(find_failure("{category=\"auto\",family=\"inet\",comm=\"fails\","
				       "errno=\"(other)\"}")
				  ->count,
			  201 - snapshot_collection(snapshot)->failures->count);
}
END_TEST

START_TEST(failures_have_the_labels_of_their_attempts)
{
	const char *labels =
		"{category=\"auto\",family=\"inet\",comm=\"same\",errno=\"EADDRINUSE\"}";

	fake_kernel_claim(&kernel, 1, BIND_AUTO, AF_INET, "same", 20);
	fake_kernel_claim(&kernel, 9, BIND_AUTO, AF_INET, "same", 10);
	fake_kernel_count(&kernel, 1, 0, 100);
	fake_kernel_fail(&kernel, 5, 1, EADDRINUSE, 30);
	fake_kernel_fail(&kernel, 6, 9, EADDRINUSE, 4);
	fake_kernel_fail(&kernel, 7, 9, EACCES, 5);
	rows_collect();
	ck_assert_uint_eq(snapshot_collection(snapshot)->failures->count, 2);
	ck_assert_uint_eq(find_failure(labels)->count, 34);
	fake_kernel_fail(&kernel, 5, 1, EADDRINUSE, 1);
	rows_collect();
	ck_assert_uint_eq(find_failure(labels)->count, 35);
	ck_assert_uint_eq(snapshot_collection(snapshot)->failure_entries, 3);
}
END_TEST

/* Names, errnos and overflow: sums are complete, and the limit holds. */
START_TEST(failures_are_bounded)
{
	uint64_t failures = 0;

	begin_large();
	flood(BIND_AUTO, AF_INET, 0, 400);
	for (uint32_t entry = 0; entry < 400; entry++)
		fake_kernel_fail(&kernel, entry, entry, 1 + entry % 130, 2);
	kernel.failure_overflow[bind_overflow_index(0, BIND_AUTO, AF_INET)] = 7;
	kernel.failures[401] = (struct bind_failure){
		bind_failure_key(BIND_CALL_OVERFLOW | bind_overflow_index(0, BIND_NONE, AF_ALG), 2),
		11};
	rows_collect();
	ck_assert_uint_le(snapshot_collection(snapshot)->failures->count, ROWS);
	for (uint32_t i = 0; i < snapshot_collection(snapshot)->failures->count; i++)
		failures += row_set_at(snapshot_collection(snapshot)->failures, i)->count;
	ck_assert_uint_eq(failures, 400 * 2 + 7 + 11);
	ck_assert_ptr_nonnull(find_failure("{category=\"auto\",family=\"inet\",comm=\"(other)\","
					   "errno=\"(other)\"}"));
}
END_TEST

START_TEST(filters_move_attempts)
{
	filter_out(FILTER_COMM_EXCLUDE, "cron*");
	filter_out(FILTER_FAMILY_EXCLUDE, "netlink");
	fake_kernel_claim(&kernel, 1, BIND_AUTO, AF_INET, "cron", 1);
	fake_kernel_claim(&kernel, 2, BIND_AUTO, AF_INET, "crond", 1);
	fake_kernel_claim(&kernel, 3, BIND_NONE, AF_NETLINK, "sshd", 1);
	fake_kernel_claim(&kernel, 4, BIND_AUTO, AF_INET, "sshd", 1);
	for (uint32_t entry = 1; entry < 5; entry++)
		fake_kernel_count(&kernel, entry, 0, 10 * entry);
	fake_kernel_fail(&kernel, 1, 1, EACCES, 3);
	fake_kernel_overflow(&kernel, 0, BIND_NONE, AF_NETLINK, 7);
	rows_collect();
	ck_assert_uint_eq(rows_sum(snapshot_collection(snapshot)->rows), 40);
	ck_assert_uint_eq(snapshot_collection(snapshot)->failures->count, 0);
	ck_assert_uint_eq(filtered(BIND_AUTO, AF_INET), 30);
	ck_assert_uint_eq(filtered(BIND_NONE, AF_NETLINK), 37);
}
END_TEST

/* Filters match what the page shows, not the kernel's bytes. */
START_TEST(filters_match_what_is_shown)
{
	filter_out(FILTER_COMM_EXCLUDE, "a\xef\xbf\xbdz");
	filter_out(FILTER_COMM_EXCLUDE, "b\rz");
	fake_kernel_claim(&kernel, 1, BIND_AUTO, AF_INET, "a\rz", 1);
	fake_kernel_claim(&kernel, 2, BIND_AUTO, AF_INET, "a\xffz", 1);
	fake_kernel_claim(&kernel, 3, BIND_AUTO, AF_INET, "b\rz", 1);
	for (uint32_t entry = 1; entry < 4; entry++)
		fake_kernel_count(&kernel, entry, 0, 10 * entry);
	rows_collect();
	ck_assert_uint_eq(rows_count(), 1);
	ck_assert_uint_eq(rows_attempts_named("auto", "inet", "b\xef\xbf\xbdz"), 30);
	ck_assert_uint_eq(filtered(BIND_AUTO, AF_INET), 30);
}
END_TEST

START_TEST(ignores_entries_being_written)
{
	fake_kernel_claim(&kernel, 3, BIND_AUTO, AF_INET, "half", 1);
	kernel.table[3].key.kind = _i ? BIND_BEING_WRITTEN : 0;
	fake_kernel_count(&kernel, 3, 0, 1);
	rows_collect();
	ck_assert_uint_eq(rows_count(), 0);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{merges_equal_labels, 0},
		{merges_names_with_stale_ends, 0},
		{finds_merges_across_collections, 0},
		{folds_what_exceeds_the_bound, 0},
		{reserves_rows_for_privileged_names, 0},
		{has_room_for_every_other_row, 0},
		{refuses_impossible_counters, 0},
		{reserves_rows_for_the_capable, 0},
		{failures_stay_with_their_row, 0},
		{failures_have_the_labels_of_their_attempts, 0},
		{failures_are_bounded, 0},
		{filters_move_attempts, 0},
		{filters_match_what_is_shown, 0},
		{ignores_entries_being_written, 2},
	};

	return run_suite_around("assign", begin, rows_end, tests, ARRAY_SIZE(tests));
}
