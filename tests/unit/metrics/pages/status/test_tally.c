// SPDX-License-Identifier: Apache-2.0
#include "metrics/pages/status/tally.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "metrics/rows/ledger.h"
#include "metrics/rows/snapshot.h"
#include "tests/lib/fake_kernel.h"
#include "tests/unit/suite.h"

static struct fake_kernel kernel;
static struct snapshot *snapshot;
static struct tally tally;

static void start(void)
{
	const struct snapshot_config config = {.table_bits = 12, .max_rows = 2000};

	fake_kernel_init(&kernel, 12, 2);
	kernel.view.results = true;
	snapshot = snapshot_new(&config);
	ck_assert_ptr_nonnull(snapshot);
}

static void add_up(void)
{
	ck_assert_int_eq(snapshot_collect(snapshot, &kernel.view), 0);
	ck_assert_int_eq(tally_init(&tally, snapshot_collection(snapshot)), 0);
}

static void stop(void)
{
	tally_free(&tally);
	snapshot_free(snapshot);
	fake_kernel_free(&kernel);
}

static void claim(uint32_t entry, uint8_t category, uint16_t family, const char *comm,
		  uint64_t attempts)
{
	fake_kernel_claim(&kernel, entry, category, family, comm, 1000 - entry);
	fake_kernel_count(&kernel, entry, 0, attempts);
}

static void check(const struct tally_bar *bar, const char *name, uint64_t attempts,
		  uint64_t failures)
{
	ck_assert_uint_eq(bar->name_length, strlen(name));
	ck_assert_mem_eq(bar->name, name, bar->name_length);
	ck_assert_uint_eq(bar->attempts, attempts);
	ck_assert_uint_eq(bar->failures, failures);
}

START_TEST(adds_up_biggest_first)
{
	start();
	claim(1, BIND_AUTO, AF_INET, "a", 1);
	claim(2, BIND_AUTO, AF_INET6, "ab", 5);
	claim(3, BIND_PATHNAME, AF_UNIX, "a", 3);
	claim(4, BIND_INVALID, 50, "b", 2);
	claim(5, BIND_INVALID, 60, "b", 3); /* neither family has a name */
	fake_kernel_fail(&kernel, 1, 3, EACCES, 1);
	fake_kernel_fail(&kernel, 2, 3, EADDRINUSE, 2);
	fake_kernel_fail(&kernel, 3, 2, EACCES, 1);
	add_up();
	ck_assert_uint_eq(tally.attempts, 14);
	ck_assert_uint_eq(tally.failures, 4);
	ck_assert_uint_eq(tally.first_ns, 995);
	ck_assert_uint_eq(tally.process_count, 3);
	check(&tally.processes[0], "ab", 5, 1);
	check(&tally.processes[1], "b", 5, 0);
	check(&tally.processes[2], "a", 4, 3);
	ck_assert_uint_eq(tally.processes[2].rows, 2);
	ck_assert_uint_eq(tally.category_count, 3);
	check(&tally.categories[0], "auto", 6, 1);
	check(&tally.categories[1], "invalid", 5, 0);
	check(&tally.categories[2], "pathname", 3, 3);
	ck_assert_uint_eq(tally.family_count, 4);
	check(&tally.families[0], "inet6", 5, 1);
	check(&tally.families[1], "other", 5, 0);
	stop();
}
END_TEST

START_TEST(orders_rows)
{
	const struct row_set *rows;

	start();
	for (uint32_t i = 1; i <= 100; i++)
		claim(i, BIND_AUTO, i % 2 ? AF_INET : AF_INET6, i % 3 ? "x" : "y", 1);
	for (uint32_t i = 101; i <= 200; i++)
		claim(i, 1 + i % 4, 1 + i % 40, "z", i * 7919 % 1000);
	add_up();
	rows = snapshot_collection(snapshot)->rows;
	for (uint32_t i = 1; i < rows->count; i++) {
		const struct row *before = &rows->rows[tally.order[i - 1]];
		const struct row *row = &rows->rows[tally.order[i]];

		ck_assert_uint_ge(before->count, row->count);
		if (before->count == row->count)
			ck_assert_int_lt(strcmp(before->labels, row->labels), 0);
	}
	stop();
}
END_TEST

START_TEST(knows_the_failures_of_a_row)
{
	start();
	claim(1, BIND_AUTO, AF_INET, "a", 10);
	claim(2, BIND_AUTO, AF_INET, "b", 10);
	fake_kernel_fail(&kernel, 1, 1, EACCES, 3);
	fake_kernel_fail(&kernel, 2, 1, EADDRINUSE, 4);
	add_up();
	for (uint32_t i = 0; i < 2; i++) {
		uint32_t number = snapshot_collection(snapshot)->rows->order[i];
		const struct tally_failures *failed = &tally.failed_by[number];

		ck_assert_uint_eq(failed->count, i ? 0 : 7);
		ck_assert_uint_eq(failed->top_count, i ? 0 : 4);
		ck_assert_uint_eq(failed->top_error, i ? 0 : EADDRINUSE);
	}
	stop();
}
END_TEST

/* Retired rows have no process any more, but their attempts count. */
START_TEST(what_was_retired_counts)
{
	struct ledger *ledger = calloc(1, ledger_size(0, false));

	start();
	ck_assert_ptr_nonnull(ledger);
	ledger->totals.retired[bind_overflow_index(0, BIND_AUTO, AF_INET)] = 40;
	ledger->totals.retired_failures[bind_overflow_index(0, BIND_AUTO, AF_INET)] = 3;
	ck_assert_int_eq(snapshot_load(snapshot, ledger, 0, 0), 0);
	free(ledger);
	claim(1, BIND_AUTO, AF_INET, "a", 10);
	add_up();
	ck_assert_uint_eq(tally.attempts, 50);
	ck_assert_uint_eq(tally.failures, 3);
	ck_assert_uint_eq(tally.retired, 40);
	ck_assert_uint_eq(tally.process_count, 1);
	check(&tally.processes[0], "a", 10, 0);
	check(&tally.categories[0], "auto", 50, 3);
	check(&tally.families[0], "inet", 50, 3);
	stop();
}
END_TEST

START_TEST(nothing_adds_up_to_nothing)
{
	start();
	add_up();
	ck_assert_uint_eq(tally.attempts, 0);
	ck_assert_uint_eq(tally.process_count + tally.category_count + tally.family_count, 0);
	ck_assert_uint_eq(tally.first_ns, UINT64_MAX);
	stop();
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{adds_up_biggest_first, 0},       {orders_rows, 0},
		{knows_the_failures_of_a_row, 0}, {what_was_retired_counts, 0},
		{nothing_adds_up_to_nothing, 0},
	};

	return run_suite("tally", tests, ARRAY_SIZE(tests));
}
