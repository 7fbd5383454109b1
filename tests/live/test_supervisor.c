/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The exporter as systemd starts it: with its own user, two capabilities, and a socket for reports.
 */
#include <errno.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/manager.h"
#include "tests/lib/scratch.h"
#include "tests/live/live_test.h"
#include "tests/live/sandbox.h"

#define WATCHDOG_US "600000"
#define SILENCE_MS  1500 /* in which several watchdog messages would have arrived */

struct service {
	char address[sizeof(live.scratch) + 16];
	bool nobody; /* the user of the unit; otherwise root */
};

static int enter(void *argument)
{
	const struct service *service = argument;
	bool traces = !strcmp(live.mode, "tracepoint") || !strcmp(live.mode, "kprobe");

	setenv("NOTIFY_SOCKET", service->address, 1);
	setenv("WATCHDOG_USEC", WATCHDOG_US, 1);
	return service->nobody ? sandbox_become_service(traces) : 0;
}

static int start(struct service *service, struct exporter *exporter)
{
	const char *const flags[] = {"--collect.interval=100ms", NULL};
	struct exporter_setup setup = {.flags = flags, .prepare = enter, .argument = service};
	int manager;

	snprintf(service->address, sizeof(service->address), "%s/notify", live.scratch);
	unlink(service->address);
	manager = manager_listen(service->address);
	ck_assert_int_ge(manager, 0);
	live_start_as(exporter, &setup);
	return manager;
}

static void expect(int manager, const char *line, const char *status)
{
	char message[MANAGER_MESSAGE_MAX] = "";

	ck_assert_msg(manager_await(manager, line, 5000, message) == 0 && strstr(message, status),
		      "no %s with %s, last: %s", line, status, message);
}

START_TEST(reports_what_it_does)
{
	struct service service = {.nobody = _i};
	struct exporter exporter = {0};
	int manager = start(&service, &exporter);
	char status[64];
	struct exporter_exit end;

	snprintf(status, sizeof(status), "STATUS=Counting binds in mode %s", live.mode);
	expect(manager, "READY=1", status);
	for (int i = 0; i < 3; i++)
		expect(manager, "WATCHDOG=1", status);
	ck_assert_int_eq(exporter_stop(&exporter, SIGTERM, &end), 0);
	ck_assert_int_eq(end.status, 0);
	expect(manager, "STOPPING=1", "STATUS=Stopping");
	unlink(exporter.log);
	close(manager);
}
END_TEST

/* 0: there is none. */
static pid_t find_thread(const struct exporter *exporter, const char *name)
{
	char pattern[64], *text;
	pid_t found = 0;
	size_t length;
	glob_t threads;

	snprintf(pattern, sizeof(pattern), "/proc/%d/task/*/comm", exporter->pid);
	ck_assert_int_eq(glob(pattern, 0, NULL, &threads), 0);
	for (size_t i = 0; i < threads.gl_pathc; i++) {
		ck_assert_int_eq(scratch_read(threads.gl_pathv[i], &text, &length), 0);
		if (!strncmp(text, name, strlen(name)))
			found = (pid_t)atoi(strstr(threads.gl_pathv[i], "task/") + 5);
		free(text);
	}
	globfree(&threads);
	return found;
}

/* A thread names itself, some time after others have begun to serve. */
static pid_t thread_of(const struct exporter *exporter, const char *name)
{
	pid_t found = find_thread(exporter, name);

	for (int i = 0; i < 500 && !found; i++) {
		usleep(10000);
		found = find_thread(exporter, name);
	}
	ck_assert_int_gt(found, 0);
	return found;
}

/*
 * If a debugger stops the collector, it looks like one that hangs. The rest of the process
 * continues.
 */
START_TEST(leaves_a_hanging_collector_to_the_watchdog)
{
	struct service service = {.nobody = false};
	struct exporter exporter = {0};
	int manager = start(&service, &exporter);
	char message[MANAGER_MESSAGE_MAX];
	pid_t collector = thread_of(&exporter, "collector");

	expect(manager, "WATCHDOG=1", "STATUS=Counting");
	if (ptrace(PTRACE_SEIZE, collector, NULL, NULL)) {
		live_skip("hanging collector: ptrace(2) is not allowed here: %s", strerror(errno));
		live_stop(&exporter);
		return;
	}
	ck_assert_int_eq(ptrace(PTRACE_INTERRUPT, collector, NULL, NULL), 0);
	ck_assert_int_eq(waitpid(collector, NULL, __WALL), collector);
	while (manager_await(manager, "WATCHDOG=1", 700, message) == 0)
		;
	ck_assert_int_eq(manager_await(manager, "WATCHDOG=1", SILENCE_MS, message), -ETIMEDOUT);
	ck_assert_msg(strstr(message, ": collection hangs"), "%s", message);
	ck_assert_int_eq(ptrace(PTRACE_DETACH, collector, NULL, NULL), 0);
	expect(manager, "WATCHDOG=1", "STATUS=Counting");
	live_stop(&exporter);
	close(manager);
}
END_TEST

TCase *supervisor_tests(void)
{
	TCase *tcase = live_tcase("supervisor", 60);

	tcase_add_loop_test(tcase, reports_what_it_does, 0, 2);
	tcase_add_test(tcase, leaves_a_hanging_collector_to_the_watchdog);
	return tcase;
}
