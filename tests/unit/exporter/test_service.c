// SPDX-License-Identifier: Apache-2.0
/*
 * The service in a thread of this process, over a fake kernel, with a service manager that hears
 * it, and signals that reach it as they do in the program.
 */
#include "exporter/service.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/signals.h"
#include "common/units.h"
#include "exporter/settings.h"
#include "metrics/rows/snapshot.h"
#include "tests/lib/captured.h"
#include "tests/lib/manager.h"
#include "tests/lib/scratch.h"
#include "tests/unit/exporter/fake_bpf.h"
#include "tests/unit/suite.h"

#define PATIENCE_MS 10000
#define READY       "READY=1\nSTATUS=Counting binds in mode lsm"
#define STOPPING    "STOPPING=1\nSTATUS=Stopping"

static struct options options;
static char scratch[SCRATCH_SIZE], address[SCRATCH_SIZE + 16], pin_path[FAKE_PATH_MAX + 8];
static char text[8192]; /* the log */
static int manager;
static pthread_t thread;
static int result;      /* of service_run() */
static int descriptors; /* open at the beginning */

/* What the collector and the listeners say. */
static atomic_bool hangs, lost;
static _Atomic(const char *) problem;

uint64_t __wrap_collector_late_ns(void *collector)
{
	(void)collector;
	return atomic_load(&hangs) ? UINT64_MAX : 0;
}

const char *__wrap_collector_unready(void *collector)
{
	(void)collector;
	return atomic_load(&problem);
}

bool __wrap_serving_lost(void *serving)
{
	(void)serving;
	return atomic_load(&lost);
}

static void begin(const char *watchdog_us)
{
	char notify[SCRATCH_SIZE + 16];

	fake_bpf_begin();
	ck_assert_int_eq(scratch_make(scratch), 0);
	snprintf(notify, sizeof(notify), "%s/notify", scratch);
	snprintf(address, sizeof(address), "unix:%s/web", scratch);
	snprintf(pin_path, sizeof(pin_path), "%s/pins", fake_bpf_fs);
	manager = manager_listen(notify);
	ck_assert_int_ge(manager, 0);
	setenv("NOTIFY_SOCKET", notify, 1);
	if (watchdog_us)
		setenv("WATCHDOG_USEC", watchdog_us, 1);
	options = (struct options){
		.attach_mode = BIND_MODES,
		.results = true,
		.pin_path = pin_path,
		.collect_interval_ns = 60 * SECOND_NS,
		.selfcheck_interval_ns = 60 * SECOND_NS,
		.container_logs = "/nonexistent/containers",
		.max_series = SNAPSHOT_MAX_ROWS_MIN,
		.listen_addresses = {address},
		.listen_count = 1,
		.telemetry_path = "/metrics",
		.max_requests = 40,
	};
	signals_hold();
	ck_assert_int_eq(capture_begin(), 0);
	descriptors = scratch_count("/proc/self/fd");
}

static void *run(void *context)
{
	result = service_run(context);
	return NULL;
}

static void start(const char *watchdog_us)
{
	begin(watchdog_us);
	ck_assert_int_eq(pthread_create(&thread, NULL, run, &options), 0);
}

/* Nothing else was heard before. */
static void expect(const char *message)
{
	char heard[MANAGER_MESSAGE_MAX];

	ck_assert_int_eq(manager_hear(manager, PATIENCE_MS, heard), 0);
	ck_assert_str_eq(heard, message);
}

static void expect_silence(void)
{
	char heard[MANAGER_MESSAGE_MAX];

	ck_assert_int_eq(manager_hear(manager, 0, heard), -ETIMEDOUT);
}

static void await(const char *line)
{
	char heard[MANAGER_MESSAGE_MAX];

	ck_assert_msg(manager_await(manager, line, PATIENCE_MS, heard) == 0, "%s", line);
}

/* Nothing is left of the service. */
static void end(void)
{
	ck_assert_int_eq(scratch_count("/proc/self/fd"), descriptors);
	ck_assert_int_eq(scratch_await_count("/proc/self/task", 1), 1);
	ck_assert_int_eq(fake_attachments(), 0);
	capture_end(text, sizeof(text));
	close(manager);
	scratch_remove(scratch);
	fake_bpf_end();
}

static void end_thread(int signal)
{
	ck_assert_int_eq(kill(getpid(), signal), 0);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	end();
}

/* 0, or -errno of connecting to the address. */
static int visit(void)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), error;

	ck_assert_int_ge(client, 0);
	snprintf(name.sun_path, sizeof(name.sun_path), "%s", address + strlen("unix:"));
	error = connect(client, (struct sockaddr *)&name, sizeof(name)) ? -errno : 0;
	close(client);
	return error;
}

static const int ends[] = {SIGTERM, SIGINT};

START_TEST(runs_until_a_signal)
{
	char line[64];

	start(NULL);
	expect(READY);
	ck_assert_int_eq(visit(), 0);
	end_thread(ends[_i]);
	ck_assert_int_eq(result, 0);
	ck_assert_int_ne(visit(), 0);
	snprintf(line, sizeof(line), "msg=stopping signal=%s\n", strsignal(ends[_i]));
	assert_captured(text, line);
}
END_TEST

START_TEST(says_that_it_stops)
{
	start(NULL);
	expect(READY);
	ck_assert_int_eq(kill(getpid(), SIGTERM), 0);
	expect(STOPPING);
	ck_assert_int_eq(pthread_join(thread, NULL), 0);
	expect_silence();
	end();
}
END_TEST

