/* SPDX-License-Identifier: Apache-2.0 */
/* Which series exist: labels on demand, filters, failures, and rows that appear and disappear. */
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "bpf/abi/kind.h"
#include "tests/lib/page_reader.h"
#include "tests/live/bind_cases.h"
#include "tests/live/bind_load.h"
#include "tests/live/live_test.h"

#define NOBODY 65534

static int bind_loopback_port_8080(void *unused)
{
	const struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = NET16(8080),
		.sin_addr.s_addr = NET32(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)unused;
	if (fd < 0 || setuid(NOBODY))
		return -errno;
	return bind(fd, (const struct sockaddr *)&address, sizeof(address)) ? -errno : 0;
}

/* test_owners.c has those of owners. */
_Static_assert((BIND_LABELS_ALL & ~BIND_LABELS_OWNER) == 0x1f, "labels_on_demand asks for each");

/* Labels have the order of the page, whatever the order on the command line. */
START_TEST(labels_on_demand)
{
	char comm[COMM_SIZE], labels[256], *page;
	struct exporter exporter = {0};
	struct stat netns;

	live_comm("labels", comm);
	live_start(&exporter,
		   (const char *const[]){
			   "--metrics.labels=netns,port,uid,scope,protocol,comm,family,category",
			   "--metrics.last-attempt", NULL});
	ck_assert_int_eq(stat("/proc/self/ns/net", &netns), 0);
	ck_assert_int_eq(bind_load_child(comm, bind_loopback_port_8080, NULL), 0);
	page = live_page(&exporter);
	snprintf(labels, sizeof(labels),
		 "{category=\"registered\",family=\"inet\",comm=\"%s\",protocol=\"udp\","
		 "scope=\"loopback\",uid=\"%d\",port=\"8080\",netns=\"%" PRIu64 "\"}",
		 comm, NOBODY, (uint64_t)netns.st_ino);
	ck_assert_msg(page_sum(page, "socket_bind_attempts_total", labels, NULL) == 1, "no row %s",
		      labels);
	ck_assert_uint_eq(
		page_count(page, "socket_bind_last_attempt_timestamp_seconds", labels, NULL), 1);
	free(page);
	live_stop(&exporter);
}
END_TEST

START_TEST(last_attempt_is_recent)
{
	char comm[COMM_SIZE], series[SERIES_MAX], *page;
	struct exporter exporter = {0};
	time_t before;
	uint64_t made, last;

	live_comm("last", comm);
	live_start(&exporter, (const char *const[]){"--metrics.last-attempt", NULL});
	for (int i = 0; i < 2; i++) {
		sleep_ms(1500);
		before = time(NULL);
		ck_assert_int_eq(bind_load_simple(comm, "inet_port_0", 3, &made), 0);
		page = live_page(&exporter);
		snprintf(series, sizeof(series),
			 "socket_bind_last_attempt_timestamp_seconds{category=\"auto\","
			 "family=\"inet\",comm=\"%s\"}",
			 comm);
		ck_assert_int_eq(page_value(page, series, &last), 0);
		ck_assert_msg(last + 2 >= (uint64_t)before && last <= (uint64_t)time(NULL) + 1,
			      "last attempt at %" PRIu64 ", made at %" PRIu64, last,
			      (uint64_t)before);
		free(page);
	}
	live_stop(&exporter);
}
END_TEST

static uint64_t sum_of(const char *page, const char *metric, const char *category,
		       const char *family)
{
	char labels[128];

	snprintf(labels, sizeof(labels), "category=\"%s\",family=\"%s\"", category, family);
	return page_sum(page, metric, labels, NULL);
}

static uint64_t filtered_of(const char *page, const char *category, const char *family)
{
	return sum_of(page, "socket_bind_exporter_filtered_attempts_total", category, family);
}

