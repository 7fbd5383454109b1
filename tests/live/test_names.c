/* SPDX-License-Identifier: Apache-2.0 */
/* Binds are counted under the name of their process, whatever it contains, or of their thread. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/live/bind_cases.h"
#include "tests/live/bind_load.h"
#include "tests/live/live_test.h"

/* Names that are hard to show. {after the tag, as a label value with escapes} */
static const struct {
	const char *raw;
	const char *label;
} names[] = {
	{"plain", "plain"},
	{"a b{c}=", "a b{c}="},
	{"q\"q", "q\\\"q"},
	{"\"", "\\\""},
	{"b\\b", "b\\\\b"},
	{"b\\", "b\\\\"},
	{"\\n", "\\\\n"},
	{"n\nn", "n\\nn"},
	{"\n", "\\n"},
	{"\t\r\x01\x7f", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
	{"\xc2\x85\xe2\x80\xa8", "\xef\xbf\xbd\xef\xbf\xbd"},
	{"caf\xc3\xa9", "caf\xc3\xa9"},
	{"\xe2\x82\xac\xf0\x9f\x90\xa7", "\xe2\x82\xac\xf0\x9f\x90\xa7"},
	{"x\xffx", "x\xef\xbf\xbdx"},
	{"\xc3(", "\xef\xbf\xbd("},
	/* Fifteen bytes: the kernel keeps only the first half of the last character. */
	{"cut678901\xc3\xa9", "cut678901\xef\xbf\xbd"},
	{"(other)", "(other)"},
	{"", ""},
};

/* Cases of several families. Other tests try all cases. */
static const char *const name_cases[] = {"inet_port_80", "inet6_port_0", "unix_abstract", "netlink",
					 "inet_length_2"};

#define NAME_CASES_N ARRAY_SIZE(name_cases)

static void find_cases(const struct bind_case **cases)
{
	size_t i;

	for (i = 0; i < NAME_CASES_N; i++)
		cases[i] = bind_case_find(name_cases[i]);
}

static void run_named(const char *comm, unsigned int count, uint64_t *made)
{
	const struct bind_case *cases[NAME_CASES_N];
	struct bind_load load = {
		.comm = comm,
		.cases = cases,
		.cases_n = NAME_CASES_N,
		.count = count,
	};
	int error;

	find_cases(cases);
	error = bind_load_run(&load, made);
	ck_assert_msg(!error, "%s", strerror(-error));
}

static void check_named(const char *page, const char *label, const uint64_t *made)
{
	const struct bind_case *cases[NAME_CASES_N];
	uint64_t sum = 0, value;
	size_t i;

	find_cases(cases);
	for (i = 0; i < NAME_CASES_N; i++) {
		value = attempts_of(page, cases[i]->category, cases[i]->family, label);
		ck_assert_msg(value == made[i],
			      "comm=\"%s\": %" PRIu64 " attempts of %s, not %" PRIu64, label, value,
			      cases[i]->name, made[i]);
		sum += made[i];
	}
	ck_assert_uint_eq(attempts_of_comm(page, label), sum);
}

START_TEST(telling_names)
{
	uint64_t made[ARRAY_SIZE(names)][NAME_CASES_N];
	struct exporter exporter = {0};
	char comm[COMM_SIZE], label[SERIES_MAX], *page;
	size_t i;

	live_start(&exporter, NULL);
	for (i = 0; i < ARRAY_SIZE(names); i++)
		run_named(live_comm(names[i].raw, comm), (unsigned int)i + 1, made[i]);
	page = live_page(&exporter);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(label, sizeof(label), "%s%s", live.tag, names[i].label);
		check_named(page, label, made[i]);
	}
	free(page);
	live_stop(&exporter);
}
END_TEST

/* These two cannot carry the tag. No other process has such a name. */
START_TEST(names_without_tag)
{
	static const struct {
		const char *raw, *label;
	} bare[] = {{"", ""}, {"(other)", "\\\\(other)"}};
	uint64_t made[NAME_CASES_N];
	struct exporter exporter = {0};
	char *page;
	size_t i;

	live_start(&exporter, NULL);
	for (i = 0; i < 2; i++) {
		run_named(bare[i].raw, 4, made);
		page = live_page(&exporter);
		check_named(page, bare[i].label, made);
		free(page);
	}
	live_stop(&exporter);
}
END_TEST

/* Two names that look alike are one series: a duplicate would make Prometheus drop the page. */
START_TEST(names_that_merge)
{
	static const char *const alike[] = {"m\xff", "m\xfe", "m\x1b", "m\xc2\x9f",
					    "m\xef\xbf\xbd"};
	uint64_t made[NAME_CASES_N], sum[NAME_CASES_N] = {0};
	struct exporter exporter = {0};
	char comm[COMM_SIZE], label[SERIES_MAX], *page;
	size_t i, j;

	live_start(&exporter, NULL);
	snprintf(label, sizeof(label), "%sm\xef\xbf\xbd", live.tag);
	for (i = 0; i < ARRAY_SIZE(alike); i++) {
		run_named(live_comm(alike[i], comm), 10, made);
		for (j = 0; j < NAME_CASES_N; j++)
			sum[j] += made[j];
		page = live_page(&exporter);
		check_named(page, label, sum);
		free(page);
	}
	live_stop(&exporter);
}
END_TEST

/* Runs one process, whose main thread and other threads have different names. */
static uint64_t run_threads(const char *leader, const char *threads)
{
	const struct bind_case *bind_case = bind_case_find("inet_port_0");
	uint64_t made = 0;
	struct bind_load load = {
		.comm = leader,
		.thread_comm = threads,
		.cases = &bind_case,
		.cases_n = 1,
		.count = 5,
		.threads = 3,
	};

	ck_assert_int_eq(bind_load_run(&load, &made), 0);
	ck_assert_uint_eq(made, 15);
	return made;
}

static const struct {
	const char *flag;
	bool thread;
} sources[] = {{NULL, false}, {"--comm.source=process", false}, {"--comm.source=thread", true}};

START_TEST(names_of_threads)
{
	const char *const flags[] = {sources[_i].flag, NULL};
	char leader[COMM_SIZE], thread[COMM_SIZE], *page;
	struct exporter exporter = {0};
	uint64_t made, missed;

	live_comm("leader", leader);
	live_comm("thread", thread);
	live_start(&exporter, flags);
	missed = live_missed(&exporter);
	made = run_threads(leader, thread);
	page = live_page(&exporter);
	assert_exact("three threads",
		     attempts_of(page, "auto", "inet", sources[_i].thread ? thread : leader),
		     missed_attempts(page) - missed, made);
	ck_assert_uint_eq(attempts_of_comm(page, sources[_i].thread ? leader : thread), 0);
	free(page);
	live_stop(&exporter);
}
END_TEST

void name_tests(TCase *tcase)
{
	tcase_add_test(tcase, telling_names);
	tcase_add_test(tcase, names_without_tag);
	tcase_add_test(tcase, names_that_merge);
	tcase_add_loop_test(tcase, names_of_threads, 0, ARRAY_SIZE(sources));
}
