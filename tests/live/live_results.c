/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/live/live_results.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/page_reader.h"
#include "tests/live/bind_cases.h"
#include "tests/live/bind_load.h"
#include "tests/live/live_test.h"

struct losses losses_of(const char *page)
{
	return (struct losses){
		.attempts = missed_attempts(page),
		.results = page_sum(page, "socket_bind_exporter_missed_results_total", NULL),
		.denials = page_sum(page, "socket_bind_exporter_missed_denials_total", NULL),
	};
}

struct losses live_losses(const struct exporter *exporter)
{
	char *page = live_page(exporter);
	struct losses losses = losses_of(page);

	free(page);
	return losses;
}

struct losses losses_since(const char *page, const struct losses *before)
{
	struct losses now = losses_of(page);

	now.attempts -= before->attempts;
	now.results -= before->results;
	now.denials -= before->denials;
	return now;
}

bool live_sees_results(const char *page)
{
	static bool said;

	if (page_count(page, "socket_bind_exporter_attach_info", "results=\"all\"", NULL))
		return true;
	if (!said)
		live_skip("how binds end: not seen in %s mode here", live.mode);
	said = true;
	return false;
}

uint64_t failures_of(const char *page, const char *category, const char *family, const char *comm,
		     int error)
{
	const char *name = strerrorname_np(error);
	char row[SERIES_MAX], label[64];

	snprintf(row, sizeof(row), "{category=\"%s\",family=\"%s\",comm=\"%s\",", category, family,
		 comm);
	if (name)
		snprintf(label, sizeof(label), ",errno=\"%s\"}", name);
	else
		snprintf(label, sizeof(label), ",errno=\"%d\"}", error);
	return page_sum(page, "socket_bind_failures_total", row, label, NULL);
}

uint64_t failures_of_comm(const char *page, const char *comm)
{
	char label[SERIES_MAX];

	snprintf(label, sizeof(label), ",comm=\"%s\",", comm);
	return page_sum(page, "socket_bind_failures_total", label, NULL);
}

/* Sums of a whole load. */
struct balance {
	uint64_t made, counted;
	uint64_t failing, failed; /* made so that they fail, and counted as failures */
	uint64_t holding;         /* binds of bind_load_run() itself, which succeed */
};

static bool same_row(const struct bind_case *a, const struct bind_case *b)
{
	return !strcmp(a->category, b->category) && !strcmp(a->family, b->family);
}

/*
 * Attempts of all cases that share the row of the case at index. They are checked with the first of
 * these cases; 0 for the others.
 */
static uint64_t made_of_row(const struct bind_load *load, const uint64_t *made, size_t index,
			    bool of_errno)
{
	const struct bind_case *first = load->cases[index];
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < load->cases_n; i++) {
		if (!same_row(load->cases[i], first) ||
		    (of_errno && load->cases[i]->error != first->error))
			continue;
		if (i < index)
			return 0;
		sum += made[i];
	}
	return sum;
}

static uint64_t at_most(const char *what, const struct bind_case *bind_case, uint64_t counted,
			uint64_t made)
{
	ck_assert_msg(counted <= made, "%s of %s: %" PRIu64 " counted, only %" PRIu64 " made", what,
		      bind_case->name, counted, made);
	return counted;
}

static struct balance balance_of(const char *page, const struct bind_load *load,
				 const uint64_t *made)
{
	struct balance sum = {0};
	size_t i;

	for (i = 0; i < load->cases_n; i++) {
		const struct bind_case *c = load->cases[i];
		uint64_t row = made_of_row(load, made, i, false);
		uint64_t failures = c->error ? made_of_row(load, made, i, true) : 0;

		sum.made += row;
		sum.holding += c->circumstance == BIND_TAKEN;
		sum.failing += failures;
		if (row)
			sum.counted +=
				at_most("attempts", c,
					attempts_of(page, c->category, c->family, load->comm), row);
		if (failures)
			sum.failed += at_most(
				"failures", c,
				failures_of(page, c->category, c->family, load->comm, c->error),
				failures);
	}
	return sum;
}

/* A kernel that pre-empts skips tracepoint programs, and does not report it before 6.7. */
static bool best_effort(void)
{
	return !strcmp(live.mode, "tracepoint") && live.preempts && !live.counts_skips;
}

