/* SPDX-License-Identifier: Apache-2.0 */
/* The exporter's view of itself: the self-check, links that disappear, signals. */
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/lib/http_client.h"
#include "tests/lib/page_reader.h"
#include "tests/live/bind_load.h"
#include "tests/live/live_test.h"
#include "tests/live/remote_close.h"

#define EXIT_LIMIT_MS 1000

static double selfcheck_time(const char *page)
{
	double seconds = 0;

	ck_assert_int_eq(
		page_number(page, "socket_bind_exporter_selfcheck_timestamp_seconds", &seconds), 0);
	return seconds;
}

/*
 * The exporter has a name of its own here, so that counts of its own binds would show. It makes its
 * listening bind before it attaches.
 */
START_TEST(selfcheck_is_not_counted)
{
	const char *const flags[] = {"--selfcheck.interval=100ms", NULL};
	char comm[COMM_SIZE], *page;
	struct exporter_setup setup = {
		.flags = flags,
		.comm = live_comm("itself", comm),
		/* The second time, it is the first process of a PID namespace. */
		.clone_flags = _i ? CLONE_NEWPID : 0,
	};
	struct exporter exporter = {0};
	double first;

	live_start_as(&exporter, &setup);
	page = live_page(&exporter);
	first = selfcheck_time(page);
	free(page);
	sleep_ms(1000);
	page = live_page(&exporter);
	ck_assert_msg(selfcheck_time(page) > first, "no self-check within a second");
	ck_assert_uint_eq(exporter_value(page, "socket_bind_exporter_selfcheck_success"), 1);
	ck_assert_uint_eq(exporter_value(page, "socket_bind_exporter_up"), 1);
	ck_assert_uint_eq(attempts_of_comm(page, comm), 0);
	free(page);
	live_stop(&exporter);
}
END_TEST

/* Binds that look like the self-check are counted: an abstract name of 16 bytes. */
START_TEST(selfcheck_is_not_imitated)
{
	const char *const flags[] = {"--selfcheck.interval=100ms", NULL};
	struct exporter exporter = {0};
	char comm[COMM_SIZE], *page;
	uint64_t made, counted, missed;

	live_start(&exporter, flags);
	missed = live_missed(&exporter);
	ck_assert_int_eq(
		bind_load_simple(live_comm("mimic", comm), "unix_abstract_length_16", 20000, &made),
		0);
	page = live_page(&exporter);
	counted = attempts_of(page, "abstract", "unix", comm);
	missed = missed_attempts(page) - missed;
	/* A skipped run may have been one of the exporter's. */
	assert_exact("mimic", counted, missed > made - counted ? made - counted : missed, made);
	free(page);
	live_stop(&exporter);
}
END_TEST

static void wait_until_down(const struct exporter *exporter)
{
	uint64_t up = 1;
	int tries;

	for (tries = 0; tries < 100 && up; tries++) {
		char *page = live_page(exporter);

		up = exporter_value(page, "socket_bind_exporter_up");
		free(page);
		sleep_ms(100);
	}
	ck_assert_msg(!up, "up is still 1 ten seconds after its links were closed");
}

static void check_unready(const struct exporter *exporter)
{
	struct http_response response;

	ck_assert_int_eq(http_request(exporter->port, "GET", "/-/ready", &response), 0);
	ck_assert_int_eq(response.status, 503);
	ck_assert_msg(strlen(response.body) > 20, "no reason: %s", response.body);
	http_response_done(&response);
	ck_assert_int_eq(live_status(exporter->port, "GET", "/-/healthy"), 200);
}

/*
 * Another process detaches the counting program. The exporter reports it and continues to serve its
 * last counts.
 */
START_TEST(links_closed)
{
	static const char *const words[] = {"bpf_link", "bpf-link", "perf_event", NULL};
	const char *const flags[] = {"--selfcheck.interval=1s", NULL};
	struct exporter exporter = {0};
	char comm[COMM_SIZE], *page;
	uint64_t made, more;
	unsigned int closed = 0;
	int error;

	live_start(&exporter, flags);
	live_comm("before", comm);
	ck_assert_int_eq(bind_load_simple(comm, "inet_port_80", 7, &made), 0);
	error = remote_close(exporter.pid, words, &closed);
	ck_assert_msg(!error, "%s", strerror(-error));
	ck_assert_uint_gt(closed, 0);
	ck_assert_int_eq(bind_load_simple(comm, "inet_port_80", 7, &more), 0);
	wait_until_down(&exporter);
	page = live_page(&exporter);
	ck_assert_uint_eq(exporter_value(page, "socket_bind_exporter_selfcheck_success"), 0);
	ck_assert_uint_eq(attempts_of(page, "well_known", "inet", comm), made);
	free(page);
	check_unready(&exporter);
	live_stop(&exporter);
}
END_TEST

START_TEST(signal_ends_it)
{
	static const int signals[] = {SIGTERM, SIGINT};
	struct exporter_exit end = {0};
	struct exporter exporter = {0};
	int idle, again;

	live_start(&exporter, NULL);
	/* A client that sends nothing must not delay it. */
	idle = http_connect(AF_INET, exporter.port);
	ck_assert_int_ge(idle, 0);
	ck_assert_int_eq(exporter_stop(&exporter, signals[_i], &end), 0);
	ck_assert_msg(end.status == 0, "status %d", end.status);
	ck_assert_msg(end.milliseconds <= EXIT_LIMIT_MS, "it took %" PRId64 " ms",
		      end.milliseconds);
	again = http_connect(AF_INET, exporter.port);
	ck_assert_int_eq(again, -ECONNREFUSED);
	close(idle);
}
END_TEST

/* If a signal arrives before it is ready, it ends just as well, and quickly. */
START_TEST(signal_ends_it_early)
{
	const char *const flags[] = {live.attach_flag, NULL};
	struct exporter_setup setup = {.scratch = live.scratch, .flags = flags};
	struct exporter_exit end = {0};
	struct exporter exporter = {0};

	ck_assert_int_eq(exporter_spawn(&setup, &exporter), 0);
	sleep_ms(30);
	ck_assert_int_eq(exporter_stop(&exporter, SIGTERM, &end), 0);
	/* Until the exporter handles the signal, the default action ends it. */
	ck_assert_msg(end.status == 0 || end.status == -SIGTERM, "status %d", end.status);
	ck_assert_int_lt(end.milliseconds, 5000);
}
END_TEST

TCase *health_tests(void)
{
	TCase *tcase = live_tcase("health", 60);

	tcase_add_loop_test(tcase, selfcheck_is_not_counted, 0, 2);
	tcase_add_test(tcase, selfcheck_is_not_imitated);
	tcase_add_test(tcase, links_closed);
	tcase_add_loop_test(tcase, signal_ends_it, 0, 2);
	tcase_add_test(tcase, signal_ends_it_early);
	return tcase;
}
