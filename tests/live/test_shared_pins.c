/* SPDX-License-Identifier: Apache-2.0 */
/* A pin path that others use as well, with names that could be the exporter's. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/live/live_test.h"
#include "tests/live/log_checks.h"
#include "tests/live/pin_place.h"

#define LINK "set-00000000000000cd"

/* Pins of others below DIR, in directories or directly in it. */
static const char *const of_others[] = {
	"set-of-another/identity",
	"set-0123456789abcdef/table",
	"set-0123456789abcdee", /* a map, not a directory */
	"hook-xdp/link",
	"hook-xdp/program",
	"garbage-of-another/map",
	"garbage-set-of-another/identity",
	"garbage-hook-lsm/program",
	"linked/identity",
};

#define NAMES 8 /* of these, in DIR, with the link and without "linked" */

static void pin_a_map(const char *name)
{
	const uint64_t value = 0;

	pin_place_put(name, &value, sizeof(value));
}

static void pin_those_of_others(void)
{
	char path[PIN_PATH_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(of_others); i++)
		pin_a_map(of_others[i]);
	pin_place_path(LINK, path);
	ck_assert_int_eq(symlink("linked", path), 0);
}

static void assert_those_of_others(void)
{
	char path[PIN_PATH_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(of_others); i++) {
		pin_place_path(of_others[i], path);
		ck_assert_msg(access(path, F_OK) == 0, "%s is gone", of_others[i]);
	}
	pin_place_path(LINK, path);
	ck_assert_int_eq(access(path, F_OK), 0);
}

static unsigned int names_in_pins(void)
{
	struct dirent *entry;
	unsigned int count = 0;
	char path[PIN_PATH_SIZE];
	DIR *entries;

	pin_place_path("", path);
	entries = opendir(path);
	while ((entry = readdir(entries)))
		count += entry->d_name[0] != '.';
	closedir(entries);
	return count;
}

static void unpin(void)
{
	char *log = pin_place_unpin();

	ck_assert_msg(log_lines(log, "level=WARN", "left in place", NULL) == NAMES, "%s", log);
	free(log);
}

/*
 * They stay when the exporter starts, which removes garbage, and when it removes all of its own
 * pins.
 */
START_TEST(leaves_others_alone)
{
	const char *const flags[] = {pin_flag, NULL};
	struct exporter exporter = {0};

	if (!pin_place_prepare())
		return;
	pin_those_of_others();
	ck_assert_uint_eq(names_in_pins(), NAMES + 1);
	for (int i = 0; i < 2; i++) {
		live_start(&exporter, flags);
		live_stop(&exporter);
		assert_those_of_others();
	}
	ck_assert_uint_gt(names_in_pins(), NAMES + 1);
	unpin();
	assert_those_of_others();
	ck_assert_uint_eq(names_in_pins(), NAMES + 1);
}
END_TEST

static void hook_of_another(char ret_name[128])
{
	snprintf(ret_name, 128, "hook-%s/another",
		 !strcmp(live.mode, "tracepoint") ? "tracepoint_enter_bind"
		 : !strcmp(live.mode, "lsm")      ? "lsm_socket_bind"
		 : !strcmp(live.mode, "kprobe")   ? "kprobe_socket_bind"
						  : "fentry_socket_bind");
}

/* If others use a name that the exporter needs, it does not remove their pin. */
START_TEST(is_refused_where_another_is_in_the_way)
{
	const char *const flags[] = {live.attach_flag, pin_flag, NULL};
	struct exporter_setup setup = {.flags = flags};
	char name[128], path[PIN_PATH_SIZE];

	if (!pin_place_prepare())
		return;
	hook_of_another(name);
	pin_a_map(name);
	assert_refused(&setup, "do not all belong to one exporter", "");
	pin_place_path(name, path);
	ck_assert_int_eq(access(path, F_OK), 0);
}
END_TEST

TCase *shared_pin_tests(void)
{
	TCase *tcase = live_tcase("shared_pins", 60);

	tcase_add_test(tcase, leaves_others_alone);
	tcase_add_test(tcase, is_refused_where_another_is_in_the_way);
	return tcase;
}
