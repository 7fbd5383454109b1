/* SPDX-License-Identifier: Apache-2.0 */
/* Every bind is counted once, under the right category and family. */
#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/lib/page_reader.h"
#include "tests/live/bind_cases.h"
#include "tests/live/bind_load.h"
#include "tests/live/live_results.h"
#include "tests/live/live_test.h"

#define EVERY_CASE_COUNT 3

static uint64_t made_of(const char *comm, const char *case_name, unsigned int count)
{
	uint64_t made = 0;
	int error = bind_load_simple(comm, case_name, count, &made);

	ck_assert_msg(!error, "%s: %s", case_name, strerror(-error));
	return made;
}

/* Each case has its own process name, so that a wrong label shows which case it is. */
static const char *comm_of_case(size_t index, char ret_comm[COMM_SIZE])
{
	char suffix[24];

	snprintf(suffix, sizeof(suffix), "-%zu", index);
	return live_comm(suffix, ret_comm);
}

static bool case_is_counted(const char *page, size_t index, uint64_t made)
{
	const struct bind_case *bind_case = &bind_cases[index];
	char comm[COMM_SIZE];
	uint64_t there, anywhere;

	comm_of_case(index, comm);
	there = attempts_of(page, bind_case->category, bind_case->family, comm);
	anywhere = attempts_of_comm(page, comm);
	if (there == made && anywhere == made)
		return true;
	if (bind_case->may_be_denied && !anywhere && !strcmp(live.mode, "lsm") &&
	    !live_sees_results(page)) {
		live_skip("%s: denied by a security module that is asked before bpf",
			  bind_case->name);
		return true;
	}
	fprintf(stderr,
		"%s: %" PRIu64 " made, %" PRIu64 " under category=\"%s\",family=\"%s\", %" PRIu64
		" in all\n",
		bind_case->name, made, there, bind_case->category, bind_case->family, anywhere);
	return false;
}

START_TEST(every_case_is_counted)
{
	uint64_t *made = calloc(bind_cases_n, sizeof(*made));
	struct exporter exporter = {0};
	unsigned int wrong = 0;
	char comm[COMM_SIZE], *page;
	size_t i;

	live_start(&exporter, NULL);
	for (i = 0; i < bind_cases_n; i++) {
		made[i] = made_of(comm_of_case(i, comm), bind_cases[i].name, EVERY_CASE_COUNT);
		if (!made[i])
			live_skip("%s: no such sockets here", bind_cases[i].name);
	}
	page = live_page(&exporter);
	for (i = 0; i < bind_cases_n; i++)
		wrong += !case_is_counted(page, i, made[i]);
	ck_assert_msg(!wrong, "%u cases are not counted as they should be", wrong);
	free(page);
	free(made);
	live_stop(&exporter);
}
END_TEST

static bool is_refusal(int error)
{
	return error == -EINVAL || error == -EAFNOSUPPORT || error == -EFAULT;
}

/* Compares the table with the kernel itself, without an exporter. */
START_TEST(table_agrees_with_kernel)
{
	const struct bind_case *bind_case = &bind_cases[_i];
	bool invalid = !strcmp(bind_case->category, "invalid");
	union bind_address address;
	int length = bind_case_address(bind_case, live.scratch, &address);
	int fd = bind_case_open(bind_case);
	int error;

	if (fd < 0)
		return;
	error = bind_case_attempt(bind_case, fd, &address, length);
	close(fd);
	ck_assert_msg(bind_case->odd || is_refusal(error) == invalid,
		      "%s is called %s, and the kernel says: %s", bind_case->name,
		      bind_case->category, strerror(-error));
}
END_TEST

