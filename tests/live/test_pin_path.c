/* SPDX-License-Identifier: Apache-2.0 */
/* The pin path: one exporter at a time, what --unpin removes, and what cannot be used. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/live/live_test.h"
#include "tests/live/log_checks.h"
#include "tests/live/pin_place.h"
#include "tests/live/pinned_load.h"

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
	pinned_start(&first, NULL, NULL);
	made = pinned_make(50);
	spawn_second(&second);
	made += pinned_make(5);
	live_stop(&first);
	ck_assert_int_eq(exporter_wait_ready(&second, &end), 0);
	assert_logged(&second, "resumed pinned counters");
	made += pinned_make(3);
	sleep_ms(1500); /* it collects periodically */
	pinned_check("the second", &second, made);
	live_stop(&second);
}
END_TEST

/* It takes half a minute and does not depend on the mode: once for each kernel is enough. */
START_TEST(second_is_refused)
{
	struct exporter first = {0}, second = {0};

	if (strcmp(live.mode, "lsm") != 0 || !pin_place_prepare())
		return;
	pinned_start(&first, NULL, NULL);
	spawn_second(&second);
	assert_ends(&second, "another exporter uses", "");
	live_stop(&first);
}
END_TEST

START_TEST(unpin_leaves_nothing)
{
	struct exporter exporter = {0};
	char pins[PIN_PATH_SIZE];

	if (!pin_place_prepare())
		return;
	free(pin_place_unpin()); /* nothing is pinned */
	pinned_start(&exporter, NULL, NULL);
	pinned_make(10);
	live_stop(&exporter);
	free(pin_place_unpin());
	pin_place_path("", pins);
	ck_assert_msg(rmdir(pins) == 0, "something is left: %s", strerror(errno));
	free(pin_place_unpin());
	pinned_make(20);
	pinned_start(&exporter, NULL, NULL);
	assert_logged(&exporter, "counters pinned");
	pinned_check("begun anew", &exporter, pinned_make(5));
	live_stop(&exporter);
}
END_TEST

/* The identity of a set that a future version may leave: only the first two words are known. */
START_TEST(another_version_is_not_misread)
{
	static const uint64_t identity[32] = {UINT32_MAX, 1};
	const char *const flags[] = {live.attach_flag, pin_flag, NULL};
	struct exporter_setup setup = {.flags = flags};
	struct exporter exporter = {0};

	if (!pin_place_prepare())
		return;
	pin_place_put("set-0000000000000001/identity", identity, sizeof(identity));
	assert_refused(&setup, "another version", "--unpin");
	free(pin_place_unpin());
	pinned_start(&exporter, NULL, NULL);
	live_stop(&exporter);
}
END_TEST

START_TEST(not_a_bpf_file_system)
{
	char flag[128];
	const char *const flags[] = {live.attach_flag, flag, NULL};
	struct exporter_setup setup = {.flags = flags};

	snprintf(flag, sizeof(flag), "--bpf.pin-path=%s", live.scratch);
	assert_refused(&setup, "BPF file system", "");
}
END_TEST

START_TEST(kernel_cannot_pin)
{
	const char *const flags[] = {live.attach_flag, pin_flag, NULL};
	struct exporter_setup setup = {.flags = flags};

	if (pin_place_is_possible() || strstr(live.attach_flag, "auto") || !pin_place_make())
		return;
	assert_refused(&setup, "cannot pin", "");
	live_promise("continuity", "cannot be pinned");
}
END_TEST

void pin_path_promises(TCase *tcase)
{
	tcase_add_test(tcase, kernel_cannot_pin);
}

void pin_path_tests(TCase *tcase)
{
	tcase_add_test(tcase, second_takes_over);
	tcase_add_test(tcase, second_is_refused);
	tcase_add_test(tcase, unpin_leaves_nothing);
	tcase_add_test(tcase, another_version_is_not_misread);
	tcase_add_test(tcase, not_a_bpf_file_system);
	tcase_add_test(tcase, kernel_cannot_pin);
}