static void assert_attempts(const struct balance *sum, const struct losses *lost, bool disturbed)
{
	bool skipped = disturbed && live.preempts && !strcmp(live.mode, "kprobe");

	if (!skipped) {
		assert_exact("the load", sum->counted, lost->attempts, sum->made);
		return;
	}
	printf("%" PRIu64 " made, %" PRIu64 " counted, %" PRIu64 " missed beside bpf(2)\n",
	       sum->made, sum->counted, lost->attempts);
	ck_assert_uint_eq(sum->counted + lost->attempts, sum->made);
}

/*
 * An attempt that was not counted has no result to count either. The program for the result can be
 * skipped as well; such a result is among the missed results, at once if the thread binds again,
 * otherwise after about ten seconds. failed: failures in any row. unsettled: how many may not be
 * counted yet.
 */
static void assert_failures(const struct balance *sum, const struct losses *lost, uint64_t failed,
			    uint64_t unsettled)
{
	uint64_t uncounted = sum->made - sum->counted;

	if (sum->failed != sum->failing)
		fprintf(stderr,
			"%" PRIu64 " fail, %" PRIu64 " counted, %" PRIu64 " missed results (%s)\n",
			sum->failing, sum->failed, lost->results, live.mode);
	if (!live.preempts)
		ck_assert_uint_eq(sum->failed, sum->failing);
	if (best_effort())
		return;
	ck_assert_msg(failed + lost->results + uncounted + unsettled >= sum->failing,
		      "%" PRIu64 " failures and %" PRIu64 " missed results of %" PRIu64
		      ", with %" PRIu64 " attempts not counted",
		      failed, lost->results, sum->failing, uncounted);
	if (sum->failing != sum->made)
		return;
	/*
	 * No bind of the load succeeds and none is in flight: every counted attempt is accounted
	 * for. Results of the binds that hold taken addresses can be missed, too.
	 */
	ck_assert_msg(failed + lost->results + unsettled >= sum->counted &&
			      failed + lost->results <= sum->counted + uncounted + sum->holding,
		      "%" PRIu64 " attempts, but %" PRIu64 " failures and %" PRIu64
		      " missed results, with %" PRIu64 " attempts not counted",
		      sum->counted, failed, lost->results, uncounted);
}

static void print_rows(const char *page, const char *comm)
{
	const char *line, *end;
	char label[SERIES_MAX];

	snprintf(label, sizeof(label), "comm=\"%s\"", comm);
	for (line = page; (end = strchr(line, '\n')); line = end + 1) {
		const char *found = strstr(line, label);

		if (*line != '#' && found && found < end)
			fprintf(stderr, "%.*s\n", (int)(end - line), line);
	}
}

/*
 * A row or errno without failing attempts has no failures. But a call that was not counted can pass
 * its result to the thread's previous call, if the result of that one was not seen. In tracepoint
 * mode on a kernel that pre-empts, no limit for this is known.
 */
static void assert_no_others(const char *page, const char *comm, uint64_t failed,
			     uint64_t uncounted)
{
	uint64_t all = failures_of_comm(page, comm);

	if (all == failed)
		return;
	fprintf(stderr, "%" PRIu64 " failures are in rows where none was made:\n", all - failed);
	print_rows(page, comm);
	ck_assert_uint_ge(all, failed);
	ck_assert_msg(all - failed <= uncounted ||
			      (live.preempts && !strcmp(live.mode, "tracepoint")),
		      "%" PRIu64 " failures in all, %" PRIu64 " where some were made", all, failed);
}

void assert_load(const char *page, const struct bind_load *load, const uint64_t *made,
		 const struct losses *before, bool disturbed, bool settled)
{
	struct balance sum = balance_of(page, load, made);
	struct losses lost = losses_since(page, before);

	assert_attempts(&sum, &lost, disturbed);
	ck_assert_uint_eq(attempts_of_comm(page, load->comm), sum.counted);
	if (!live_sees_results(page))
		return;
	assert_no_others(page, load->comm, sum.failed, sum.made - sum.counted);
	/* The last call of every thread. */
	assert_failures(&sum, &lost, failures_of_comm(page, load->comm),
			live.preempts && !settled
				? (uint64_t)(load->threads + 1) * (load->processes + 1)
				: 0);
}
