// SPDX-License-Identifier: Apache-2.0
/*
 * The status page. The whole page must equal golden/status.html, which xmllint and tidy also read.
 * To accept an intended change, set UPDATE_GOLDEN=1 on the command line, then read the diff.
 */
#include "metrics/pages/status/page.h"

#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "common/text.h"
#include "common/units.h"
#include "metrics/pages/exporter_metrics.h"
#include "metrics/pages/status/rates.h"
#include "metrics/rows/snapshot.h"
#include "tests/lib/fake_kernel.h"
#include "tests/lib/scratch.h"
#include "tests/unit/suite.h"

static struct fake_kernel kernel;
static struct snapshot *snapshot;
static struct rates rates;
static struct exporter_identity identity;
static struct exporter_status status;
static uint32_t entries; /* claimed so far */
static char *html;       /* the last page */

static void start_with(uint32_t max_rows)
{
	const struct snapshot_config config = {
		.table_bits = snapshot_table_bits(max_rows),
		.max_rows = max_rows,
	};

	fake_kernel_init(&kernel, config.table_bits, 2);
	kernel.view.results = true;
	kernel.view.now_ns = 100 * SECOND_NS;
	snapshot = snapshot_new(&config);
	ck_assert_ptr_nonnull(snapshot);
	rates = (struct rates){0};
	identity = (struct exporter_identity){
		.version = "1.2.3",
		.revision = "0123456789ab",
		.branch = "main",
		.mode = "lsm",
		.node = "node7.example",
		.kernel = "6.1.0-37-amd64",
		.telemetry_path = "/metrics",
		.max_rows = max_rows,
	};
	status = (struct exporter_status){
		.collected = true,
		.selfcheck_wall_ns = 1700000060000000000,
		.collect_wall_ns = 1700000100250000000,
	};
	entries = 0;
}

static void start(void)
{
	start_with(2000);
}

static void stop(void)
{
	free(html);
	html = NULL;
	rates_forget(&rates);
	snapshot_free(snapshot);
	fake_kernel_free(&kernel);
}

static uint32_t claim(uint8_t category, uint16_t family, const char *comm, uint64_t attempts)
{
	entries++;
	fake_kernel_claim(&kernel, entries, category, family, comm, entries * SECOND_NS);
	fake_kernel_count(&kernel, entries, entries % 2, attempts);
	return entries;
}

static void collect(void)
{
	ck_assert_int_eq(snapshot_collect(snapshot, &kernel.view), 0);
	rates_note(&rates, snapshot_collection(snapshot)->rows, kernel.view.now_ns);
}

/* Collects, and makes html the page. */
static void show(const char *problem)
{
	const struct status_page config = {
		.identity = &identity,
		.status = &status,
		.problem = problem,
		.rates = &rates,
		.boot_to_wall_ns = 1700000000000000000,
		.now_ns = kernel.view.now_ns,
	};
	struct text text = {0};

	collect();
	status_page_encode(&text, snapshot_collection(snapshot), &config);
	text_append(&text, "", 1);
	ck_assert(!text.failed);
	free(html);
	html = text.data;
}

static unsigned int count(const char *what)
{
	unsigned int found = 0;

	for (const char *at = html; (at = strstr(at, what)); at += strlen(what))
		found++;
	return found;
}

static void must_hold(const char *what)
{
	ck_assert_msg(strstr(html, what), "no %s", what);
}

static void must_not_hold(const char *what)
{
	ck_assert_msg(!strstr(html, what), "there is %s", what);
}