/* The clock makes the page, not the scrape: it appears within little more than a period. */
START_TEST(default_interval)
{
	const char *const flags[] = {"--collect.interval=1s", NULL};
	struct exporter exporter = {0};
	char comm[COMM_SIZE], *page;
	uint64_t made, counted = 0;
	int tries;

	live_start(&exporter, flags);
	made = made_of(live_comm("clock", comm), "inet_port_80", 9);
	for (tries = 0; tries < 50 && counted != made; tries++) {
		sleep_ms(100);
		page = live_page(&exporter);
		counted = attempts_of(page, "well_known", "inet", comm);
		free(page);
	}
	ck_assert_uint_eq(counted, made);
	ck_assert_msg(tries <= 25, "seen after %d tenths of a second", tries);
	live_stop(&exporter);
}
END_TEST

static double first_attempt(const char *page, const char *comm)
{
	char series[SERIES_MAX];
	double seconds = 0;
	int error;

	snprintf(series, sizeof(series),
		 "socket_bind_first_attempt_timestamp_seconds{category=\"well_known\","
		 "family=\"inet\",comm=\"%s\"}",
		 comm);
	error = page_number(page, series, &seconds);
	ck_assert_msg(!error, "%s: %s", series, strerror(-error));
	return seconds;
}

START_TEST(first_attempt_timestamp)
{
	struct exporter exporter = {0};
	char comm[COMM_SIZE], *page;
	double first, before, after;
	int i;

	live_start(&exporter, NULL);
	before = (double)time(NULL);
	made_of(live_comm("first", comm), "inet_port_80", 1);
	after = (double)time(NULL) + 1;
	page = live_page(&exporter);
	first = first_attempt(page, comm);
	/* There are two clocks, one of which is stepped now and then: allow a little slack. */
	ck_assert_msg(first > before - 1 && first < after + 1, "%f is not from %f to %f", first,
		      before, after);
	ck_assert_uint_eq(page_count(page, "socket_bind_first_attempt_timestamp_seconds", NULL),
			  page_count(page, "socket_bind_attempts_total", NULL));
	free(page);
	for (i = 0; i < 3; i++) {
		made_of(comm, "inet_port_80", 1);
		page = live_page(&exporter);
		ck_assert_double_eq(first_attempt(page, comm), first);
		free(page);
	}
	live_stop(&exporter);
}
END_TEST

/* In namespaces of its own, a process has another pid, and possibly another user. */
START_TEST(other_namespaces)
{
	static const struct {
		const char *name;
		unsigned long flags;
	} places[] = {
		{"pid", CLONE_NEWPID},
		{"pidnet", CLONE_NEWPID | CLONE_NEWNET},
		{"user", CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWUSER},
	};
	const struct bind_case *bind_case = bind_case_find("inet_port_80");
	struct bind_load load = {.cases = &bind_case, .cases_n = 1, .count = 6, .processes = 2};
	struct exporter exporter = {0};
	char comm[COMM_SIZE], *page;
	uint64_t made, missed;
	int error;

	live_start(&exporter, NULL);
	missed = live_missed(&exporter);
	load.comm = live_comm(places[_i].name, comm);
	load.clone_flags = places[_i].flags;
	error = bind_load_run(&load, &made);
	if (error == -EPERM || error == -ENOSPC || error == -EINVAL) {
		live_skip("no such namespaces here: %s", places[_i].name);
	} else {
		ck_assert_msg(!error, "%s", strerror(-error));
		page = live_page(&exporter);
		ck_assert_uint_eq(made, 12);
		assert_exact(places[_i].name, attempts_of(page, "well_known", "inet", comm),
			     missed_attempts(page) - missed, made);
		free(page);
	}
	live_stop(&exporter);
}
END_TEST

TCase *counting_tests(void)
{
	TCase *tcase = live_tcase("counting", 60);

	tcase_add_loop_test(tcase, table_agrees_with_kernel, 0, (int)bind_cases_n);
	tcase_add_test(tcase, every_case_is_counted);
	name_tests(tcase);
	tcase_add_test(tcase, default_interval);
	tcase_add_test(tcase, first_attempt_timestamp);
	tcase_add_loop_test(tcase, other_namespaces, 0, 3);
	return tcase;
}

void counting_promises(TCase *tcase)
{
	tcase_add_test(tcase, every_case_is_counted);
}
