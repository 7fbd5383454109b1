/* SPDX-License-Identifier: Apache-2.0 */
/* Exactness under load: many threads at once, races for new names, readers without pause. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/lib/page_reader.h"
#include "tests/live/bind_cases.h"
#include "tests/live/bind_load.h"
#include "tests/live/live_test.h"
#include "tests/live/scraper.h"

#define SCRAPERS          2
#define GENERATIONS       20
#define MONOTONIC_PAGES   200
#define MONOTONIC_SECONDS 20

static void start_scrapers(struct scraper *scrapers[SCRAPERS])
{
	int i;

	for (i = 0; i < SCRAPERS; i++)
		ck_assert_int_eq(scraper_start(EXPORTER_PORT, &scrapers[i]), 0);
}

static void stop_scrapers(struct scraper *scrapers[SCRAPERS])
{
	char problem[SCRAPER_PROBLEM_MAX];
	unsigned int pages;
	int i, error;

	for (i = 0; i < SCRAPERS; i++) {
		error = scraper_stop(scrapers[i], &pages, problem);
		ck_assert_msg(!error, "page %u of a reader: %s", pages, problem);
		ck_assert_uint_gt(pages, 0);
		printf("a reader read %u pages\n", pages);
	}
}

/*
 * Turns off self-checks while these tests run: they are binds too, and a skipped one would be in
 * the missed counter.
 */
static const char *const quiet[] = {"--selfcheck.interval=1h", NULL};

static const char *const alone[] = {"--selfcheck.interval=1h", "--bpf.results=none", NULL};

/* With the exit fallback, and without it: skipped attempts are then counted as missed. */
START_TEST(many_threads)
{
	const struct bind_case *bind_case = bind_case_find("inet_port_80");
	struct bind_load load = {
		.cases = &bind_case,
		.cases_n = 1,
		.count = 5000,
		.threads = 8,
		.barrier = true,
	};
	struct scraper *scrapers[SCRAPERS];
	struct exporter exporter = {0};
	char comm[COMM_SIZE], *page;
	uint64_t made, missed;

	live_start(&exporter, _i ? alone : quiet);
	missed = live_missed(&exporter);
	start_scrapers(scrapers);
	load.comm = live_comm("threads", comm);
	ck_assert_int_eq(bind_load_run(&load, &made), 0);
	stop_scrapers(scrapers);
	ck_assert_uint_eq(made, 40000);
	page = live_page(&exporter);
	assert_exact("8 threads", attempts_of(page, "well_known", "inet", comm),
		     missed_attempts(page) - missed, made);
	if (_i && live.preempts && !strcmp(live.mode, "fentry"))
		ck_assert_uint_gt(missed_attempts(page), missed);
	ck_assert_uint_eq(attempts_of_comm(page, comm),
			  attempts_of(page, "well_known", "inet", comm));
	free(page);
	live_stop(&exporter);
}
END_TEST

static void generation_comm(int generation, char ret_comm[COMM_SIZE])
{
	char suffix[16];

	snprintf(suffix, sizeof(suffix), "gen%d", generation);
	live_comm(suffix, ret_comm);
}

/* Sixteen threads of four processes with one new name begin at the same moment. */
static uint64_t run_generation(int generation)
{
	const struct bind_case *bind_case = bind_case_find("unix_family_inet");
	char comm[COMM_SIZE];
	struct bind_load load = {
		.comm = comm,
		.cases = &bind_case,
		.cases_n = 1,
		.count = 100,
		.processes = 4,
		.threads = 4,
		.barrier = true,
	};
	uint64_t made = 0;

	generation_comm(generation, comm);
	ck_assert_int_eq(bind_load_run(&load, &made), 0);
	return made;
}

START_TEST(new_names)
{
	uint64_t made[GENERATIONS], counted = 0, all = 0, missed, own;
	struct scraper *scrapers[SCRAPERS];
	struct exporter exporter = {0};
	char comm[COMM_SIZE], *page;
	int i;

	live_start(&exporter, quiet);
	missed = live_missed(&exporter);
	start_scrapers(scrapers);
	for (i = 0; i < GENERATIONS; i++)
		made[i] = run_generation(i);
	stop_scrapers(scrapers);
	page = live_page(&exporter);
	for (i = 0; i < GENERATIONS; i++) {
		generation_comm(i, comm);
		own = attempts_of(page, "invalid", "unix", comm);
		ck_assert_msg(own <= made[i], "generation %d: %" PRIu64 " counted of %" PRIu64, i,
			      own, made[i]);
		counted += own;
		all += made[i];
	}
	ck_assert_uint_eq(all, GENERATIONS * 1600);
	assert_exact("20 generations", counted, missed_attempts(page) - missed, all);
	free(page);
	live_stop(&exporter);
}
END_TEST

/* New names appear, old ones continue to count, hundreds of pages are read. */
START_TEST(counters_never_fall)
{
	struct scraper *scrapers[SCRAPERS];
	struct exporter exporter = {0};
	time_t end = time(NULL) + MONOTONIC_SECONDS;
	int generation = 0;

	live_start(&exporter, (const char *const[]){"--selfcheck.interval=100ms", NULL});
	start_scrapers(scrapers);
	while (time(NULL) < end && (scraper_pages(scrapers[0]) < MONOTONIC_PAGES ||
				    scraper_pages(scrapers[1]) < MONOTONIC_PAGES))
		run_generation(generation++ % 60);
	printf("%d loads\n", generation);
	stop_scrapers(scrapers);
	live_stop(&exporter);
}
END_TEST

/* The same with periodic collection, at the shortest interval. */
START_TEST(counters_never_fall_by_the_clock)
{
	struct scraper *scrapers[SCRAPERS];
	struct exporter exporter = {0};
	int generation;

	live_start(&exporter, (const char *const[]){"--collect.interval=1ms", NULL});
	start_scrapers(scrapers);
	for (generation = 0; generation < GENERATIONS; generation++)
		run_generation(generation);
	stop_scrapers(scrapers);
	live_stop(&exporter);
}
END_TEST

TCase *race_tests(void)
{
	TCase *tcase = live_tcase("races", 120);

	tcase_add_loop_test(tcase, many_threads, 0, 2);
	tcase_add_test(tcase, new_names);
	tcase_add_test(tcase, counters_never_fall);
	tcase_add_test(tcase, counters_never_fall_by_the_clock);
	return tcase;
}