START_TEST(says_why_it_is_not_ready)
{
	atomic_store(&problem, "collection fails");
	start(NULL);
	expect("READY=1\nSTATUS=Mode lsm: collection fails");
	end_thread(SIGTERM);
}
END_TEST

/* A reload ends with the same message as the start, and nothing else does. */
START_TEST(reloads)
{
	char heard[MANAGER_MESSAGE_MAX];

	start(NULL);
	expect(READY);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(kill(getpid(), SIGHUP), 0);
		ck_assert_int_eq(manager_hear(manager, PATIENCE_MS, heard), 0);
		ck_assert_int_eq(strncmp(heard, "RELOADING=1\n", 12), 0);
		expect(READY);
	}
	end_thread(SIGTERM);
	ck_assert_int_eq(result, 0);
	assert_captured(text, "nothing to reload");
}
END_TEST

/* Every 10 ms. A collection that hangs must not reset the watchdog. */
START_TEST(beats)
{
	char heard[MANAGER_MESSAGE_MAX];

	start("20000");
	expect(READY);
	expect("WATCHDOG=1\nSTATUS=Counting binds in mode lsm");
	atomic_store(&problem, "no self-check");
	await("STATUS=Mode lsm: no self-check");
	atomic_store(&hangs, true);
	await("STATUS=Mode lsm: collection hangs");
	ck_assert_int_eq(manager_hear(manager, PATIENCE_MS, heard), 0);
	ck_assert_str_eq(heard, "STATUS=Mode lsm: collection hangs");
	end_thread(SIGTERM);
	ck_assert_int_eq(result, 0);
}
END_TEST

/* It goes on without the service manager, and says so. */
START_TEST(warns_of_a_deaf_manager)
{
	char path[SCRATCH_SIZE + 16];

	begin(NULL);
	snprintf(path, sizeof(path), "%s/notify", scratch);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, run, &options), 0);
	end_thread(SIGTERM);
	ck_assert_int_eq(result, 0);
	assert_captured(text, "level=WARN msg=\"cannot notify the service manager\"");
}
END_TEST

/* As serving.c does: the flag, then the signal. */
START_TEST(ends_with_an_error_when_an_address_is_lost)
{
	start(NULL);
	expect(READY);
	atomic_store(&lost, true);
	end_thread(SIGINT);
	ck_assert_int_eq(result, -ENOTCONN);
	assert_captured(text, "msg=stopping reason=\"an address is no longer served\"");
	assert_not_captured(text, "signal=");
}
END_TEST

static void refuse_web_config(void)
{
	options.web_config = "/nonexistent/web.yml";
}

static void refuse_pins(void)
{
	options.pin_path = "/nonexistent/directory/pins";
}

static void refuse_address(void)
{
	options.listen_addresses[0] = "nonsense";
}

static void refuse_source(void)
{
	fake.unprivileged = true;
}

static void refuse_privileges(void)
{
	fake_failure("privileges_drop", EACCES);
}

/* The file is gone between the check at the start and its use. */
static void refuse_web_config_later(void)
{
	fake.dropping = refuse_web_config;
}

/* In the order of the start: each with a part of what is logged, and not of the step after it. */
static const struct {
	void (*refuse)(void);
	int error;
	const char *logged, *unlogged;
} refusals[] = {
	{refuse_pins, -ENODEV, "cannot use pinned counters", "cannot listen"},
	{refuse_web_config, -ENOENT, "web configuration is invalid", "counters pinned"},
	{refuse_address, -EINVAL, "cannot listen", "counters pinned"},
	{refuse_source, -ENODEV, "cannot count binds on this machine", "listening"},
	{refuse_privileges, -EACCES, "cannot drop privileges", "listening"},
	{refuse_web_config_later, -ENOENT, "web configuration is invalid", "listening"},
};

START_TEST(cannot_start)
{
	begin(NULL);
	refusals[_i].refuse();
	ck_assert_int_eq(service_run(&options), refusals[_i].error);
	expect_silence();
	end();
	assert_captured(text, refusals[_i].logged);
	assert_not_captured(text, refusals[_i].unlogged);
}
END_TEST

/* Told to end before it counts: that is no failure, and nothing is attached. */
START_TEST(ends_before_it_counts)
{
	begin(NULL);
	fake.signal = SIGTERM;
	ck_assert_int_eq(service_run(&options), 0);
	expect(STOPPING);
	expect_silence();
	end();
	assert_captured(text, "msg=stopping signal=Terminated");
	assert_not_captured(text, "counting binds");
}
END_TEST

/* A failure that is not the signal's stays one. */
START_TEST(fails_although_it_is_told_to_end)
{
	begin(NULL);
	fake.signal = SIGTERM;
	refuse_address();
	ck_assert_int_eq(service_run(&options), -EINVAL);
	expect_silence();
	end();
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{runs_until_a_signal, ARRAY_SIZE(ends)},
		{says_that_it_stops, 0},
		{says_why_it_is_not_ready, 0},
		{reloads, 0},
		{beats, 0},
		{warns_of_a_deaf_manager, 0},
		{ends_with_an_error_when_an_address_is_lost, 0},
		{cannot_start, ARRAY_SIZE(refusals)},
		{ends_before_it_counts, 0},
		{fails_although_it_is_told_to_end, 0},
	};

	return run_suite("service", tests, ARRAY_SIZE(tests));
}