START_TEST(filters_move_attempts)
{
	char dropped[COMM_SIZE], kept[COMM_SIZE], glob[64], *page;
	struct exporter exporter = {0};
	uint64_t made;

	snprintf(glob, sizeof(glob), "--comm.exclude=%sdrop*", live.tag);
	live_comm("dropped", dropped);
	live_comm("kept", kept);
	live_start(&exporter, (const char *const[]){glob, "--family.exclude=netlink", NULL});
	ck_assert_int_eq(bind_load_simple(dropped, "unix_family_inet", 7, &made), 0);
	ck_assert_int_eq(bind_load_simple(kept, "unix_family_inet", 5, &made), 0);
	ck_assert_int_eq(bind_load_simple(kept, "netlink", 3, &made), 0);
	page = live_page(&exporter);
	ck_assert_uint_eq(attempts_of_comm(page, dropped), 0);
	ck_assert_uint_eq(attempts_of_comm(page, kept), 5);
	ck_assert_uint_eq(filtered_of(page, "invalid", "unix"), 7);
	ck_assert_uint_ge(filtered_of(page, "none", "netlink"), 3);
	ck_assert_uint_eq(page_count(page, "socket_bind_attempts_total", "netlink", NULL), 0);
	free(page);
	live_stop(&exporter);
}
END_TEST

static uint64_t retired_of(const char *page, const char *category, const char *family)
{
	return sum_of(page, "socket_bind_exporter_retired_attempts_total", category, family);
}

/* Attempts and failures are retired together, and a row that returns begins at zero. */
START_TEST(idle_rows_are_retired)
{
	struct exporter exporter = {0};
	char comm[COMM_SIZE], *page;
	uint64_t made, failures;
	bool results;

	live_comm("idle", comm);
	live_start(&exporter, (const char *const[]){"--series.idle-timeout=2s", NULL});
	ck_assert_int_eq(bind_load_simple(comm, "unix_family_inet", 9, &made), 0);
	page = live_page(&exporter);
	ck_assert_uint_eq(attempts_of_comm(page, comm), 9);
	failures = sum_of(page, "socket_bind_failures_total", "invalid", "unix");
	results = page_count(page, "socket_bind_exporter_attach_info", "results=\"all\"", NULL);
	free(page);
	for (int tries = 0; tries < 100; tries++) {
		sleep_ms(100);
		page = live_page(&exporter);
		if (!attempts_of_comm(page, comm))
			break;
		free(page);
	}
	ck_assert_uint_eq(attempts_of_comm(page, comm), 0);
	ck_assert_uint_eq(page_count(page, "socket_bind_failures_total", comm, NULL), 0);
	ck_assert_uint_eq(retired_of(page, "invalid", "unix"), 9);
	if (results)
		ck_assert_uint_eq(sum_of(page, "socket_bind_exporter_retired_failures_total",
					 "invalid", "unix"),
				  failures);
	free(page);
	ck_assert_int_eq(bind_load_simple(comm, "unix_family_inet", 2, &made), 0);
	page = live_page(&exporter);
	ck_assert_uint_eq(attempts_of_comm(page, comm), 2);
	free(page);
	live_stop(&exporter);
}
END_TEST

#define CHURNERS 4

/* Binds for four seconds under new names, as fast as it can. Returns the number of binds. */
static uint64_t churn(int churner)
{
	const struct bind_case *bind_case = bind_case_find("unix_family_inet");
	int fd = bind_case_open(bind_case);
	union bind_address address;
	int length = bind_case_address(bind_case, live.scratch, &address);
	time_t end = time(NULL) + 4;
	char suffix[16], comm[COMM_SIZE];
	uint64_t made = 0;

	for (int name = 0; time(NULL) < end; name++) {
		snprintf(suffix, sizeof(suffix), "%c%d", 'a' + churner, name % 500);
		prctl(PR_SET_NAME, live_comm(suffix, comm));
		for (int i = 0; i < 50; i++, made++)
			bind_case_attempt(bind_case, fd, &address, length);
	}
	close(fd);
	return made;
}

static void start_churner(int churner, int pipe_end)
{
	uint64_t made;

	if (fork())
		return;
	made = churn(churner);
	_exit(write(pipe_end, &made, sizeof(made)) == sizeof(made) ? 0 : 1);
}

