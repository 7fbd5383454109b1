// SPDX-License-Identifier: Apache-2.0
/* Forgetting halves, retiring rows, and loading ledgers. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "metrics/rows/filter.h"
#include "rows_fixture.h"
#include "suite.h"

#define SLOT bind_overflow_index(0, BIND_AUTO, AF_INET)

static uint64_t count_in(const struct row_set *set, const char *labels)
{
	uint32_t position;

	return row_set_find(set, labels, &position) ? row_set_at(set, position)->count : UINT64_MAX;
}

static uint64_t attempts_of(const char *comm)
{
	char labels[128];

	snprintf(labels, sizeof(labels), "{category=\"auto\",family=\"inet\",comm=\"%s\"}", comm);
	return count_in(snapshot_collection(snapshot)->rows, labels);
}

static uint64_t failures_of(const char *comm)
{
	char labels[160];

	snprintf(labels, sizeof(labels),
		 "{category=\"auto\",family=\"inet\",comm=\"%s\",errno=\"EACCES\"}", comm);
	return count_in(snapshot_collection(snapshot)->failures, labels);
}

static uint64_t everything(void)
{
	uint64_t sum = rows_sum(snapshot_collection(snapshot)->rows);

	for (uint32_t slot = 0; slot < LEDGER_SLOTS; slot++)
		sum += snapshot_collection(snapshot)->totals.retired[slot] +
		       snapshot_collection(snapshot)->totals.filtered[slot];
	return sum;
}

START_TEST(idle_rows_are_retired_whole)
{
	rows_begin();
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
	ck_assert_uint_eq(attempts_of("idle"), UINT64_MAX);
	ck_assert_uint_eq(failures_of("idle"), UINT64_MAX);
	ck_assert_uint_eq(attempts_of("busy"), 8);
	ck_assert_uint_eq(failures_of("busy"), 4);
	ck_assert_uint_eq(snapshot_collection(snapshot)->totals.retired[SLOT], 5);
	ck_assert_uint_eq(snapshot_collection(snapshot)->totals.retired_failures[SLOT], 3);
	ck_assert(!snapshot_is_due(snapshot, kernel.view.now_ns));
	rows_end();
}
END_TEST

START_TEST(living_rows_go_on_in_the_other_half)
{
	rows_begin();
	for (uint64_t turn = 1; turn <= 5; turn++) {
		rows_bind(3, "busy", 10);
		fake_kernel_fail(&kernel, 3, 3, EACCES, 2);
		rows_collect();
		ck_assert_uint_eq(attempts_of("busy"), turn * 10);
		ck_assert_uint_eq(failures_of("busy"), turn * 2);
		rows_turn();
		rows_collect();
		ck_assert_uint_eq(attempts_of("busy"), turn * 10);
		ck_assert_uint_eq(failures_of("busy"), turn * 2);
	}
	ck_assert_uint_eq(row_set_at(snapshot_collection(snapshot)->rows, 0)->first_ns,
			  1000 * SECOND);
	ck_assert_uint_eq(snapshot_collection(snapshot)->entries, 0);
	rows_end();
}
END_TEST

/*
 * An attempt between the last collection and the turn keeps a row alive; so does one after the
 * turn.
 */
START_TEST(late_attempts_keep_a_row)
{
	struct bind_view before;

	rows_begin();
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
	ck_assert_uint_eq(attempts_of("late"), 2);
	ck_assert_uint_eq(attempts_of("later"), 2);
	ck_assert_uint_eq(everything(), 4);
	rows_end();
}
END_TEST

