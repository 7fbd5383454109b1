/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Far more names than --metrics.max-series allows. The excess is in (other) of its category and
 * family. So the counts below are sums over a category and family that no other process binds here.
 */
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/lib/page_reader.h"
#include "tests/live/bind_cases.h"
#include "tests/live/bind_load.h"
#include "tests/live/live_test.h"
#include "tests/live/scraper.h"

#define SERIES_LIMIT    "256" /* the lowest value of --metrics.max-series */
#define NAMES           2000
#define BINDS_OF_A_NAME 2

static const char *const smallest[] = {"--metrics.max-series=" SERIES_LIMIT, NULL};

struct flood {
	const char *case_name;
	int first; /* number of the first name */
};

/* One process that changes its name NAMES times and binds under each name. */
static int flood(void *argument)
{
	const struct flood *plan = argument;
	const struct bind_case *bind_case = bind_case_find(plan->case_name);
	int fd = bind_case_open(bind_case);
	union bind_address address;
	int length = bind_case_address(bind_case, live.scratch, &address);
	char suffix[16], comm[COMM_SIZE];
	int i, j;

	if (fd < 0)
		return fd;
	for (i = 0; i < NAMES; i++) {
		snprintf(suffix, sizeof(suffix), "n%d", plan->first + i);
		prctl(PR_SET_NAME, live_comm(suffix, comm));
		for (j = 0; j < BINDS_OF_A_NAME; j++)
			bind_case_attempt(bind_case, fd, &address, length);
	}
	return 0;
}

static void run_flood(const char *case_name, int first)
{
	struct flood plan = {case_name, first};

	ck_assert_int_eq(bind_load_child("flood", flood, &plan), 0);
}

static uint64_t sum_of(const char *page, const char *category, const char *family)
{
	char labels[128];

	snprintf(labels, sizeof(labels), "{category=\"%s\",family=\"%s\",", category, family);
	return page_sum(page, "socket_bind_attempts_total", labels, NULL);
}

static uint64_t rows_of_this_run(const char *page, const char *category)
{
	char own[32], label[64];

	snprintf(own, sizeof(own), ",comm=\"%s", live.tag);
	snprintf(label, sizeof(label), "{category=\"%s\",", category);
	return page_count(page, "socket_bind_attempts_total", own, label, NULL);
}

static void check_bound(const char *page)
{
	uint64_t limit = exporter_value(page, "socket_bind_exporter_series_limit");
	uint64_t series = exporter_value(page, "socket_bind_exporter_series");
	size_t rows = page_count(page, "socket_bind_attempts_total", NULL);

	ck_assert_uint_eq(limit, strtoull(SERIES_LIMIT, NULL, 10));
	ck_assert_uint_eq(series, rows);
	ck_assert_msg(rows <= limit, "%zu rows, %" PRIu64 " allowed", rows, limit);
	rows = page_count(page, "socket_bind_failures_total", NULL);
	ck_assert_msg(rows <= limit, "%zu rows of failures, %" PRIu64 " allowed", rows, limit);
}

START_TEST(sum_is_exact)
{
	struct exporter exporter = {0};
	struct scraper *scraper;
	char *page, problem[SCRAPER_PROBLEM_MAX];
	unsigned int pages;
	uint64_t before;
	int round, error;

	live_start(&exporter, smallest);
	page = live_page(&exporter);
	before = sum_of(page, "invalid", "unix");
	free(page);
	ck_assert_int_eq(scraper_start(EXPORTER_PORT, &scraper), 0);
	/* In the second round, all names are known: those with a row and those without. */
	for (round = 1; round <= 2; round++) {
		run_flood("unix_family_inet", 0);
		page = live_page(&exporter);
		ck_assert_uint_eq(sum_of(page, "invalid", "unix") - before,
				  (uint64_t)round * NAMES * BINDS_OF_A_NAME);
		ck_assert_uint_gt(attempts_of(page, "invalid", "unix", "(other)"), 0);
		ck_assert_uint_gt(rows_of_this_run(page, "invalid"), 0);
		check_bound(page);
		free(page);
	}
	error = scraper_stop(scraper, &pages, problem);
	ck_assert_msg(!error, "page %u of a reader: %s", pages, problem);
	live_stop(&exporter);
}
END_TEST

