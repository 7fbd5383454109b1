/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything at once: 8 threads bind as fast as they can, and every other bind fails. Pages are
 * collected ten times a second and read without pause, other programs are on the same hooks, and
 * another process reads maps.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/lib/page_reader.h"
#include "tests/live/bind_cases.h"
#include "tests/live/bind_load.h"
#include "tests/live/bpf_noise.h"
#include "tests/live/live_results.h"
#include "tests/live/live_test.h"
#include "tests/live/scraper.h"

#define THREADS       8
#define CASES_MAX     16
#define DEFAULT_BINDS 2000 /* of every thread */
#define ROUND_COUNT   10
#define NOISES        2

static const char *const flags[] = {"--collect.interval=100ms", "--selfcheck.interval=1h", NULL};

static unsigned int binds_per_thread(void)
{
	const char *text = getenv("SBE_STORM_BINDS");
	unsigned int binds = text ? (unsigned int)strtoul(text, NULL, 10) : 0;

	return binds ? binds : DEFAULT_BINDS;
}

/* Each failing case, and with successes as many times the succeeding one in between. */
static size_t choose(bool successes, const struct bind_case **cases)
{
	const struct bind_case *success = bind_case_find("result_success");
	size_t n = 0, i;

	for (i = 0; i < bind_results_n; i++) {
		if (&bind_results[i] == success)
			continue;
		if (successes)
			cases[n++] = success;
		cases[n++] = &bind_results[i];
	}
	return n;
}

static void start_noise(struct noise *noises[NOISES])
{
	static const unsigned int kinds[NOISES] = {NOISE_PROGRAMS, NOISE_READER};
	int i;

	for (i = 0; i < NOISES; i++) {
		const struct noise_setup setup = {.kinds = kinds[i]};
		int error = noise_start(&setup, &noises[i]);

		/* Where the exporter's LSM program runs, these must run, too. */
		ck_assert_msg(!error || strcmp(live.mode, "lsm"), "no noise: %s", strerror(-error));
		if (error)
			live_skip("%s: %s", i ? "no reader of maps" : "no other BPF programs",
				  strerror(-error));
	}
}

static void stop_noise(struct noise *noises[NOISES])
{
	int i;

	for (i = 0; i < NOISES; i++) {
		struct noise_report report;

		if (!noises[i])
			continue;
		ck_assert_int_eq(noise_stop(noises[i], &report), 0);
		ck_assert_uint_gt(report.runs + report.reads, 0);
		printf("other programs ran %" PRIu64 " times, another reader called %" PRIu64
		       " times\n",
		       report.runs, report.reads);
	}
}

static void stop_scraper(struct scraper *scraper)
{
	char problem[SCRAPER_PROBLEM_MAX];
	unsigned int pages;
	int error = scraper_stop(scraper, &pages, problem);

	ck_assert_msg(!error, "page %u of a reader: %s", pages, problem);
	printf("a reader read %u pages\n", pages);
}

/*
 * Pages are made periodically. This waits for a page of a few collections later: skipped attempts
 * may be shown a little late, when nothing can reduce them any more.
 */
#define SETTLED_SECONDS 1
#define RESULT_SECONDS  12 /* until a missed result is known as missed */

static char *later_page(const struct exporter *exporter)
{
	const char *metric = "socket_bind_exporter_collect_timestamp_seconds";
	struct timespec now;
	double collected = 0;
	char *page = NULL;

	clock_gettime(CLOCK_REALTIME, &now);
	do {
		free(page);
		usleep(50000);
		page = live_page(exporter);
		ck_assert_int_eq(page_number(page, metric, &collected), 0);
	} while (collected < (double)(now.tv_sec + SETTLED_SECONDS) + (double)now.tv_nsec / 1e9);
	return page;
}

static void check_storm(const struct bind_load *load, bool noisy, bool settled)
{
	struct noise *noises[NOISES] = {NULL};
	uint64_t made[CASES_MAX] = {0};
	struct exporter exporter = {0};
	struct scraper *scraper;
	struct losses before;
	char *page;

	if (noisy)
		start_noise(noises);
	live_start(&exporter, flags);
	before = live_losses(&exporter);
	ck_assert_int_eq(scraper_start(exporter.port, &scraper), 0);
	ck_assert_int_eq(bind_load_run(load, made), 0);
	stop_scraper(scraper);
	if (settled && live.preempts)
		sleep(RESULT_SECONDS);
	page = later_page(&exporter);
	assert_load(page, load, made, &before, noises[1], settled);
	free(page);
	stop_noise(noises);
	live_stop(&exporter);
}

static const struct {
	const char *name;
	bool successes;
	bool noisy;
} storms[] = {
	{"calm", true, false},
	{"storm", true, true},
	{"failing", false, true},
};

#define STORMS ((int)(sizeof(storms) / sizeof(storms[0])))

START_TEST(storm)
{
	const struct bind_case *cases[CASES_MAX];
	size_t cases_n = choose(storms[_i].successes, cases);
	unsigned int round = ROUND_COUNT * (unsigned int)cases_n;
	unsigned int rounds = round ? (binds_per_thread() + round - 1) / round : 0;
	char comm[COMM_SIZE];
	const struct bind_load load = {
		.comm = live_comm(storms[_i].name, comm),
		.cases = cases,
		.cases_n = cases_n,
		.count = ROUND_COUNT,
		.rounds = rounds,
		.threads = THREADS,
		.barrier = true,
	};
	time_t begin = time(NULL);

	check_storm(&load, storms[_i].noisy, !storms[_i].successes);
	/* On such a kernel, some attempts that a tracepoint program missed remain unknown. */
	if (storms[_i].noisy)
		live_promise(storms[_i].successes ? "attempts" : "results",
			     !strcmp(live.mode, "tracepoint") && live.preempts ? "best effort"
									       : NULL);
	printf("%s: %d threads x %u binds, %ld s\n", storms[_i].name, THREADS, rounds * round,
	       (long)(time(NULL) - begin));
}
END_TEST

TCase *storm_tests(void)
{
	TCase *tcase = live_tcase("storm", 120);

	tcase_add_loop_test(tcase, storm, 0, STORMS);
	return tcase;
}

void storm_promises(TCase *tcase)
{
	tcase_add_loop_test(tcase, storm, 1, STORMS);
}
