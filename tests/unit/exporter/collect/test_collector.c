// SPDX-License-Identifier: Apache-2.0
/* The collector over a source that fails or goes blind on demand. */
#include "exporter/collect/collector.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "metrics/pages/exporter_metrics.h"
#include "tests/lib/captured.h"
#include "tests/lib/page_reader.h"
#include "tests/unit/exporter/collect/collector_fixture.h"
#include "tests/unit/suite.h"

START_TEST(publishes_at_once_and_periodically)
{
	char problem[256] = "", *text;

	collector_begin(5 * MS, 60000 * MS, true);
	ck_assert_uint_eq(collector_value(ROW), 5);
	ck_assert_uint_eq(collector_value(UP), 1);
	ck_assert_ptr_null(collector_unready(collector));
	collector_count(7);
	collector_wait(ROW, 12);
	text = collector_text();
	ck_assert_msg(!page_problem(text, problem, sizeof(problem)), "%s", problem);
	free(text);
	collector_end();
}
END_TEST

START_TEST(collects_at_every_scrape)
{
	collector_begin(0, 60000 * MS, true);
	for (uint64_t total = 5; total < 55; total++, collector_count(1)) {
		unsigned int before = atomic_load(&source_views);

		ck_assert_uint_eq(collector_value(ROW), total);
		ck_assert_uint_eq(atomic_load(&source_views), before + 1);
	}
	collector_end();
}
END_TEST

START_TEST(keeps_the_rows_when_collecting_fails)
{
	collector_begin(5 * MS, 60000 * MS, true);
	atomic_store(&source_view_error, -EIO);
	collector_wait(UP, 0);
	ck_assert_uint_eq(collector_value(ROW), 5);
	ck_assert_uint_eq(collector_value("socket_bind_exporter_selfcheck_success"), 1);
	ck_assert_uint_ge(collector_value("socket_bind_exporter_collect_errors_total"), 1);
	ck_assert_str_eq(collector_unready(collector), "the last collection failed");
	collector_count(1);
	atomic_store(&source_view_error, 0);
	collector_wait(UP, 1);
	ck_assert_uint_eq(collector_value(ROW), 6);
	ck_assert_ptr_null(collector_unready(collector));
	collector_end();
}
END_TEST

START_TEST(notices_a_blind_hook)
{
	collector_begin(_i ? 5 * MS : 0, 5 * MS, true);
	atomic_store(&source_selfcheck_error, -ENODATA);
	collector_wait(UP, 0);
	ck_assert_uint_eq(collector_value("socket_bind_exporter_selfcheck_success"), 0);
	ck_assert_uint_eq(collector_value("socket_bind_exporter_collect_errors_total"), 0);
	ck_assert_uint_eq(collector_value(ROW), 5);
	ck_assert_ptr_nonnull(collector_unready(collector));
	atomic_store(&source_selfcheck_error, 0);
	collector_wait(UP, 1);
	collector_end();
}
END_TEST

static void wait_for_views(unsigned int more)
{
	unsigned int before = atomic_load(&source_views);

	for (int i = 0; i < 3000 && atomic_load(&source_views) - before < more; i++)
		usleep(10000);
	ck_assert_uint_ge(atomic_load(&source_views) - before, more);
}

/*
 * Ten seconds, at a tenth of a second each: a lasting failure is logged when it begins and when it
 * ends.
 */
START_TEST(says_once_what_lasts)
{
	static const char *const said[] = {"collection failed", "binds are not counted",
					   "collection works again", "self-check works again"};
	char log[4096];
	size_t lines = 0;

	ck_assert_int_eq(capture_begin(), 0);
	collector_begin(2 * MS, 2 * MS, true);
	atomic_store(&source_view_error, -EIO);
	atomic_store(&source_selfcheck_error, -ENODATA);
	wait_for_views(100);
	atomic_store(&source_view_error, 0);
	atomic_store(&source_selfcheck_error, 0);
	wait_for_views(100);
	collector_end();
	capture_end(log, sizeof(log));
	for (const char *line = log; (line = strchr(line, '\n')); line++)
		lines++;
	ck_assert_msg(lines == ARRAY_SIZE(said), "%zu lines:\n%s", lines, log);
	for (size_t i = 0; i < ARRAY_SIZE(said); i++)
		ck_assert_msg(strstr(log, said[i]), "no \"%s\":\n%s", said[i], log);
}
END_TEST

START_TEST(waits_without_being_late)
{
	collector_begin(60000 * MS, 60000 * MS, true);
	usleep(300000);
	ck_assert_uint_eq(collector_late_ns(collector), 0);
	collector_end();
}
END_TEST

static void wait_until_late(bool late)
{
	for (int i = 0; i < 500 && (collector_late_ns(collector) >= 300 * MS) != late; i++)
		usleep(10000);
	ck_assert_int_eq(collector_late_ns(collector) >= 300 * MS, late);
}

START_TEST(knows_when_it_hangs)
{
	collector_begin(5 * MS, 60000 * MS, true);
	wait_for_views(20);
	wait_until_late(false);
	atomic_store(&source_hangs, true);
	wait_until_late(true);
	atomic_store(&source_hangs, false);
	wait_until_late(false);
	collector_end();
}
END_TEST

START_TEST(refuses_to_start_blind)
{
	static const struct exporter_identity identity = {.max_rows = SNAPSHOT_MAX_ROWS_MIN};
	const struct collector_config config = {
		.source = source,
		.pages = {.identity = &identity},
		.rows = {.table_bits = BIND_TABLE_BITS_MIN, .max_rows = SNAPSHOT_MAX_ROWS_MIN},
	};

	source_begin(SNAPSHOT_MAX_ROWS_MIN);
	atomic_store(&source_view_error, -EPERM);
	ck_assert_int_eq(collector_start(&config, &collector), -EPERM);
	source_end();
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{publishes_at_once_and_periodically, 0},
		{collects_at_every_scrape, 0},
		{keeps_the_rows_when_collecting_fails, 0},
		{notices_a_blind_hook, 2},
		{says_once_what_lasts, 0},
		{waits_without_being_late, 0},
		{knows_when_it_hangs, 0},
		{refuses_to_start_blind, 0},
	};

	return run_suite("collector", tests, ARRAY_SIZE(tests));
}
