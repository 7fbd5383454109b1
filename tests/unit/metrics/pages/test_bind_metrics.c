// SPDX-License-Identifier: Apache-2.0
/* The families of rows, from a collection made by hand. */
#include "metrics/pages/bind_metrics.h"

#include <string.h>

#include "common/units.h"
#include "metrics/pages/exposition.h"
#include "metrics/rows/collection.h"
#include "metrics/rows/row_set.h"
#include "tests/unit/suite.h"

static struct row_set rows, failures;
static struct collection collection = {.rows = &rows, .failures = &failures};
static struct text text;

/* Appended to set: labels must ascend. */
static void add(struct row_set *set, const char *labels, uint64_t count, uint64_t last_s)
{
	const struct row row = {
		.labels = strdup(labels),
		.count = count,
		.first_ns = 5 * SECOND_NS / 2,
		.last_s = last_s,
	};

	row_set_insert(set, set->count, &row, /* named= */ true);
}

static const char *encode(enum exposition_format format, bool last_attempt)
{
	const struct exposition out = {.text = &text, .format = format, .created = true};
	const struct bind_metrics_config config = {100 * SECOND_NS, last_attempt};

	text.length = 0;
	bind_metrics_encode(&out, &collection, &config);
	text_append(&text, "", 1);
	ck_assert(!text.failed);
	return text.data;
}

static void begin(void)
{
	ck_assert_int_eq(row_set_init(&rows, ROW_SET_OTHERS + 3), 0);
	ck_assert_int_eq(row_set_init(&failures, ROW_SET_OTHERS + 3), 0);
	add(&rows, "{a=\"1\"}", 7, 4);
	add(&rows, "{a=\"2\"}", 8, 0);
	add(&failures, "{a=\"1\",errno=\"EACCES\"}", 3, 0);
}

static void end(void)
{
	row_set_free(&rows);
	row_set_free(&failures);
	text_free(&text);
}

static void must_have(const char *page, const char *sample)
{
	ck_assert_msg(strstr(page, sample), "no %s in\n%s", sample, page);
}

START_TEST(failures_are_shown_if_they_are_seen)
{
	begin();
	ck_assert_ptr_null(strstr(encode(EXPOSITION_TEXT, false), "failures"));
	collection.results = true;
	must_have(encode(EXPOSITION_TEXT, false),
		  "\nsocket_bind_failures_total{a=\"1\",errno=\"EACCES\"} 3\n");
	end();
}
END_TEST

/* CLOCK_BOOTTIME becomes UNIX time. */
START_TEST(times_are_of_the_wall_clock)
{
	const char *page;

	begin();
	page = encode(EXPOSITION_TEXT, true);
	must_have(page, "\nsocket_bind_attempts_total{a=\"2\"} 8\n");
	must_have(page, "\nsocket_bind_first_attempt_timestamp_seconds{a=\"1\"} 102.500\n");
	must_have(page, "\nsocket_bind_last_attempt_timestamp_seconds{a=\"1\"} 104\n");
	ck_assert_ptr_null(strstr(page, "last_attempt_timestamp_seconds{a=\"2\"}"));
	ck_assert_ptr_null(strstr(page, "_created"));
	ck_assert_ptr_null(strstr(encode(EXPOSITION_TEXT, false), "last_attempt"));
	must_have(encode(EXPOSITION_OPENMETRICS, false),
		  "\nsocket_bind_attempts_created{a=\"1\"} 102.500\n");
	end();
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{failures_are_shown_if_they_are_seen, 0},
		{times_are_of_the_wall_clock, 0},
	};

	return run_suite("bind_metrics", tests, ARRAY_SIZE(tests));
}
