/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signals while the exporter waits for another process to release the pins. The test itself holds
 * them.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/live/live_test.h"
#include "tests/live/log_checks.h"
#include "tests/live/pin_place.h"

/* The descriptor that locks the directory. -1, with a message: not possible here. */
static int hold_pins(void)
{
	char path[160];
	int held;

	if (!pin_place_prepare())
		return -1;
	snprintf(path, sizeof(path), "%s/pins", pin_place);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	held = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_eq(flock(held, LOCK_EX), 0);
	return held;
}

/* Starts it with one more flag, or NULL, and waits until it is waiting. */
static void start_waiting(struct exporter *exporter, const char *flag)
{
	const char *const flags[] = {live.attach_flag, pin_flag, flag, NULL};
	struct exporter_setup setup = {.scratch = live.scratch, .flags = flags};

	ck_assert_int_eq(exporter_spawn(&setup, exporter), 0);
	for (int i = 0; i < 1000 && !lines_logged(exporter, "waiting for another exporter"); i++)
		usleep(10000);
	assert_logged(exporter, "waiting for another exporter");
}

START_TEST(hangup_is_held)
{
	struct exporter exporter = {0};
	struct exporter_exit end = {0};
	int held = hold_pins();

	if (held < 0)
		return;
	start_waiting(&exporter, NULL);
	ck_assert_int_eq(kill(exporter.pid, SIGHUP), 0);
	close(held);
	ck_assert_msg(exporter_wait_ready(&exporter, &end) == 0, "status %d", end.status);
	live_stop(&exporter);
}
END_TEST

static const struct {
	const char *flag;
	int signal;
	int status;
	const char *log;
} ends[] = {
	{NULL, SIGTERM, 0, "msg=stopping signal=Terminated"},
	{NULL, SIGINT, 0, "msg=stopping signal=Interrupt"},
	/* With these options it has failed: it printed no page, or removed no pins. */
	{"--once", SIGTERM, 1, "level=ERROR msg=\"cannot use pinned counters\""},
	{"--unpin", SIGINT, 1, "level=ERROR msg=\"cannot remove pinned counters\""},
};

START_TEST(told_to_end)
{
	struct exporter exporter = {0};
	struct exporter_exit end = {0};
	int held = hold_pins();

	if (held < 0)
		return;
	start_waiting(&exporter, ends[_i].flag);
	ck_assert_int_eq(exporter_stop(&exporter, ends[_i].signal, &end), 0);
	ck_assert_int_eq(end.status, ends[_i].status);
	assert_logged(&exporter, ends[_i].log);
	close(held);
}
END_TEST

TCase *waiting_tests(void)
{
	TCase *tcase = live_tcase("waiting", 60);

	tcase_add_test(tcase, hangup_is_held);
	tcase_add_loop_test(tcase, told_to_end, 0, sizeof(ends) / sizeof(*ends));
	return tcase;
}
