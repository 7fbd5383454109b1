/* SPDX-License-Identifier: Apache-2.0 */
/* The privileges that the running exporter keeps, as /proc shows them for each of its threads. */
#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "tests/lib/page_reader.h"
#include "tests/lib/scratch.h"
#include "tests/live/bind_load.h"
#include "tests/live/live_test.h"
#include "tests/live/log_checks.h"

#define CAP_BPF_BIT (1ULL << 39)
#define DROPPED     "level=INFO msg=\"privileges dropped\" capabilities="

struct held {
	uint64_t effective, permitted, inheritable, bounding, ambient;
	uint64_t no_new_privs, seccomp;
};

static uint64_t field(const char *status, const char *name, int base)
{
	const char *found = strstr(status, name);

	ck_assert_msg(found, "no %s in:\n%s", name, status);
	return strtoull(found + strlen(name), NULL, base);
}

static struct held read_held(const char *path)
{
	struct held held;
	size_t length;
	char *status;

	ck_assert_int_eq(scratch_read(path, &status, &length), 0);
	held = (struct held){
		.effective = field(status, "\nCapEff:", 16),
		.permitted = field(status, "\nCapPrm:", 16),
		.inheritable = field(status, "\nCapInh:", 16),
		.bounding = field(status, "\nCapBnd:", 16),
		.ambient = field(status, "\nCapAmb:", 16),
		.no_new_privs = field(status, "\nNoNewPrivs:", 10),
		.seccomp = field(status, "\nSeccomp:", 10),
	};
	free(status);
	return held;
}

/* Every thread, including the main one, holds exactly these. */
static void check_threads(const struct exporter *exporter, const struct held *expected)
{
	char pattern[64];
	glob_t threads;
	size_t i;

	snprintf(pattern, sizeof(pattern), "/proc/%d/task/*/status", exporter->pid);
	ck_assert_int_eq(glob(pattern, 0, NULL, &threads), 0);
	ck_assert_uint_ge(threads.gl_pathc, 3); /* main, collector, server */
	for (i = 0; i < threads.gl_pathc; i++) {
		struct held held = read_held(threads.gl_pathv[i]);

		ck_assert_msg(!memcmp(&held, expected, sizeof(held)),
			      "%s: effective %" PRIx64 ", permitted %" PRIx64
			      ", inheritable %" PRIx64 ", bounding %" PRIx64 ", ambient %" PRIx64
			      ", no_new_privs %" PRIu64 ", seccomp %" PRIu64,
			      threads.gl_pathv[i], held.effective, held.permitted, held.inheritable,
			      held.bounding, held.ambient, held.no_new_privs, held.seccomp);
	}
	globfree(&threads);
}

/* Since 5.19, bpf(2) requires no capability for a descriptor that is open already. */
static bool needs_cap_bpf(void)
{
	unsigned int major = 0, minor = 0;
	struct utsname kernel;

	uname(&kernel);
	sscanf(kernel.release, "%u.%u", &major, &minor);
	return major < 5 || (major == 5 && minor < 19);
}

static uint64_t collections(const char *page)
{
	double seconds = 0;

	ck_assert_int_eq(
		page_number(page, "socket_bind_exporter_collect_timestamp_seconds", &seconds), 0);
	return (uint64_t)(seconds * 1000);
}

/* Checks that it continues to work: it counts, checks itself, collects periodically and serves. */
static void check_work(const struct exporter *exporter)
{
	char comm[COMM_SIZE], *page = live_page(exporter);
	uint64_t made, before = collections(page), missed = missed_attempts(page);

	free(page);
	ck_assert_int_eq(bind_load_simple(live_comm("after", comm), "inet_port_80", 100, &made), 0);
	sleep_ms(1000);
	page = live_page(exporter);
	assert_exact("after", attempts_of(page, "well_known", "inet", comm),
		     missed_attempts(page) - missed, made);
	ck_assert_uint_gt(collections(page), before);
	ck_assert_uint_eq(exporter_value(page, "socket_bind_exporter_collect_errors_total"), 0);
	ck_assert_uint_eq(exporter_value(page, "socket_bind_exporter_selfcheck_success"), 1);
	ck_assert_uint_eq(exporter_value(page, "socket_bind_exporter_up"), 1);
	ck_assert_uint_gt(exporter_value(page, "process_open_fds"), 0);
	free(page);
}

START_TEST(are_dropped)
{
	const char *const flags[] = {"--selfcheck.interval=100ms", "--collect.interval=100ms",
				     NULL};
	uint64_t kept = needs_cap_bpf() ? CAP_BPF_BIT : 0;
	const struct held expected = {
		.effective = kept, .permitted = kept, .no_new_privs = 1, .seccomp = 2};
	struct exporter exporter = {0};

	live_start(&exporter, flags);
	check_threads(&exporter, &expected);
	assert_logged(&exporter, kept ? DROPPED "CAP_BPF seccomp=on" : DROPPED "none seccomp=on");
	check_work(&exporter);
	check_threads(&exporter, &expected);
	live_stop(&exporter);
}
END_TEST

START_TEST(are_kept)
{
	const char *const flags[] = {"--privileges.keep", "--selfcheck.interval=100ms",
				     "--collect.interval=100ms", NULL};
	const struct held ours = read_held("/proc/self/status");
	struct exporter exporter = {0};

	live_start(&exporter, flags);
	check_threads(&exporter, &ours);
	assert_logged(&exporter,
		      "level=WARN msg=\"privileges kept\" reason=--privileges.keep cure=");
	check_work(&exporter);
	live_stop(&exporter);
}
END_TEST

TCase *privilege_tests(void)
{
	TCase *tcase = live_tcase("privileges", 60);

	tcase_add_test(tcase, are_dropped);
	tcase_add_test(tcase, are_kept);
	return tcase;
}
