/* SPDX-License-Identifier: Apache-2.0 */
/* How binds end: every failure is counted once, under its errno. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/page_reader.h"
#include "tests/live/bind_cases.h"
#include "tests/live/bind_load.h"
#include "tests/live/live_results.h"
#include "tests/live/live_test.h"

#define CASES_MAX 16

/*
 * Turns off self-checks while these tests run: they are binds too, and a skipped one would be in
 * the missed counter.
 */
static const char *const quiet[] = {"--selfcheck.interval=1h", NULL};

/* All cases that end with 0, or all that end with an errno. Returns their number. */
static size_t choose(bool failing, const struct bind_case **cases)
{
	size_t n = 0, i;

	for (i = 0; i < bind_results_n; i++)
		if (!failing || bind_results[i].error)
			cases[n++] = &bind_results[i];
	return n;
}

static void check_load(struct bind_load *load, const char *name)
{
	struct exporter exporter = {0};
	char comm[COMM_SIZE], *page;
	uint64_t made[CASES_MAX];
	struct losses before;
	int error;

	live_start(&exporter, quiet);
	before = live_losses(&exporter);
	load->comm = live_comm(name, comm);
	error = bind_load_run(load, made);
	ck_assert_msg(!error, "%s: %s", name, strerror(-error));
	page = live_page(&exporter);
	assert_load(page, load, made, &before, false, false);
	free(page);
	live_stop(&exporter);
}

START_TEST(each_result)
{
	const struct bind_case *bind_case = &bind_results[_i];
	struct bind_load load = {.cases = &bind_case, .cases_n = 1, .count = 7};

	check_load(&load, "each");
}
END_TEST

START_TEST(mixed_results)
{
	const struct bind_case *cases[CASES_MAX];
	struct bind_load load = {
		.cases = cases,
		.cases_n = choose(false, cases),
		.count = 3,
		.rounds = 100,
		.threads = 8,
		.barrier = true,
	};

	check_load(&load, "mixed");
}
END_TEST

/* The sum has no other part: attempts are failures and missed results. */
START_TEST(nothing_succeeds)
{
	const struct bind_case *cases[CASES_MAX];
	struct bind_load load = {
		.cases = cases,
		.cases_n = choose(true, cases),
		.count = 3,
		.rounds = 100,
		.threads = 8,
		.barrier = true,
	};

	check_load(&load, "failing");
}
END_TEST

/* Many tasks that end right after their last bind leave nothing behind. */
START_TEST(many_processes)
{
	const struct bind_case *cases[CASES_MAX];
	struct bind_load load = {
		.cases = cases,
		.cases_n = choose(true, cases),
		.count = 1,
		.processes = 60,
	};

	check_load(&load, "shortlived");
}
END_TEST

/* A process is root in its own user namespace, but not in this network namespace. */
START_TEST(foreign_root)
{
	const struct bind_case *bind_case = bind_case_find("inet_port_80");
	struct bind_load load = {
		.cases = &bind_case,
		.cases_n = 1,
		.count = 6,
		.clone_flags = CLONE_NEWUSER | CLONE_NEWPID,
	};
	struct exporter exporter = {0};
	char comm[COMM_SIZE], *page;
	uint64_t made = 0;
	int error;

	live_start(&exporter, quiet);
	load.comm = live_comm("userns", comm);
	error = bind_load_run(&load, &made);
	page = live_page(&exporter);
	if (error) {
		live_skip("no user namespaces here: %s", strerror(-error));
	} else {
		ck_assert_uint_eq(attempts_of(page, "well_known", "inet", comm), made);
		if (live_sees_results(page))
			ck_assert_uint_eq(failures_of(page, "well_known", "inet", comm, EACCES),
					  made);
	}
	free(page);
	live_stop(&exporter);
}
END_TEST

/* In every mode that cannot see something, its metric is absent, never 0. */
START_TEST(page_keeps_its_word)
{
	struct exporter exporter = {0};
	char comm[COMM_SIZE], *page;
	uint64_t made;

	live_start(&exporter, quiet);
	ck_assert_int_eq(bind_load_simple(live_comm("word", comm), "result_taken_port", 3, &made),
			 0);
	page = live_page(&exporter);
	if (live_sees_results(page))
		ck_assert_uint_gt(page_count(page, "socket_bind_failures_total", NULL), 0);
	else
		ck_assert_uint_eq(page_count(page, "socket_bind_failures_total", NULL), 0);
	free(page);
	live_stop(&exporter);
}
END_TEST

TCase *result_tests(void)
{
	TCase *tcase = live_tcase("results", 60);

	tcase_add_loop_test(tcase, each_result, 0, (int)bind_results_n);
	tcase_add_test(tcase, mixed_results);
	tcase_add_test(tcase, nothing_succeeds);
	tcase_add_test(tcase, many_processes);
	tcase_add_test(tcase, foreign_root);
	tcase_add_test(tcase, page_keeps_its_word);
	return tcase;
}