/*
 * Rows and entries of the table become free while binds continue at full rate: none is missed or
 * counted twice.
 */
START_TEST(retiring_under_load_is_exact)
{
	uint64_t made = 0, one, before, missed, shown, retired;
	struct exporter exporter = {0};
	int fds[2];
	char *page;

	live_start(&exporter, (const char *const[]){"--series.idle-timeout=1s",
						    "--metrics.max-series=1000", NULL});
	page = live_page(&exporter);
	before = sum_of(page, "socket_bind_attempts_total", "invalid", "unix");
	missed = missed_attempts(page);
	free(page);
	ck_assert_int_eq(pipe(fds), 0);
	for (int i = 0; i < CHURNERS; i++)
		start_churner(i, fds[1]);
	for (int i = 0; i < 40; i++) {
		free(live_page(&exporter));
		sleep_ms(100);
	}
	for (int i = 0; i < CHURNERS; i++) {
		ck_assert_int_eq(read(fds[0], &one, sizeof(one)), sizeof(one));
		made += one;
	}
	page = live_page(&exporter);
	shown = sum_of(page, "socket_bind_attempts_total", "invalid", "unix") - before;
	retired = retired_of(page, "invalid", "unix");
	fprintf(stderr, "%" PRIu64 " made, %" PRIu64 " in rows, %" PRIu64 " retired\n", made, shown,
		retired);
	assert_exact("retiring", shown + retired, missed_attempts(page) - missed, made);
	ck_assert_uint_gt(retired, 0);
	live_promise("retirement", NULL);
	free(page);
	live_stop(&exporter);
}
END_TEST

START_TEST(kernel_statistics)
{
	char comm[COMM_SIZE], *page;
	struct exporter exporter = {0};
	uint64_t made;

	live_comm("stats", comm);
	live_start(&exporter, (const char *const[]){"--bpf.stats", NULL});
	ck_assert_int_eq(bind_load_simple(comm, "inet_port_0", 100, &made), 0);
	page = live_page(&exporter);
	ck_assert_uint_ge(page_sum(page, "socket_bind_exporter_bpf_runs_total", NULL), 100);
	ck_assert_uint_gt(page_count(page, "socket_bind_exporter_bpf_run_time_seconds_total", NULL),
			  0);
	free(page);
	live_stop(&exporter);
	live_start(&exporter, NULL);
	page = live_page(&exporter);
	ck_assert_uint_eq(page_count(page, "socket_bind_exporter_bpf_runs_total", NULL), 0);
	free(page);
	live_stop(&exporter);
}
END_TEST

/* Results can be switched off. No series then looks like a result. */
START_TEST(no_results)
{
	char comm[COMM_SIZE], *page;
	struct exporter exporter = {0};
	uint64_t made;

	live_comm("noresults", comm);
	live_start(&exporter, (const char *const[]){"--bpf.results=none", NULL});
	ck_assert_int_eq(bind_load_simple(comm, "unix_family_inet", 4, &made), 0);
	page = live_page(&exporter);
	ck_assert_uint_eq(attempts_of_comm(page, comm), 4);
	ck_assert_uint_eq(page_count(page, "socket_bind_failures_total", NULL), 0);
	ck_assert_uint_eq(
		page_count(page, "socket_bind_exporter_attach_info", "results=\"none\"", NULL), 1);
	ck_assert_ptr_null(strstr(page, "missed_results"));
	free(page);
	live_stop(&exporter);
}
END_TEST

TCase *series_tests(void)
{
	TCase *tcase = live_tcase("series", 60);

	tcase_add_test(tcase, labels_on_demand);
	tcase_add_test(tcase, last_attempt_is_recent);
	tcase_add_test(tcase, filters_move_attempts);
	tcase_add_test(tcase, idle_rows_are_retired);
	tcase_add_test(tcase, retiring_under_load_is_exact);
	tcase_add_test(tcase, kernel_statistics);
	tcase_add_test(tcase, no_results);
	return tcase;
}

void series_promises(TCase *tcase)
{
	tcase_add_test(tcase, retiring_under_load_is_exact);
}
