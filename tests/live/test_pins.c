/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pinned counters: every bind is counted once, whatever happens to the exporter. Each test has a
 * BPF file system of its own, so that its pins disappear when it ends.
 *
 * The load has a category and family that no other process binds, and always fails, so that results
 * add up, too.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/bpf.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
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

/* Kills interrupt code that is the same in every mode: many kills in lsm, fewer in the others. */
static int kills(void)
{
	return strcmp(live.mode, "lsm") ? KILLS / 3 : KILLS;
}

static void sleep_ms(long ms)
{
	nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

/* Makes no self-checks: skipped ones look like missed attempts for a moment. */
static void start(struct exporter *exporter, const char *flag, const char *other)
{
	const char *const flags[] = {pin_flag, "--selfcheck.interval=1h", flag, other, NULL};

	live_start(exporter, flags);
}

static void assert_logged(const struct exporter *exporter, const char *words)
{
	char *log = exporter_log(exporter);

	ck_assert_msg(log_lines(log, words, NULL) == 1, "not said once: %s\n%s", words, log);
	free(log);
}

/* A process that binds without pause until it is told to end. */
struct load {
	atomic_bool stop;
	_Atomic uint64_t made;
	pid_t pid;
};

static void run_load(struct load *load, bool new_names)
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

static struct load *start_load(bool new_names)
{
	struct load *load = mmap(NULL, sizeof(*load), PROT_READ | PROT_WRITE,
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

/* Returns the number of attempts made. */
static uint64_t stop_load(struct load *load)
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

static uint64_t sum(const char *page, const char *metric)
{
	return page_sum(page, metric, LABELS, NULL);
}

static uint64_t attempts_on(const char *page)
{
	return sum(page, "socket_bind_attempts_total") +
	       sum(page, "socket_bind_exporter_retired_attempts_total");
}

/*
 * A result whose program the kernel skipped is missed when the thread binds again, or after a
 * minute. For a thread that has ended, it may not be known yet.
 */
static void assert_results(const char *what, const char *page, uint64_t counted, uint64_t made)
{
	uint64_t results = sum(page, "socket_bind_failures_total") +
			   sum(page, "socket_bind_exporter_retired_failures_total");
	uint64_t missed = exporter_value(page, "socket_bind_exporter_missed_results_total");
	uint64_t pending = live.preempts ? made / ROUND + THREADS : 0;

	printf("%" PRIu64 " results, %" PRIu64 " missed\n", results, missed);
	ck_assert_msg(results + missed <= made && results + missed + pending >= counted,
		      "%s: %" PRIu64 " failures and %" PRIu64 " missed results of %" PRIu64
		      " attempts",
		      what, results, missed, counted);
}

/* Checks both equations over all rows of the load. */
static void assert_all(const char *what, const struct exporter *exporter, uint64_t made)
{
	char *page = live_page(exporter);
	uint64_t counted = attempts_on(page);

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

static uint64_t make(unsigned int count)
{
	char comm[COMM_SIZE];
	uint64_t made;

	ck_assert_int_eq(bind_load_simple(live_comm("p0", comm), CASE, count, &made), 0);
	return made;
}

START_TEST(counts_while_away)
{
	static const int signals[] = {SIGTERM, SIGKILL};
	struct exporter exporter = {0};
	uint64_t made;

	if (!pin_place_prepare())
		return;
	start(&exporter, NULL, NULL);
	made = make(100);
	assert_all("the first", &exporter, made);
	ck_assert_int_eq(exporter_stop(&exporter, signals[_i], NULL), 0);
	made += make(11);
	start(&exporter, NULL, NULL);
	assert_logged(&exporter, "resumed pinned counters");
	made += make(7);
	assert_all("the second", &exporter, made);
	live_stop(&exporter);
}
END_TEST

START_TEST(killed_under_load)
{
	struct exporter exporter = {0};
	struct load *load;
	uint64_t made;

	if (!pin_place_prepare())
		return;
	start(&exporter, NULL, NULL);
	load = start_load(false);
	for (int i = 0; i < 5; i++) {
		sleep_ms(200);
		ck_assert_int_eq(exporter_stop(&exporter, SIGKILL, NULL), 0);
		sleep_ms(100);
		start(&exporter, NULL, NULL);
	}
	made = stop_load(load);
	assert_all("killed under load", &exporter, made);
	live_stop(&exporter);
}
END_TEST

static const char *const settings[][2] = {
	{"--metrics.max-series=500", NULL},
	{"--metrics.labels=category,family,comm,uid", NULL},
	{"--metrics.labels=category,family,comm,protocol,netns", "--metrics.last-attempt"},
	{"--comm.source=thread", NULL},
	{NULL, NULL},
};

#define SETTINGS (sizeof(settings) / sizeof(*settings))

START_TEST(settings_changed_under_load)
{
	struct exporter exporter = {0};
	struct load *load;
	uint64_t made;

	if (!pin_place_prepare())
		return;
	start(&exporter, NULL, NULL);
	load = start_load(false);
	for (size_t i = 0; i < SETTINGS; i++) {
		sleep_ms(200);
		live_stop(&exporter);
		start(&exporter, settings[i][0], settings[i][1]);
		assert_logged(&exporter, "carried pinned counters over");
	}
	made = stop_load(load);
	assert_all("settings changed under load", &exporter, made);
	live_stop(&exporter);
}
END_TEST

/* Upgrades to another build, back, and once more. */
START_TEST(upgraded_under_load)
{
	const char *next = getenv("SOCKET_BIND_EXPORTER_NEXT");
	struct exporter exporter = {0};
	char present[EXPORTER_PATH_MAX];
	struct load *load;
	uint64_t made;

#ifdef SOCKET_BIND_EXPORTER_NEXT_PATH
	next = next ? next : SOCKET_BIND_EXPORTER_NEXT_PATH;
#endif
	if (!pin_place_prepare())
		return;
	ck_assert_int_eq(exporter_path(present), 0);
	start(&exporter, NULL, NULL);
	load = start_load(false);
	for (int i = 0; i < 4; i++) {
		sleep_ms(200);
		ck_assert_int_eq(exporter_stop(&exporter, i % 2 ? SIGKILL : SIGTERM, NULL), 0);
		setenv("SOCKET_BIND_EXPORTER", i % 2 ? present : next, 1);
		start(&exporter, NULL, NULL);
		assert_logged(&exporter, "carried pinned counters over");
	}
	made = stop_load(load);
	assert_all("upgraded under load", &exporter, made);
	live_stop(&exporter);
	/* On such a kernel, some attempts that a tracepoint program missed remain unknown. */
	live_promise("continuity",
		     !strcmp(live.mode, "tracepoint") && live.preempts ? "best effort" : NULL);
}
END_TEST

/* Killed at any moment of the start, most of which is carrying counts over. */
START_TEST(killed_while_carrying_over)
{
	const char *flags[] = {live.attach_flag, pin_flag, "--selfcheck.interval=1h", NULL, NULL};
	struct exporter_setup setup = {.scratch = live.scratch, .flags = flags};
	struct exporter exporter = {0};
	unsigned int seed = (unsigned int)getpid();
	struct load *load;
	uint64_t made;

	if (!pin_place_prepare())
		return;
	start(&exporter, NULL, NULL);
	load = start_load(false);
	live_stop(&exporter);
	for (int i = 0; i < kills(); i++) {
		flags[3] = settings[i % SETTINGS][0];
		ck_assert_int_eq(exporter_spawn(&setup, &exporter), 0);
		sleep_ms(rand_r(&seed) % 1500);
		ck_assert_int_eq(exporter_stop(&exporter, SIGKILL, NULL), 0);
	}
	start(&exporter, NULL, NULL);
	made = stop_load(load);
	assert_all("killed while carrying over", &exporter, made);
	live_stop(&exporter);
}
END_TEST

/* Halves of the table are flipped, and rows retired, as often as possible. */
START_TEST(killed_while_forgetting)
{
	struct exporter exporter = {0};
	unsigned int seed = (unsigned int)getpid();
	struct load *load;
	uint64_t made;
	char *page;

	if (!pin_place_prepare())
		return;
	start(&exporter, "--series.idle-timeout=1s", "--collect.interval=20ms");
	load = start_load(true);
	for (int i = 0; i < kills(); i++) {
		sleep_ms(200 + rand_r(&seed) % 1300);
		ck_assert_int_eq(exporter_stop(&exporter, SIGKILL, NULL), 0);
		start(&exporter, "--series.idle-timeout=1s", "--collect.interval=20ms");
	}
	made = stop_load(load);
	sleep_ms(3000);
	page = live_page(&exporter);
	ck_assert_uint_gt(sum(page, "socket_bind_exporter_retired_attempts_total"), 0);
	free(page);
	assert_all("killed while forgetting", &exporter, made);
	live_stop(&exporter);
}
END_TEST

/*
 * At most one program counts at any time: never more attempts than were made. If nothing is
 * skipped, never fewer either. Skipped binds that the exit fallback finds between the two are
 * counted and missed.
 */
START_TEST(mode_changed_under_load)
{
	bool lsm = !strcmp(live.mode, "lsm");
	struct exporter exporter = {0};
	struct load *load;
	uint64_t made;
	char *page;

	if (!lsm && strcmp(live.mode, "fentry") != 0) {
		live_skip("modes are changed between lsm and fentry");
		return;
	}
	if (!pin_place_prepare())
		return;
	start(&exporter, NULL, NULL);
	load = start_load(false);
	for (int i = 0; i < 4; i++) {
		sleep_ms(200);
		live_stop(&exporter);
		start(&exporter, lsm == (i % 2 == 0) ? "--bpf.attach=fentry" : "--bpf.attach=lsm",
		      NULL);
		assert_logged(&exporter, "attach mode changed");
	}
	made = stop_load(load);
	page = live_page(&exporter);
	printf("%" PRIu64 " made, %" PRIu64 " counted, %" PRIu64 " missed\n", made,
	       attempts_on(page), missed_attempts(page));
	ck_assert_uint_le(attempts_on(page), made);
	if (live.preempts)
		ck_assert_uint_ge(attempts_on(page) + missed_attempts(page), made - made / 100);
	else
		assert_all("mode changed under load", &exporter, made);
	free(page);
	/* auto keeps the mode of the pinned counters. */
	live_stop(&exporter);
	start(&exporter, "--bpf.attach=auto", NULL);
	assert_logged(&exporter, "resumed pinned counters");
	live_stop(&exporter);
}
END_TEST

/* A resumed counter is not lower on any page, before or after. */
START_TEST(never_falls)
{
	struct exporter exporter = {0};
	struct load *load;
	uint64_t before, after;
	char *page;

	if (!pin_place_prepare())
		return;
	start(&exporter, NULL, NULL);
	load = start_load(true);
	for (int i = 0; i < 6; i++) {
		sleep_ms(300);
		page = live_page(&exporter);
		before = missed_attempts(page);
		after = attempts_on(page);
		free(page);
		ck_assert_int_eq(exporter_stop(&exporter, SIGKILL, NULL), 0);
		start(&exporter, settings[i / 2 % SETTINGS][0], settings[i / 2 % SETTINGS][1]);
		page = live_page(&exporter);
		ck_assert_uint_ge(missed_attempts(page), before);
		ck_assert_uint_ge(attempts_on(page), after);
		free(page);
	}
	stop_load(load);
	live_stop(&exporter);
}
END_TEST

static void spawn_second(struct exporter *second)
{
	const char *const flags[] = {live.attach_flag, pin_flag, NULL};
	struct exporter_setup setup = {
		.scratch = live.scratch, .flags = flags, .port = EXPORTER_PORT + 1};

	ck_assert_int_eq(exporter_spawn(&setup, second), 0);
	sleep_ms(1000);
	assert_logged(second, "waiting for another exporter");
}

START_TEST(second_takes_over)
{
	struct exporter first = {0}, second = {0};
	struct exporter_exit end = {0};
	uint64_t made;

	if (!pin_place_prepare())
		return;
	start(&first, NULL, NULL);
	made = make(50);
	spawn_second(&second);
	made += make(5);
	live_stop(&first);
	ck_assert_int_eq(exporter_wait_ready(&second, &end), 0);
	assert_logged(&second, "resumed pinned counters");
	made += make(3);
	sleep_ms(1500); /* it collects periodically */
	assert_all("the second", &second, made);
	live_stop(&second);
}
END_TEST

/* It takes half a minute and does not depend on the mode: once for each kernel is enough. */
START_TEST(second_is_refused)
{
	struct exporter first = {0}, second = {0};
	struct exporter_exit end = {0};
	char *log;

	if (strcmp(live.mode, "lsm") != 0 || !pin_place_prepare())
		return;
	start(&first, NULL, NULL);
	spawn_second(&second);
	ck_assert_int_eq(exporter_wait_exit(&second, 40000, &end), 0);
	ck_assert_int_eq(end.status, 1);
	log = exporter_log(&second);
	ck_assert_msg(log_lines(log, "level=ERROR", "another exporter uses", "cure=", NULL) == 1,
		      "cause and cure are not in one line:\n%s", log);
	free(log);
	live_stop(&first);
}
END_TEST

static void unpin(void)
{
	const char *const flags[] = {"--unpin", pin_flag, NULL};
	struct exporter_setup setup = {.scratch = live.scratch, .flags = flags};
	struct exporter_exit end = {0};
	struct exporter exporter = {0};

	ck_assert_int_eq(exporter_spawn(&setup, &exporter), 0);
	ck_assert_int_eq(exporter_wait_exit(&exporter, 20000, &end), 0);
	ck_assert_int_eq(end.status, 0);
}

START_TEST(unpin_leaves_nothing)
{
	struct exporter exporter = {0};
	char pins[160];
	uint64_t made;

	if (!pin_place_prepare())
		return;
	snprintf(pins, sizeof(pins), "%s/pins", pin_place);
	unpin(); /* nothing is pinned */
	start(&exporter, NULL, NULL);
	make(10);
	live_stop(&exporter);
	unpin();
	ck_assert_msg(rmdir(pins) == 0, "something is left: %s", strerror(errno));
	unpin();
	make(20);
	start(&exporter, NULL, NULL);
	assert_logged(&exporter, "counters pinned");
	made = make(5);
	assert_all("begun anew", &exporter, made);
	live_stop(&exporter);
}
END_TEST

static long bpf(int command, union bpf_attr *attributes)
{
	return syscall(SYS_bpf, command, attributes, sizeof(*attributes));
}

/* A set that a future version may leave: only the first two words are known. */
static void pin_foreign_set(void)
{
	union bpf_attr map = {
		.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 256, .max_entries = 1};
	uint64_t value[32] = {UINT32_MAX, 1};
	union bpf_attr element = {0}, pin = {0};
	char path[256];
	uint32_t key = 0;

	snprintf(path, sizeof(path), "%s/pins", pin_place);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/pins/set-0000000000000001", pin_place);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/pins/set-0000000000000001/identity", pin_place);
	element.map_fd = pin.bpf_fd = (uint32_t)bpf(BPF_MAP_CREATE, &map);
	element.key = (uintptr_t)&key;
	element.value = (uintptr_t)value;
	pin.pathname = (uintptr_t)path;
	ck_assert_int_eq(bpf(BPF_MAP_UPDATE_ELEM, &element), 0);
	ck_assert_int_eq(bpf(BPF_OBJ_PIN, &pin), 0);
	close((int)pin.bpf_fd);
}

START_TEST(another_version_is_not_misread)
{
	const char *const flags[] = {live.attach_flag, pin_flag, NULL};
	struct exporter_setup setup = {.flags = flags};
	struct exporter exporter = {0};
	char *log;

	if (!pin_place_prepare())
		return;
	pin_foreign_set();
	log = live_refused(&setup);
	ck_assert_msg(log_lines(log, "level=ERROR", "another version", "--unpin", NULL) == 1,
		      "cause and cure are not in one line:\n%s", log);
	free(log);
	unpin();
	start(&exporter, NULL, NULL);
	live_stop(&exporter);
}
END_TEST

START_TEST(not_a_bpf_file_system)
{
	char flag[128];
	const char *const flags[] = {live.attach_flag, flag, NULL};
	struct exporter_setup setup = {.flags = flags};
	char *log;

	snprintf(flag, sizeof(flag), "--bpf.pin-path=%s", live.scratch);
	log = live_refused(&setup);
	ck_assert_msg(log_lines(log, "level=ERROR", "BPF file system", "cure=", NULL) == 1,
		      "cause and cure are not in one line:\n%s", log);
	free(log);
}
END_TEST

START_TEST(kernel_cannot_pin)
{
	const char *const flags[] = {live.attach_flag, pin_flag, NULL};
	struct exporter_setup setup = {.flags = flags};
	char *log;

	if (pin_place_is_possible() || strstr(live.attach_flag, "auto") || !pin_place_make())
		return;
	log = live_refused(&setup);
	ck_assert_msg(log_lines(log, "level=ERROR", "cannot pin", "cure=", NULL) == 1,
		      "cause and cure are not in one line:\n%s", log);
	free(log);
	live_promise("continuity", "cannot be pinned");
}
END_TEST

void pin_promises(TCase *tcase)
{
	tcase_add_test(tcase, killed_under_load);
	tcase_add_test(tcase, upgraded_under_load);
	tcase_add_test(tcase, kernel_cannot_pin);
}

TCase *pin_tests(void)
{
	TCase *tcase = live_tcase("pins", 180);

	tcase_add_loop_test(tcase, counts_while_away, 0, 2);
	tcase_add_test(tcase, killed_under_load);
	tcase_add_test(tcase, settings_changed_under_load);
	tcase_add_test(tcase, upgraded_under_load);
	tcase_add_test(tcase, killed_while_carrying_over);
	tcase_add_test(tcase, killed_while_forgetting);
	tcase_add_test(tcase, mode_changed_under_load);
	tcase_add_test(tcase, never_falls);
	tcase_add_test(tcase, second_takes_over);
	tcase_add_test(tcase, second_is_refused);
	tcase_add_test(tcase, unpin_leaves_nothing);
	tcase_add_test(tcase, another_version_is_not_misread);
	tcase_add_test(tcase, not_a_bpf_file_system);
	tcase_add_test(tcase, kernel_cannot_pin);
	return tcase;
}