START_TEST(a_retired_row_comes_back_from_nothing)
{
	rows_begin();
	rows_bind(1, "again", 5);
	rows_collect();
	rows_pass(IDLE_S);
	rows_turn();
	rows_collect();
	ck_assert_uint_eq(attempts_of("again"), UINT64_MAX);
	rows_pass(1);
	rows_bind(4, "again", 2);
	rows_collect();
	ck_assert_uint_eq(attempts_of("again"), 2);
	ck_assert_uint_eq(row_set_at(snapshot_collection(snapshot)->rows, 0)->first_ns,
			  kernel.view.now_ns);
	ck_assert_uint_eq(everything(), 7);
	rows_end();
}
END_TEST

static void flood(uint32_t first, uint32_t names)
{
	char comm[24];

	for (uint32_t i = first; i < first + names; i++) {
		snprintf(comm, sizeof(comm), "flood-%u", i);
		rows_bind(i, comm, 1);
	}
}

/* Quotas become free, but a key that is counted under "(other)" and active stays there. */
START_TEST(what_was_folded_stays_folded)
{
	rows_begin();
	flood(0, 400);
	rows_collect();
	ck_assert_uint_eq(attempts_of("flood-399"), UINT64_MAX);
	rows_pass(IDLE_S);
	fake_kernel_count(&kernel, 399, 0, 1);
	rows_collect();
	rows_turn();
	rows_collect();
	ck_assert_uint_eq(snapshot_collection(snapshot)->rows->count, 1);
	rows_bind(5, "flood-399", 1);
	rows_bind(6, "fresh", 1);
	rows_collect();
	ck_assert_uint_eq(attempts_of("flood-399"), UINT64_MAX);
	ck_assert_uint_eq(attempts_of("fresh"), 1);
	ck_assert_uint_eq(everything(), 403);
	rows_end();
}
END_TEST

/* Names that come and go for a year use the same rows again and again. */
START_TEST(a_year_does_not_fill_the_rows)
{
	rows_begin();
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
		ck_assert_uint_eq(attempts_of("(other)"), UINT64_MAX);
		ck_assert_uint_eq(everything(), day + 1);
	}
	rows_end();
}
END_TEST

START_TEST(filtered_attempts_are_kept)
{
	struct filter filter = {0};

	filter_add(&filter, FILTER_COMM_EXCLUDE, "cron");
	config.filter = &filter;
	rows_begin();
	config.filter = NULL;
	rows_bind(1, "cron", 9);
	rows_collect();
	rows_turn();
	rows_bind(2, "cron", 1);
	rows_collect();
	ck_assert_uint_eq(snapshot_collection(snapshot)->totals.filtered[SLOT], 10);
	ck_assert_uint_eq(everything(), 10);
	rows_end();
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
	rows_begin();
	flood(0, 400);
	fake_kernel_fail(&kernel, 8, 8, EACCES, 3);
	fake_kernel_overflow(&kernel, 1, BIND_AUTO, AF_INET, 6);
	kernel.missed[BIND_MISSED_RESULT] = 2;
	rows_collect();
	rows_turn();
	rows_bind(3, "flood-8", 1);
	restart(&config);
	ck_assert_uint_eq(attempts_of("flood-8"), 2);
	ck_assert_uint_eq(failures_of("flood-8"), 3);
	ck_assert_uint_eq(everything(), 407);
	ck_assert_uint_eq(snapshot_collection(snapshot)->totals.missed[BIND_MISSED_RESULT], 2);
	rows_end();
}
END_TEST

static void rename_row(uint32_t position, const char *comm)
{
	strncpy((char *)ledger->row[position].key.comm, comm, BIND_COMM_SIZE);
}

/* A version that showed control characters had two rows. */
START_TEST(rows_whose_names_became_equal_are_merged)
{
	rows_begin();
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
	ck_assert_uint_eq(attempts_of("m\xef\xbf\xbd"), 111);
	ck_assert_uint_eq(failures_of("m\xef\xbf\xbd"), 3);
	ck_assert_uint_eq(row_set_at(snapshot_collection(snapshot)->rows, 1)->first_ns,
			  1000 * SECOND);
	ck_assert_uint_eq(row_set_at(snapshot_collection(snapshot)->rows, 1)->last_s, 1001);
	ck_assert_uint_eq(everything(), 118);
	rows_turn();
	restart(&config);
	ck_assert_uint_eq(attempts_of("m\xef\xbf\xbd"), 111);
	ck_assert_uint_eq(failures_of("m\xef\xbf\xbd"), 3);
	ck_assert_uint_eq(everything(), 118);
	rows_end();
}
END_TEST

