/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pinned counters: every bind is counted once, whether an exporter is running, is killed or is not
 * there. Each test has a BPF file system of its own, so that its pins disappear when it ends.
 */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/live/live_test.h"
#include "tests/live/log_checks.h"
#include "tests/live/pin_place.h"
#include "tests/live/pinned_load.h"

START_TEST(counts_while_away)
{
	static const int signals[] = {SIGTERM, SIGKILL};
	struct exporter exporter = {0};
	uint64_t made;

	if (!pin_place_prepare())
		return;
	pinned_start(&exporter, NULL, NULL);
	made = pinned_make(100);
	pinned_check("the first", &exporter, made);
	ck_assert_int_eq(exporter_stop(&exporter, signals[_i], NULL), 0);
	made += pinned_make(11);
	pinned_start(&exporter, NULL, NULL);
	assert_logged(&exporter, "resumed pinned counters");
	made += pinned_make(7);
	pinned_check("the second", &exporter, made);
	live_stop(&exporter);
}
END_TEST

static void kill_and_start(struct exporter *exporter, int round)
{
	(void)round;
	ck_assert_int_eq(exporter_stop(exporter, SIGKILL, NULL), 0);
	sleep_ms(100);
	pinned_start(exporter, NULL, NULL);
}

START_TEST(killed_under_load)
{
	pinned_survives("killed under load", 5, kill_and_start);
}
END_TEST

/* Halves of the table are flipped, and rows retired, as often as possible. */
START_TEST(killed_while_forgetting)
{
	static const char idle[] = "--series.idle-timeout=1s", often[] = "--collect.interval=20ms";
	unsigned int seed = (unsigned int)getpid();
	struct exporter exporter = {0};
	struct pinned_load *load;
	uint64_t made;
	char *page;

	if (!pin_place_prepare())
		return;
	pinned_start(&exporter, idle, often);
	load = pinned_load_start(/* new_names= */ true);
	for (int i = 0; i < pinned_kills(); i++) {
		sleep_ms(200 + rand_r(&seed) % 1300);
		ck_assert_int_eq(exporter_stop(&exporter, SIGKILL, NULL), 0);
		pinned_start(&exporter, idle, often);
	}
	made = pinned_load_stop(load);
	sleep_ms(3000);
	page = live_page(&exporter);
	ck_assert_uint_gt(pinned_sum(page, "socket_bind_exporter_retired_attempts_total"), 0);
	free(page);
	pinned_check("killed while forgetting", &exporter, made);
	live_stop(&exporter);
}
END_TEST

void pin_promises(TCase *tcase)
{
	tcase_add_test(tcase, killed_under_load);
	pin_upgrade_promises(tcase);
	pin_path_promises(tcase);
}

TCase *pin_tests(void)
{
	TCase *tcase = live_tcase("pins", 180);

	tcase_add_loop_test(tcase, counts_while_away, 0, 2);
	tcase_add_test(tcase, killed_under_load);
	tcase_add_test(tcase, killed_while_forgetting);
	pin_upgrade_tests(tcase);
	pin_path_tests(tcase);
	return tcase;
}
