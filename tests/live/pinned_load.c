// SPDX-License-Identifier: Apache-2.0
#include "tests/live/pinned_load.h"

#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/page_reader.h"
#include "tests/live/bind_cases.h"
#include "tests/live/bind_load.h"
#include "tests/live/live_results.h"
#include "tests/live/live_test.h"
#include "tests/live/pin_place.h"

#define CASE    "unix_family_inet"
#define LABELS  "{category=\"invalid\",family=\"unix\""
#define KILLS   20
#define THREADS 4
#define ROUND   200 /* attempts of a thread before it ends */

int pinned_kills(void)
{
	return strcmp(live.mode, "lsm") ? KILLS / 3 : KILLS;
}

void pinned_start(struct exporter *exporter, const char *flag, const char *other)
{
	const char *const flags[] = {pin_flag, "--selfcheck.interval=1h", flag, other, NULL};

	live_start(exporter, flags);
}

struct pinned_load {
	atomic_bool stop;
	_Atomic uint64_t made;
	pid_t pid;
};

static void run_load(struct pinned_load *load, bool new_names)
{
	const struct bind_case *bind_case = bind_case_find(CASE);
	char suffix[8], comm[COMM_SIZE];
	struct bind_load round = {
		.comm = comm,
		.cases = &bind_case,
		.cases_n = 1,
		.count = ROUND,
		.threads = THREADS,
	};
	uint64_t made;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (unsigned int i = 0; !atomic_load(&load->stop); i++) {
		snprintf(suffix, sizeof(suffix), "p%u", new_names ? i % 1000 : 0);
		live_comm(suffix, comm);
		if (bind_load_run(&round, &made))
			_exit(1);
		atomic_fetch_add(&load->made, made);
	}
	_exit(0);
}

struct pinned_load *pinned_load_start(bool new_names)
{
	struct pinned_load *load = mmap(NULL, sizeof(*load), PROT_READ | PROT_WRITE,
					MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;

	ck_assert_ptr_ne(load, MAP_FAILED);
	fflush(NULL);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		run_load(load, new_names);
	load->pid = pid; /* in shared memory: the parent sets it, not the child */
	return load;
}

uint64_t pinned_load_stop(struct pinned_load *load)
{
	uint64_t made;
	int status;

	atomic_store(&load->stop, true);
	ck_assert_int_eq(waitpid(load->pid, &status, 0), load->pid);
	ck_assert_int_eq(status, 0);
	made = atomic_load(&load->made);
	munmap(load, sizeof(*load));
	return made;
}

uint64_t pinned_sum(const char *page, const char *metric)
{
	return page_sum(page, metric, LABELS, NULL);
}

uint64_t pinned_attempts(const char *page)
{
	return pinned_sum(page, "socket_bind_attempts_total") +
	       pinned_sum(page, "socket_bind_exporter_retired_attempts_total");
}

/*
 * A result whose program the kernel skipped is missed when the thread binds again, or after a
 * minute. For a thread that has ended, it may not be known yet.
 */
static void assert_results(const char *what, const char *page, uint64_t counted, uint64_t made)
{
	uint64_t results = pinned_sum(page, "socket_bind_failures_total") +
			   pinned_sum(page, "socket_bind_exporter_retired_failures_total");
	uint64_t missed = exporter_value(page, "socket_bind_exporter_missed_results_total");
	uint64_t pending = live.preempts ? made / ROUND + THREADS : 0;

	printf("%" PRIu64 " results, %" PRIu64 " missed\n", results, missed);
	ck_assert_msg(results + missed <= made && results + missed + pending >= counted,
		      "%s: %" PRIu64 " failures and %" PRIu64 " missed results of %" PRIu64
		      " attempts",
		      what, results, missed, counted);
}

void pinned_check(const char *what, const struct exporter *exporter, uint64_t made)
{
	char *page = live_page(exporter);
	uint64_t counted = pinned_attempts(page);

	printf("%s: %" PRIu64 " made, %" PRIu64 " counted, %" PRIu64 " missed\n", what, made,
	       counted, missed_attempts(page));
	if (live.preempts) {
		/*
		 * Missed attempts include those of other processes: each exporter binds its own
		 * port.
		 */
		ck_assert_uint_le(counted, made);
		if (strcmp(live.mode, "tracepoint") != 0 || live.counts_skips)
			ck_assert_uint_ge(counted + missed_attempts(page), made);
		ck_assert_uint_le(counted + missed_attempts(page), made + 2 * KILLS);
	} else {
		ck_assert_uint_eq(counted, made);
	}
	if (live_sees_results(page))
		assert_results(what, page, counted, made);
	free(page);
}

uint64_t pinned_make(unsigned int count)
{
	char comm[COMM_SIZE];
	uint64_t made;

	ck_assert_int_eq(bind_load_simple(live_comm("p0", comm), CASE, count, &made), 0);
	return made;
}

bool pinned_survives(const char *what, int rounds,
		     void (*step)(struct exporter *exporter, int round))
{
	struct exporter exporter = {0};
	struct pinned_load *load;

	if (!pin_place_prepare())
		return false;
	pinned_start(&exporter, NULL, NULL);
	load = pinned_load_start(/* new_names= */ false);
	for (int round = 0; round < rounds; round++) {
		sleep_ms(200);
		step(&exporter, round);
	}
	pinned_check(what, &exporter, pinned_load_stop(load));
	live_stop(&exporter);
	return true;
}
