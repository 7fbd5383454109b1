// SPDX-License-Identifier: Apache-2.0
/* The pages of a collector: which kinds are made, how long they last, and what they contain. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/page.h"
#include "tests/unit/exporter/collect/collector_fixture.h"
#include "tests/unit/suite.h"

START_TEST(leaves_out_exporter_metrics)
{
	char *text;

	collector_begin(0, 60000 * MS, false);
	text = collector_text();
	ck_assert_ptr_nonnull(strstr(text, ROW " 5\n"));
	ck_assert_ptr_null(strstr(text, "socket_bind_exporter_"));
	ck_assert_ptr_null(strstr(text, "process_"));
	free(text);
	collector_end();
}
END_TEST

START_TEST(a_page_outlives_the_next)
{
	struct page *old;

	collector_begin(0, 60000 * MS, true);
	old = collector_page(collector, PAGE_TEXT);
	collector_count(1);
	ck_assert_uint_eq(collector_value(ROW), 6);
	ck_assert_ptr_nonnull(strstr(page_data(old), ROW " 5\n"));
	collector_end();
	page_unref(old);
}
END_TEST

/* Another kind is made from its first request on, for as long as it is requested. */
START_TEST(makes_kinds_that_are_asked_for)
{
	struct page *first, *second;
	unsigned int before;

	page_idle_ns = _i ? 0 : 60000 * MS; /* 0: each request is the first */
	collector_begin(60000 * MS, 60000 * MS, true);
	before = atomic_load(&source_views);
	collector_count(1);
	ck_assert_uint_eq(collector_value(ROW), 5);
	ck_assert_uint_eq(atomic_load(&source_views), before);
	first = collector_page(collector, PAGE_OPENMETRICS);
	if (_i) { /* idle before the collection began */
		ck_assert_ptr_null(first);
		collector_end();
		return;
	}
	ck_assert_ptr_nonnull(first);
	ck_assert_ptr_nonnull(strstr(page_data(first), ROW " 6\n"));
	ck_assert_int_eq(memcmp(page_data(first) + page_length(first) - 6, "# EOF\n", 6), 0);
	ck_assert_uint_eq(atomic_load(&source_views), before + 1);
	ck_assert_uint_eq(collector_value(ROW), 6);
	second = collector_page(collector, PAGE_OPENMETRICS);
	ck_assert_ptr_eq(first, second);
	page_unref(first);
	page_unref(second);
	collector_end();
}
END_TEST

/* Then it is not kept either: the next request gets a fresh one. */
START_TEST(drops_kinds_that_are_not_asked_for)
{
	unsigned int before;
	struct page *page;

	page_idle_ns = 50 * MS;
	collector_begin(5 * MS, 60000 * MS, true);
	page = collector_page(collector, PAGE_OPENMETRICS);
	ck_assert_ptr_nonnull(page);
	page_unref(page);
	usleep(100000);
	before = atomic_load(&source_views);
	for (int i = 0; i < 500 && atomic_load(&source_views) < before + 2; i++)
		usleep(10000);
	collector_count(1);
	page = collector_page(collector, PAGE_OPENMETRICS);
	ck_assert_ptr_nonnull(page);
	ck_assert_ptr_nonnull(strstr(page_data(page), ROW " 6\n"));
	page_unref(page);
	collector_end();
}
END_TEST

static bool html_has(const char *what)
{
	struct page *page = collector_page(collector, PAGE_HTML);
	bool found;

	ck_assert_ptr_nonnull(page);
	found = memmem(page_data(page), page_length(page), what, strlen(what)) != NULL;
	page_unref(page);
	return found;
}

/* Rates are known while the page is requested again and again, and are forgotten afterwards. */
START_TEST(draws_the_page_to_look_at)
{
	static const char unknown[] = "rates are shown after the next refresh";

	page_idle_ns = 200 * MS;
	collector_begin(5 * MS, 60000 * MS, true);
	ck_assert(html_has("<bdi>sshd</bdi></th><td class=\"number\">5</td>"));
	ck_assert(html_has(unknown));
	collector_count(1);
	for (int i = 0; i < 500 && !html_has("rates over 1 s"); i++)
		usleep(10000);
	ck_assert(html_has("<td class=\"number\">6</td>"));
	ck_assert(!html_has(unknown));
	usleep(400000);
	ck_assert(html_has(unknown));
	collector_end();
	page_idle_ns = 60000 * MS;
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{leaves_out_exporter_metrics, 0},    {a_page_outlives_the_next, 0},
		{makes_kinds_that_are_asked_for, 2}, {drops_kinds_that_are_not_asked_for, 0},
		{draws_the_page_to_look_at, 0},
	};

	return run_suite("collector_pages", tests, ARRAY_SIZE(tests));
}