/* All but the last collection. */
static void fill_golden(void)
{
	uint32_t java;

	claim(BIND_WELL_KNOWN, AF_INET, "nginx", 4);
	claim(BIND_ABSTRACT, AF_UNIX, "dbus-daemon", 1204);
	java = claim(BIND_REGISTERED, AF_INET6, "java", 310);
	claim(BIND_NONE, AF_NETLINK, "systemd", 77);
	claim(BIND_PATHNAME, AF_UNIX, "<script>alert(1)", 1);
	claim(BIND_AUTO, AF_INET, "a\"b\\c\nd", 2);
	claim(BIND_AUTO, AF_INET, "", 3);
	claim(BIND_INVALID, 60, "\xff\xe2\x80\xae&'", 5);
	claim(BIND_NONE, AF_PACKET, "<\x1b[2J\xc2\x85\xff\n>", 6);
	fake_kernel_fail(&kernel, 1, java, EADDRINUSE, 200);
	fake_kernel_fail(&kernel, 2, java, EACCES, 7);
	fake_kernel_overflow(&kernel, 1, BIND_DYNAMIC, AF_INET, 9);
	kernel.missed[BIND_MISSED_RESULT] = 4;
	kernel.missed[BIND_MISSED_ADDRESS] = 1;
	kernel.table[java].last_s = 42;
	collect();
	fake_kernel_count(&kernel, java, 0, 60);
	kernel.view.now_ns += 20 * SECOND_NS;
}

START_TEST(page_is_golden)
{
	size_t length;
	char *golden;

	fill_golden();
	show(NULL);
	if (getenv("UPDATE_GOLDEN")) {
		remove(GOLDEN_STATUS);
		ck_assert_int_eq(scratch_write(GOLDEN_STATUS, html, strlen(html)), 0);
	}
	ck_assert_int_eq(scratch_read(GOLDEN_STATUS, &golden, &length), 0);
	ck_assert_str_eq(html, golden);
	free(golden);
}
END_TEST

/* Metrics have one name for both. Here the name is that of one of them. */
START_TEST(control_characters_have_numbers)
{
	claim(BIND_AUTO, AF_INET, "a\x1b", 1);
	claim(BIND_AUTO, AF_INET, "a\xe2\x80\xa8", 1);
	show(NULL);
	ck_assert_uint_eq(count("<bdi>a[U+001B]</bdi>") + count("<bdi>a[U+2028]</bdi>"),
			  3); /* bar, newest, row */
	must_not_hold("\xef\xbf\xbd");
}
END_TEST

START_TEST(nothing_comes_from_elsewhere)
{
	regex_t handlers;
	fill_golden();
	show(NULL);
	must_not_hold("style=");
	must_not_hold("<style");
	ck_assert_int_eq(regcomp(&handlers, "[ \"]on[a-z]+ *=", REG_EXTENDED), 0);
	ck_assert_int_ne(regexec(&handlers, html, 0, NULL, 0), 0);
	regfree(&handlers);
	must_not_hold("//static");
	must_not_hold("https:");
	ck_assert_uint_eq(count("<script"), 1);
	ck_assert_uint_eq(count("://"), 1); /* the name of XHTML's namespace */
	ck_assert_uint_eq(count("=\"./") + count("=\"../"), count("href=\"") + count("src=\""));
}
END_TEST

START_TEST(a_node_without_binds)
{
	show(NULL);
	must_hold("<span>Attempts</span> <strong>0</strong>");
	must_hold("<span>Oldest row</span> <strong>none</strong>");
	must_hold("There are no rows.");
	must_not_hold("class=\"rows\"");
	must_not_hold("class=\"chart\"");
	must_not_hold("nan");
}
END_TEST

START_TEST(says_why_it_is_not_ready)
{
	status.collected = false;
	status.selfcheck_error = -ENODATA;
	show("the hook <does> not see");
	must_hold("<p class=\"state bad\">Not ready: the hook &lt;does&gt; not see</p>");
	must_hold("<span>Last self-check</span> <strong>failed");
	must_hold("<span>Last collection</span> <strong>failed");
	must_not_hold("Counting</p>");
}
END_TEST

START_TEST(results_that_are_not_seen)
{
	kernel.view.results = false;
	claim(BIND_AUTO, AF_INET, "sshd", 5);
	show(NULL);
	must_hold("<span>Failed</span> <strong>not counted</strong>");
	must_hold("results are not counted");
	must_not_hold(">failed</th>");
	must_not_hold("Missed results");
}
END_TEST

/*
 * Two of three, in one category of two: shares are of the total, bars are relative to the longest.
 */
