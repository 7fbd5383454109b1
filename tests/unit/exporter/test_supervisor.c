// SPDX-License-Identifier: Apache-2.0
#include "exporter/supervisor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/units.h"
#include "tests/lib/manager.h"
#include "tests/lib/scratch.h"
#include "tests/unit/suite.h"

static char scratch[SCRATCH_SIZE];

static int listen_at(bool abstract)
{
	char address[SCRATCH_SIZE + 16];
	int manager;

	ck_assert_int_eq(scratch_make(scratch), 0);
	if (abstract)
		snprintf(address, sizeof(address), "@sbe-test-%d", getpid());
	else
		snprintf(address, sizeof(address), "%s/notify", scratch);
	manager = manager_listen(address);
	ck_assert_int_ge(manager, 0);
	setenv("NOTIFY_SOCKET", address, 1);
	return manager;
}

static void expect(int manager, const char *expected)
{
	char message[MANAGER_MESSAGE_MAX];

	ck_assert_int_eq(manager_hear(manager, 1000, message), 0);
	ck_assert_str_eq(message, expected);
}

START_TEST(says_what_happens)
{
	int manager = listen_at(_i);
	char message[MANAGER_MESSAGE_MAX];

	ck_assert_int_eq(supervisor_ready("lsm", NULL), 0);
	expect(manager, "READY=1\nSTATUS=Counting binds in mode lsm");
	supervisor_beat(true, "lsm", NULL);
	expect(manager, "WATCHDOG=1\nSTATUS=Counting binds in mode lsm");
	supervisor_beat(true, "lsm", "100% wrong");
	expect(manager, "WATCHDOG=1\nSTATUS=Mode lsm: 100% wrong");
	supervisor_beat(false, "lsm", "it hangs");
	expect(manager, "STATUS=Mode lsm: it hangs");
	supervisor_reloading();
	ck_assert_int_eq(manager_hear(manager, 1000, message), 0);
	ck_assert_msg(!strncmp(message, "RELOADING=1\nMONOTONIC_USEC=", 27) &&
			      strtoull(message + 27, NULL, 10) > 0,
		      "%s", message);
	supervisor_stopping();
	expect(manager, "STOPPING=1\nSTATUS=Stopping");
	ck_assert_int_eq(manager_hear(manager, 0, message), -ETIMEDOUT);
	close(manager);
	scratch_remove(scratch);
}
END_TEST

START_TEST(does_without_a_manager)
{
	unsetenv("NOTIFY_SOCKET");
	ck_assert_int_eq(supervisor_ready("lsm", NULL), 0);
	supervisor_beat(true, "lsm", NULL);
	setenv("NOTIFY_SOCKET", "/nonexistent/notify", 1);
	ck_assert_int_eq(supervisor_ready("lsm", NULL), -ENOENT);
}
END_TEST

static const struct {
	const char *socket, *microseconds;
	bool others; /* the watchdog is for another process */
	uint64_t expected_ns;
} intervals[] = {
	{NULL, NULL, false, 0},
	{"/run/notify", NULL, false, 10 * SECOND_NS},
	{"/run/notify", "30000000", false, 15 * SECOND_NS},
	{"/run/notify", "30000000", true, 10 * SECOND_NS},
	{"/run/notify", "0", false, 10 * SECOND_NS},
	{"/run/notify", "soon", false, 10 * SECOND_NS},
};

START_TEST(beats_twice_in_the_time_of_the_watchdog)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", getpid() + intervals[_i].others);
	setenv("WATCHDOG_PID", pid, 1);
	if (intervals[_i].socket)
		setenv("NOTIFY_SOCKET", intervals[_i].socket, 1);
	if (intervals[_i].microseconds)
		setenv("WATCHDOG_USEC", intervals[_i].microseconds, 1);
	ck_assert_uint_eq(supervisor_interval_ns(), intervals[_i].expected_ns);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{says_what_happens, 2},
		{does_without_a_manager, 0},
		{beats_twice_in_the_time_of_the_watchdog, ARRAY_SIZE(intervals)},
	};

	return run_suite("supervisor", tests, ARRAY_SIZE(tests));
}
