// SPDX-License-Identifier: Apache-2.0
/* What a ledger brings back to the next process, and to a successor with other settings. */
#include "metrics/rows/ledger.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "metrics/rows/filter.h"
#include "tests/unit/metrics/rows/rows_fixture.h"
#include "tests/unit/suite.h"

#define SLOT bind_overflow_index(0, BIND_AUTO, AF_INET)

START_TEST(filtered_attempts_are_kept)
{
	struct filter filter = {0};

	filter_add(&filter, FILTER_COMM_EXCLUDE, "cron");
	config.filter = &filter;
	rows_renew();
	config.filter = NULL;
	rows_bind(1, "cron", 9);
	rows_collect();
	rows_turn();
	rows_bind(2, "cron", 1);
	rows_collect();
	ck_assert_uint_eq(snapshot_collection(snapshot)->totals.filtered[SLOT], 10);
	ck_assert_uint_eq(rows_everything(), 10);
}
END_TEST

static void restart(const struct snapshot_config *with)
{
	config = *with;
	rows_restart();
	rows_collect();
}

START_TEST(a_ledger_brings_everything_back)
{
	rows_flood(0, 400);
	fake_kernel_fail(&kernel, 8, 8, EACCES, 3);
	fake_kernel_overflow(&kernel, 1, BIND_AUTO, AF_INET, 6);
	kernel.missed[BIND_MISSED_RESULT] = 2;
	rows_collect();
	rows_turn();
	rows_bind(3, "flood-8", 1);
	restart(&config);
	ck_assert_uint_eq(rows_attempts_of("flood-8"), 2);
	ck_assert_uint_eq(rows_failures_of("flood-8"), 3);
	ck_assert_uint_eq(rows_everything(), 407);
	ck_assert_uint_eq(snapshot_collection(snapshot)->totals.missed[BIND_MISSED_RESULT], 2);
}
END_TEST

static void rename_row(uint32_t position, const char *comm)
{
	strncpy((char *)ledger->row[position].key.comm, comm, BIND_COMM_SIZE);
}

/* A version that showed control characters had two rows. */
START_TEST(rows_whose_names_became_equal_are_merged)
{
	rows_bind(1, "one", 5);
	rows_pass(1);
	rows_bind(2, "two", 6);
	rows_bind(3, "else", 7);
	fake_kernel_fail(&kernel, 1, 1, EACCES, 1);
	fake_kernel_fail(&kernel, 2, 2, EACCES, 2);
	kernel.table[1].last_s = 1000;
	kernel.table[2].last_s = 1001;
	rows_collect();
	rows_turn();
	rename_row(0, "m\x1b");
	rename_row(1, "m\xc2\x85");
	rows_bind(4, "m\xe2\x80\xa9", 100);
	restart(&config);
	ck_assert_uint_eq(snapshot_collection(snapshot)->rows->count, 2);
	ck_assert_uint_eq(snapshot_collection(snapshot)->failures->count, 1);
	ck_assert_uint_eq(rows_attempts_of("m\xef\xbf\xbd"), 111);
	ck_assert_uint_eq(rows_failures_of("m\xef\xbf\xbd"), 3);
	ck_assert_uint_eq(row_set_at(snapshot_collection(snapshot)->rows, 1)->first_ns,
			  1000 * SECOND);
	ck_assert_uint_eq(row_set_at(snapshot_collection(snapshot)->rows, 1)->last_s, 1001);
	ck_assert_uint_eq(rows_everything(), 118);
	rows_turn();
	restart(&config);
	ck_assert_uint_eq(rows_attempts_of("m\xef\xbf\xbd"), 111);
	ck_assert_uint_eq(rows_failures_of("m\xef\xbf\xbd"), 3);
	ck_assert_uint_eq(rows_everything(), 118);
}
END_TEST

