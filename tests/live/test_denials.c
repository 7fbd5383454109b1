/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Binds that another security module refuses. If that module runs before the exporter's LSM
 * program, the latter does not run. Even so, each such bind is counted once, as an attempt and a
 * failure.
 *
 * Landlock and AppArmor run before BPF. Of several BPF programs, the last one attached runs first.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/lib/page_reader.h"
#include "tests/live/bind_address.h"
#include "tests/live/bind_cases.h"
#include "tests/live/bind_load.h"
#include "tests/live/bpf_noise.h"
#include "tests/live/live_results.h"
#include "tests/live/live_test.h"
#include "tests/live/sandbox.h"

#define CALLS   5
#define THREADS 8

static const char *const quiet[] = {"--selfcheck.interval=1h", NULL};

/*
 * Checks the counts of one name on port 80. In lsm mode without results, a bind that an earlier
 * module refused cannot be seen: all of them are counted, or none.
 */
static void check_denied(const char *page, const char *name, const char *comm,
			 const struct losses *before, uint64_t made, int errno_value)
{
	struct losses lost = losses_since(page, before);
	uint64_t counted = attempts_of(page, "well_known", "inet", comm);
	uint64_t failed = failures_of(page, "well_known", "inet", comm, errno_value);
	bool results = live_sees_results(page);
	uint64_t unsettled;

	ck_assert_uint_eq(attempts_of_comm(page, comm), counted);
	printf("%s: %" PRIu64 " made, %" PRIu64 " counted, %" PRIu64 " failures, %" PRIu64
	       " missed\n",
	       name, made, counted, failed, lost.attempts + lost.denials);
	if (!results && !counted && !strcmp(live.mode, "lsm"))
		return;
	ck_assert_msg(counted <= made && counted + lost.attempts + lost.denials >= made,
		      "%s: %" PRIu64 " counted of %" PRIu64, name, counted, made);
	if (!live.preempts)
		ck_assert_uint_eq(counted, made);
	if (!results)
		return;
	ck_assert_uint_eq(failures_of_comm(page, comm), failed);
	/* The last call of each thread may not be known yet as a missed result. */
	unsettled = live.preempts ? THREADS + 1 : 0;
	ck_assert_msg(failed <= counted && failed + lost.results + unsettled >= counted,
		      "%s: %" PRIu64 " attempts, %" PRIu64 " failures, %" PRIu64 " missed results",
		      name, counted, failed, lost.results);
	if (!live.preempts)
		ck_assert_uint_eq(failed, made);
}

static const struct {
	const char *name;
	unsigned int error;
	bool before; /* attached before the exporter's program, so it runs after it */
	unsigned int threads;
} denials[] = {
	{"eacces", EACCES, true, 0},     {"eacces", EACCES, false, 0},
	{"enokey", ENOKEY, true, 0},     {"enokey", ENOKEY, false, 0},
	{"4000", 4000, true, 0},         {"4000", 4000, false, 0}, /* an errno without a name */
	{"load", EACCES, true, THREADS}, {"load", EACCES, false, THREADS},
};

#define DENIALS ((int)(sizeof(denials) / sizeof(denials[0])))

/*
 * Makes binds that are refused and others, so that leftovers of one kind would show up with the
 * other.
 */
static void run_denied(const struct exporter *exporter, int index, const char *comm)
{
	const struct bind_case *bind_case = bind_case_find("inet_port_80");
	struct bind_load load = {
		.comm = comm,
		.cases = &bind_case,
		.cases_n = 1,
		.count = denials[index].threads ? 500 : CALLS,
		.threads = denials[index].threads,
		.barrier = denials[index].threads,
	};
	struct losses before = live_losses(exporter);
	uint64_t made = 0;
	char *page;

	ck_assert_int_eq(bind_load_run(&load, &made), 0);
	page = live_page(exporter);
	check_denied(page, denials[index].name, comm, &before, made, (int)denials[index].error);
	free(page);
}

/* Another name, which is not refused: only its own successes and failures are counted. */
static void run_others(const struct exporter *exporter)
{
	const struct bind_case *cases[] = {bind_case_find("result_success"),
					   bind_case_find("result_foreign_address")};
	struct losses before = live_losses(exporter);
	char comm[COMM_SIZE], *page;
	uint64_t made[2];
	struct bind_load load = {
		.comm = live_comm("free", comm),
		.cases = cases,
		.cases_n = 2,
		.count = CALLS,
	};

	ck_assert_int_eq(bind_load_run(&load, made), 0);
	page = live_page(exporter);
	assert_load(page, &load, made, &before, false, false);
	free(page);
}

START_TEST(denied_by_bpf)
{
	char comm[COMM_SIZE];
	const struct noise_setup setup = {
		.kinds = NOISE_DENY,
		.deny_comm = live_comm("deny", comm),
		.deny_error = denials[_i].error,
	};
	struct exporter exporter = {0};
	struct noise_report report;
	struct noise *noise = NULL;
	int error = 0;

	if (denials[_i].before)
		error = noise_start(&setup, &noise);
	live_start(&exporter, quiet);
	if (!denials[_i].before)
		error = noise_start(&setup, &noise);
	/* Where the exporter's LSM program runs, this one must run, too. */
	ck_assert_msg(!error || strcmp(live.mode, "lsm"), "no denials: %s", strerror(-error));
	if (error) {
		live_skip("no BPF program can refuse binds here: %s", strerror(-error));
	} else {
		run_denied(&exporter, _i, comm);
		run_others(&exporter);
		ck_assert_int_eq(noise_stop(noise, &report), 0);
		ck_assert_uint_gt(report.runs, 0);
		live_promise("denials", NULL);
	}
	live_stop(&exporter);
}
END_TEST

static int bind_under_landlock(void *unused)
{
	const struct sockaddr_in port_80 = {
		.sin_family = AF_INET,
		.sin_port = NET16(80),
		.sin_addr.s_addr = NET32(INADDR_LOOPBACK),
	};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), i;
	int error = sandbox_forbid_tcp_binds();

	(void)unused;
	for (i = 0; i < CALLS && !error; i++)
		if (!bind(fd, (const struct sockaddr *)&port_80, sizeof(port_80)) ||
		    errno != EACCES)
			error = -EPROTO;
	return error;
}

START_TEST(denied_by_landlock)
{
	struct exporter exporter = {0};
	char comm[COMM_SIZE], *page;
	struct losses before;
	int error;

	live_start(&exporter, quiet);
	before = live_losses(&exporter);
	error = bind_load_child(live_comm("landlock", comm), bind_under_landlock, NULL);
	if (error == -ENOSYS) {
		live_skip("this kernel's Landlock, if any, cannot refuse binds");
	} else {
		ck_assert_msg(!error, "%s", strerror(-error));
		page = live_page(&exporter);
		check_denied(page, "landlock", comm, &before, CALLS, EACCES);
		free(page);
	}
	live_stop(&exporter);
}
END_TEST

TCase *denial_tests(void)
{
	TCase *tcase = live_tcase("denials", 60);

	tcase_add_loop_test(tcase, denied_by_bpf, 0, DENIALS);
	tcase_add_test(tcase, denied_by_landlock);
	return tcase;
}

/* Many refusals at once, before the exporter's program runs, and after it. */
void denial_promises(TCase *tcase)
{
	tcase_add_loop_test(tcase, denied_by_bpf, DENIALS - 2, DENIALS);
}
