// SPDX-License-Identifier: Apache-2.0
#include "metrics/pages/status/rates.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/units.h"
#include "metrics/rows/row_set.h"
#include "tests/unit/suite.h"

static struct row_set rows;
static struct rates rates;

static void start(void)
{
	ck_assert_int_eq(row_set_init(&rows, 200), 0);
	rates = (struct rates){0};
}

static void stop(void)
{
	rates_forget(&rates);
	row_set_free(&rows);
}

/* New rows come at the end if names ascend. */
static uint32_t insert(const char *labels, uint64_t first_ns, uint64_t count)
{
	const struct row row = {.labels = strdup(labels), .first_ns = first_ns, .count = count};

	return row_set_insert(&rows, rows.count, &row, true);
}

static uint64_t growth(uint32_t number)
{
	return rates_growth(&rates, &rows.rows[number], number);
}

START_TEST(nothing_is_known_at_first)
{
	start();
	insert("a", 1, 5);
	ck_assert_uint_eq(rates_window_ns(&rates, 7 * SECOND_NS), 0);
	rates_note(&rates, &rows, 7 * SECOND_NS);
	ck_assert_uint_eq(rates_window_ns(&rates, 7 * SECOND_NS), 0);
	ck_assert_uint_eq(rates_window_ns(&rates, 10 * SECOND_NS), 3 * SECOND_NS);
	rates_forget(&rates);
	ck_assert_uint_eq(rates_window_ns(&rates, 10 * SECOND_NS), 0);
	stop();
}
END_TEST

START_TEST(rows_grow)
{
	uint32_t a, b;

	start();
	a = insert("a", 1, 5);
	rates_note(&rates, &rows, SECOND_NS);
	rows.rows[a].count = 12;
	b = insert("b", 2 * SECOND_NS, 3);
	ck_assert_uint_eq(growth(a), 7);
	ck_assert_uint_eq(growth(b), 3);
	/* The row was found to have begun earlier: it is the same row. */
	rows.rows[a].first_ns = 0;
	ck_assert_uint_eq(growth(a), 7);
	stop();
}
END_TEST

START_TEST(a_number_given_out_again_is_another_row)
{
	const bool gone[] = {true};
	uint32_t old;

	start();
	old = insert("a", 1, 500);
	rates_note(&rates, &rows, SECOND_NS);
	row_set_remove(&rows, gone);
	ck_assert_uint_eq(insert("a", 2 * SECOND_NS, 501), old);
	ck_assert_uint_eq(growth(old), 501);
	stop();
}
END_TEST

/* Between half a minute and a minute, if the page was requested for so long. */
START_TEST(the_window_moves)
{
	uint32_t a;

	start();
	a = insert("a", 1, 0);
	for (uint64_t second = 1; second <= 300; second++) {
		uint64_t now_ns = second * SECOND_NS, window;

		rows.rows[a].count += 10;
		rates_note(&rates, &rows, now_ns);
		window = rates_window_ns(&rates, now_ns) / SECOND_NS;
		ck_assert_uint_eq(growth(a), 10 * window);
		if (second > 31)
			ck_assert_msg(window >= 30 && window <= 60, "%u after %u", (unsigned)window,
				      (unsigned)second);
	}
	stop();
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{nothing_is_known_at_first, 0},
		{rows_grow, 0},
		{a_number_given_out_again_is_another_row, 0},
		{the_window_moves, 0},
	};

	return run_suite("rates", tests, ARRAY_SIZE(tests));
}