START_TEST(shares_and_bars)
{
	uint32_t entry;
	claim(BIND_AUTO, AF_INET, "b", 100);
	claim(BIND_AUTO, AF_INET6, "b", 100);
	entry = claim(BIND_DYNAMIC, AF_INET, "a", 100);
	fake_kernel_fail(&kernel, 1, entry, EACCES, 50);
	show(NULL);
	must_hold("<bdi>b</bdi></th><td class=\"graphic\">"
		  "<svg class=\"bar\" width=\"100%\" height=\"8\" aria-hidden=\"true\">"
		  "<rect class=\"track\" width=\"100%\" height=\"8\"/>"
		  "<rect class=\"all\" width=\"100.00%\" height=\"8\"/></svg></td>"
		  "<td>200</td><td class=\"zero\">0</td><td class=\"share\">66.7%</td>");
	must_hold("<rect class=\"all\" width=\"50.00%\" height=\"8\"/>"
		  "<rect class=\"failed\" x=\"25.00%\" width=\"25.00%\" height=\"8\"/></svg>"
		  "</td><td>100</td><td>50</td><td class=\"share\">33.3%</td>");
	must_hold("<span>Processes</span> <strong>2</strong>");
}
END_TEST

/* Many rows and long bars: the most important ones, and the number of others. */
START_TEST(the_page_has_a_bound)
{
	char comm[16];
	size_t few;

	stop();
	start_with(10000);
	for (uint32_t i = 0; i < 6000; i++) {
		memset(comm, i % 2 ? '"' : '\x01', sizeof(comm) - 1);
		snprintf(comm, sizeof(comm), "%u", i);
		comm[strlen(comm)] = '<';
		claim(BIND_WELL_KNOWN, AF_INET, comm, i + 1);
		if (i == 299) {
			show(NULL);
			few = strlen(html);
		}
	}
	show(NULL);
	ck_assert_uint_eq(count("<th scope=\"row\"><bdi>"),
			  STATUS_PAGE_ROWS + STATUS_PAGE_BARS + STATUS_PAGE_NEWEST + 2);
	must_hold("the 200 with the most attempts; 5,800 more");
	must_hold("<em>5990 more</em>");
	ck_assert_uint_lt(strlen(html), few + 4096);
	ck_assert_uint_lt(strlen(html), STATUS_PAGE_ROWS * STATUS_PAGE_ROW_BYTES);
	/* The biggest is the first of the table. */
	ck_assert_ptr_nonnull(strstr(strstr(html, "class=\"rows\""), ">5999&lt;"));
	ck_assert(strstr(strstr(html, "class=\"rows\""), ">5999&lt;") <
		  strstr(strstr(html, "class=\"rows\""), ">5998&lt;"));
	ck_assert_ptr_null(strstr(html, ">5799&lt;"));
}
END_TEST

static const struct {
	uint64_t attempts; /* in 20 s */
	const char *rate;
} speeds[] = {
	{0, "<td class=\"number zero\">0</td>"},    {1, "<td class=\"number\">3.0/min</td>"},
	{19, "<td class=\"number\">57.0/min</td>"}, {20, "<td class=\"number\">1.0/s</td>"},
	{250, "<td class=\"number\">12.5/s</td>"},  {2000000, "<td class=\"number\">100000/s</td>"},
};

START_TEST(rates_have_a_unit)
{
	claim(BIND_AUTO, AF_INET, "sshd", 5);
	show(NULL);
	must_hold("<td class=\"number zero\">–</td>");
	must_hold("rates are shown after the next refresh");
	fake_kernel_count(&kernel, 1, 0, speeds[_i].attempts);
	kernel.view.now_ns += 20 * SECOND_NS;
	show(NULL);
	must_hold(speeds[_i].rate);
	must_hold("rates over 20 s");
}
END_TEST

START_TEST(links_follow_the_telemetry_path)
{
	identity.telemetry_path = "/a/b";
	show(NULL);
	must_hold("href=\"./a/b\"");
	must_not_hold("/metrics\"");
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{page_is_golden, 0},
		{control_characters_have_numbers, 0},
		{nothing_comes_from_elsewhere, 0},
		{a_node_without_binds, 0},
		{says_why_it_is_not_ready, 0},
		{results_that_are_not_seen, 0},
		{shares_and_bars, 0},
		{the_page_has_a_bound, 0},
		{rates_have_a_unit, ARRAY_SIZE(speeds)},
		{links_follow_the_telemetry_path, 0},
	};

	return run_suite_around("status_page", start, stop, tests, ARRAY_SIZE(tests));
}