/* A name that was folded stays folded: the rows are the same after the next flood. */
START_TEST(folded_stays_folded)
{
	struct exporter exporter = {0};
	uint64_t rows, again;
	char *page;

	live_start(&exporter, smallest);
	run_flood("unix_family_inet", 0);
	page = live_page(&exporter);
	rows = rows_of_this_run(page, "invalid");
	free(page);
	run_flood("unix_family_inet", 0);
	run_flood("unix_family_inet", NAMES);
	page = live_page(&exporter);
	again = rows_of_this_run(page, "invalid");
	ck_assert_uint_eq(rows, again);
	check_bound(page);
	free(page);
	live_stop(&exporter);
}
END_TEST

/* A flood of less important binds cannot hide the most important ones. */
START_TEST(backdoor_is_not_hidden)
{
	static const struct {
		const char *case_name, *category, *family;
	} backdoors[] = {
		{"inet_port_80", "well_known", "inet"},
		{"inet6_port_1", "well_known", "inet6"},
		{"unix_pathname", "pathname", "unix"},
	};
	struct exporter exporter = {0};
	char suffix[16], comm[COMM_SIZE], *page;
	uint64_t made, counted;
	int i;

	live_start(&exporter, smallest);
	run_flood("inet_port_8080", 0);
	run_flood("unix_abstract_length_3", NAMES);
	for (i = 0; i < 3; i++) {
		snprintf(suffix, sizeof(suffix), "door%d", i);
		live_comm(suffix, comm);
		ck_assert_int_eq(bind_load_simple(comm, backdoors[i].case_name, 3, &made), 0);
		page = live_page(&exporter);
		counted = attempts_of(page, backdoors[i].category, backdoors[i].family, comm);
		ck_assert_msg(counted == made,
			      "after 4000 other names, a new one that binds %s has %" PRIu64
			      " of %" PRIu64 " attempts in a row of its own",
			      backdoors[i].case_name, counted, made);
		check_bound(page);
		free(page);
	}
	live_stop(&exporter);
}
END_TEST

static int flood_as_nobody(void *argument)
{
	return setuid(65534) ? -errno : flood(argument);
}

#define DOORS 16 /* of the 32 rows reserved for them with the lowest limit of rows */

/* Any process may attempt a privileged port: the result is EACCES, but it is an attempt. */
START_TEST(backdoor_is_not_hidden_by_attempts)
{
	struct flood plan = {"inet6_port_1", 0};
	struct exporter exporter = {0};
	char suffix[16], comm[COMM_SIZE], *page;
	uint64_t made;

	live_start(&exporter, smallest);
	ck_assert_int_eq(bind_load_child("flood", flood_as_nobody, &plan), 0);
	for (int i = 0; i < DOORS; i++) {
		snprintf(suffix, sizeof(suffix), "door%d", i);
		live_comm(suffix, comm);
		ck_assert_int_eq(bind_load_simple(comm, "inet6_port_1", 3, &made), 0);
		page = live_page(&exporter);
		ck_assert_uint_eq(attempts_of(page, "well_known", "inet6", comm), made);
		free(page);
	}
	page = live_page(&exporter);
	ck_assert_uint_gt(attempts_of(page, "well_known", "inet6", "(other)"), 0);
	check_bound(page);
	live_promise("bound", NULL);
	free(page);
	live_stop(&exporter);
}
END_TEST

/*
 * Kernels before 5.17 write a shorter name over a longer one and leave the rest of that after the
 * NUL. This must not result in another key.
 */
START_TEST(one_name_is_one_entry)
{
	const struct sockaddr_in address = {.sin_family = AF_INET};
	char comm[COMM_SIZE], longer[32], *page;
	struct exporter exporter = {0};
	uint64_t before, after;

	live_comm("ab", comm);
	live_start(&exporter, smallest);
	page = live_page(&exporter);
	before = exporter_value(page, "socket_bind_exporter_map_entries{map=\"table\"}");
	free(page);
	for (int i = 0; i < 400; i++) {
		int unbound = socket(AF_INET, SOCK_DGRAM, 0);

		snprintf(longer, sizeof(longer), "longer-%08d", i);
		prctl(PR_SET_NAME, longer);
		prctl(PR_SET_NAME, comm);
		ck_assert_int_eq(bind(unbound, (const void *)&address, sizeof(address)), 0);
		close(unbound);
	}
	page = live_page(&exporter);
	after = exporter_value(page, "socket_bind_exporter_map_entries{map=\"table\"}");
	ck_assert_uint_eq(attempts_of(page, "auto", "inet", comm), 400);
	/* Other processes on this machine bind, too. */
	ck_assert_msg(after - before < 40, "%" PRIu64 " entries for one name", after - before);
	free(page);
	live_stop(&exporter);
}
END_TEST