/* Killed before the ledger became valid: the half is still there, and is forgotten again. */
START_TEST(an_interrupted_forgetting_is_repeated)
{
	struct ledger *unused = calloc(1, ledger_size(ROWS, false));
	struct bind_view before;

	rows_begin();
	rows_bind(1, "busy", 5);
	rows_collect();
	rows_turn();
	rows_bind(2, "busy", 6);
	before = kernel.view;
	fake_kernel_turn(&kernel);
	rows_bind(3, "busy", 7);
	ck_assert_int_eq(snapshot_forget(snapshot, &before, unused), 0);
	/* The ledger that it wrote never became valid. */
	snapshot_free(snapshot);
	snapshot = snapshot_new(&config);
	ck_assert_int_eq(snapshot_load(snapshot, ledger, ROWS, kernel.view.now_ns), 0);
	ck_assert_int_eq(snapshot_forget(snapshot, &before, ledger), 0);
	rows_collect();
	ck_assert_uint_eq(attempts_of("busy"), 18);
	free(unused);
	rows_end();
}
END_TEST

START_TEST(a_successor_gets_all)
{
	const struct snapshot_config next = {
		.table_bits = BITS + 1, .max_rows = ROWS, .labels = BIND_LABEL_PORT};
	uint32_t position;

	rows_begin();
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
	ck_assert_uint_eq(everything(), 11);
	ck_assert_uint_eq(snapshot_collection(snapshot)->totals.missed[BIND_MISSED_ADDRESS], 2);
	ck_assert_uint_eq(snapshot_collection(snapshot)->totals.recursion_misses, 4);
	rows_end();
}
END_TEST

static void bind_port(uint32_t entry, uint16_t port, uint64_t attempts)
{
	rows_bind(entry, "server", attempts);
	kernel.table[entry].key.kind = bind_kind(BIND_REGISTERED, AF_INET, 0, 0, port);
}

/* Attempts merged while a label was off have no value when it is on again. */
START_TEST(a_label_that_was_off_is_unknown)
{
	struct snapshot_config with = config, without = config;
	uint32_t position;

	with.labels = BIND_LABEL_PORT;
	config.labels = BIND_LABEL_PORT;
	rows_begin();
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
	rows_end();
}
END_TEST

/* Memory with invalid content is an error, not a crash. */
START_TEST(refuses_a_broken_ledger)
{
	rows_begin();
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
	snapshot_free(snapshot);
	snapshot = snapshot_new(&config);
	ck_assert_int_eq(snapshot_load(snapshot, ledger, ROWS, 0), -ERANGE);
	rows_end();
}
END_TEST

START_TEST(never_due_without_a_timeout)
{
	config.idle_s = 0;
	rows_begin();
	config.idle_s = IDLE_S;
	rows_bind(1, "x", 1);
	rows_collect();
	rows_pass(1000000);
	ck_assert(!snapshot_is_due(snapshot, kernel.view.now_ns));
	rows_end();
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
		{filtered_attempts_are_kept, 0},
		{a_ledger_brings_everything_back, 0},
		{rows_whose_names_became_equal_are_merged, 0},
		{an_interrupted_forgetting_is_repeated, 0},
		{a_successor_gets_all, 0},
		{a_label_that_was_off_is_unknown, 0},
		{refuses_a_broken_ledger, 4},
		{never_due_without_a_timeout, 0},
	};

	return run_suite("retirement", tests, ARRAY_SIZE(tests));
}