START_TEST(a_successor_gets_all)
{
	const struct snapshot_config next = {
		.table_bits = BITS + 1, .max_rows = ROWS, .labels = BIND_LABEL_PORT};
	uint32_t position;

	rows_bind(1, "old", 5);
	fake_kernel_fail(&kernel, 1, 1, EACCES, 3);
	fake_kernel_overflow(&kernel, 1, BIND_AUTO, AF_INET, 6);
	kernel.view.recursion_misses = 4;
	kernel.missed[BIND_MISSED_ADDRESS] = 2;
	kernel.view.results = true;
	rows_collect();
	snapshot_hand_over(snapshot, 4711, true, ledger);
	ck_assert_uint_eq(ledger->predecessor, 4711);
	fake_kernel_free(&kernel);
	fake_kernel_init(&kernel, BITS + 1, 2);
	restart(&next);
	/* A row that was not counted by port has none, not 0. */
	ck_assert(row_set_find(snapshot_collection(snapshot)->rows,
			       "{category=\"auto\",family=\"inet\",comm=\"old\",port=\"\"}",
			       &position));
	ck_assert_uint_eq(row_set_at(snapshot_collection(snapshot)->rows, position)->count, 5);
	ck_assert_uint_eq(rows_everything(), 11);
	ck_assert_uint_eq(snapshot_collection(snapshot)->totals.missed[BIND_MISSED_ADDRESS], 2);
	ck_assert_uint_eq(snapshot_collection(snapshot)->totals.recursion_misses, 4);
}
END_TEST

static void bind_port(uint32_t entry, uint16_t port, uint64_t attempts)
{
	rows_bind(entry, "server", attempts);
	kernel.table[entry].key.kind = bind_kind(BIND_REGISTERED, AF_INET) | bind_port_bits(port);
}

/* Attempts merged while a label was off have no value when it is on again. */
START_TEST(a_label_that_was_off_is_unknown)
{
	struct snapshot_config with = config, without = config;
	uint32_t position;

	with.labels = BIND_LABEL_PORT;
	config.labels = BIND_LABEL_PORT;
	rows_renew();
	config.labels = 0;
	bind_port(1, 8080, 10);
	bind_port(2, 9090, 5);
	rows_collect();
	snapshot_hand_over(snapshot, 1, true, ledger);
	fake_kernel_free(&kernel);
	fake_kernel_init(&kernel, BITS, 2);
	restart(&without);
	snapshot_hand_over(snapshot, 2, true, ledger);
	restart(&with);
	ck_assert(row_set_find(
		snapshot_collection(snapshot)->rows,
		"{category=\"registered\",family=\"inet\",comm=\"server\",port=\"\"}", &position));
	ck_assert_uint_eq(row_set_at(snapshot_collection(snapshot)->rows, position)->count, 15);
}
END_TEST

/*
 * A label that an old row was not counted by stays unknown, however often the row is carried over.
 */
START_TEST(labels_stay_unknown)
{
	const struct row_set *rows;

	rows_bind(1, "old", 5);
	for (uint64_t id = 1; id < 4; id++) {
		struct snapshot_config next = config;

		next.labels = BIND_LABEL_UID;
		rows_collect();
		snapshot_hand_over(snapshot, id, /* hooks_too= */ true, ledger);
		fake_kernel_free(&kernel);
		fake_kernel_init(&kernel, BITS, 2);
		restart(&next);
		rows_bind(1, "old", 1);
	}
	rows_collect();
	rows = snapshot_collection(snapshot)->rows;
	ck_assert_uint_eq(
		rows_find(rows, "{category=\"auto\",family=\"inet\",comm=\"old\",uid=\"\"}")->count,
		5);
	ck_assert_uint_eq(
		rows_find(rows, "{category=\"auto\",family=\"inet\",comm=\"old\",uid=\"0\"}")
			->count,
		3);
}
END_TEST

/* Memory with invalid content is an error, not a crash. */
START_TEST(refuses_a_broken_ledger)
{
	rows_bind(1, "x", 1);
	fake_kernel_fail(&kernel, 1, 1, EACCES, 1);
	rows_collect();
	rows_turn();
	if (_i == 3)
		ledger->max_rows = ROWS + 1;
	else if (_i == 0)
		ledger->rows = ROWS + 1;
	else if (_i == 1)
		ledger->failures = ROWS + 1;
	else
		ledger_failures(ledger)[0].row = 1;
	rows_renew();
	ck_assert_int_eq(snapshot_load(snapshot, ledger, ROWS, 0), -ERANGE);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{filtered_attempts_are_kept, 0},
		{a_ledger_brings_everything_back, 0},
		{rows_whose_names_became_equal_are_merged, 0},
		{a_successor_gets_all, 0},
		{a_label_that_was_off_is_unknown, 0},
		{labels_stay_unknown, 0},
		{refuses_a_broken_ledger, 4},
	};

	return run_suite_around("ledger", rows_begin, rows_end, tests, ARRAY_SIZE(tests));
}