/* A flood of the reserved kinds stays within the limit, too. */
START_TEST(flood_of_what_matters)
{
	struct exporter exporter = {0};
	uint64_t before;
	char *page;

	live_start(&exporter, smallest);
	page = live_page(&exporter);
	before = sum_of(page, "well_known", "inet6");
	free(page);
	run_flood("inet6_port_1", 0);
	page = live_page(&exporter);
	ck_assert_uint_eq(sum_of(page, "well_known", "inet6") - before, NAMES * BINDS_OF_A_NAME);
	check_bound(page);
	free(page);
	live_stop(&exporter);
}
END_TEST

#define RENAMES 100000

/*
 * The caller's sa_family is 16 bits that any process can fill freely: all values, and more names.
 */
static int rename_and_try_families(void *unused)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct sockaddr address = {0};
	char suffix[16], comm[COMM_SIZE];

	(void)unused;
	for (int i = 0; i < RENAMES; i++) {
		snprintf(suffix, sizeof(suffix), "%d", i);
		prctl(PR_SET_NAME, live_comm(suffix, comm));
		address.sa_family = (sa_family_t)i;
		syscall(SYS_bind, fd, &address, sizeof(address));
	}
	return fd < 0 ? -errno : 0;
}

START_TEST(names_and_families_without_end)
{
	const uint64_t unix_ones = 2; /* two values of i: abstract, not invalid */
	struct exporter exporter = {0};
	uint64_t before;
	char *page;

	live_start(&exporter, smallest);
	page = live_page(&exporter);
	before = sum_of(page, "invalid", "unix");
	free(page);
	ck_assert_int_eq(bind_load_child("renamer", rename_and_try_families, NULL), 0);
	page = live_page(&exporter);
	ck_assert_uint_eq(sum_of(page, "invalid", "unix") - before, RENAMES - unix_ones);
	check_bound(page);
	free(page);
	live_stop(&exporter);
}
END_TEST

/* The limit has no effect before it is reached. */
START_TEST(room_for_all)
{
	struct exporter exporter = {0};
	uint64_t before;
	char *page;

	live_start(&exporter, (const char *const[]){"--metrics.max-series=20000", NULL});
	page = live_page(&exporter);
	before = sum_of(page, "invalid", "unix");
	free(page);
	run_flood("unix_family_inet", 0);
	page = live_page(&exporter);
	ck_assert_uint_eq(sum_of(page, "invalid", "unix") - before, NAMES * BINDS_OF_A_NAME);
	ck_assert_uint_eq(rows_of_this_run(page, "invalid"), NAMES);
	ck_assert_uint_eq(page_count(page, "socket_bind_attempts_total", "comm=\"(other)\"", NULL),
			  0);
	ck_assert_uint_eq(exporter_value(page, "socket_bind_exporter_overflow_attempts_total"), 0);
	free(page);
	live_stop(&exporter);
}
END_TEST

TCase *overflow_tests(void)
{
	TCase *tcase = live_tcase("overflow", 60);

	tcase_add_test(tcase, sum_is_exact);
	tcase_add_test(tcase, folded_stays_folded);
	tcase_add_test(tcase, backdoor_is_not_hidden);
	tcase_add_test(tcase, backdoor_is_not_hidden_by_attempts);
	tcase_add_test(tcase, one_name_is_one_entry);
	tcase_add_test(tcase, flood_of_what_matters);
	tcase_add_test(tcase, names_and_families_without_end);
	tcase_add_test(tcase, room_for_all);
	return tcase;
}

void overflow_promises(TCase *tcase)
{
	tcase_add_test(tcase, sum_is_exact);
	tcase_add_test(tcase, backdoor_is_not_hidden_by_attempts);
}
