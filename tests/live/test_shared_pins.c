/* SPDX-License-Identifier: Apache-2.0 */
/* A pin path that others use as well, with names that could be the exporter's. */
#include <dirent.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/live/live_test.h"
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

#define OF_OTHERS (sizeof(of_others) / sizeof(*of_others))
#define NAMES     8 /* of these, in DIR, with the link and without "linked" */

static void path_of(const char *name, char ret_path[300])
{
	snprintf(ret_path, 300, "%s/pins%s%s", pin_place, *name ? "/" : "", name);
}

static void pin_map(const char *name)
{
	union bpf_attr map = {
		.map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 8, .max_entries = 1};
	union bpf_attr pin = {0};
	char path[300], *slash;

	path_of(name, path);
	slash = strrchr(path, '/');
	*slash = '\0';
	ck_assert(mkdir(path, 0700) == 0 || errno == EEXIST);
	*slash = '/';
	pin.bpf_fd = (uint32_t)syscall(SYS_bpf, BPF_MAP_CREATE, &map, sizeof(map));
	pin.pathname = (uintptr_t)path;
	ck_assert_int_eq(syscall(SYS_bpf, BPF_OBJ_PIN, &pin, sizeof(pin)), 0);
	close((int)pin.bpf_fd);
}

static void pin_those_of_others(void)
{
	char path[300];

	path_of("", path);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	for (size_t i = 0; i < OF_OTHERS; i++)
		pin_map(of_others[i]);
	path_of(LINK, path);
	ck_assert_int_eq(symlink("linked", path), 0);
}

static void assert_those_of_others(void)
{
	char path[300];

	for (size_t i = 0; i < OF_OTHERS; i++) {
		path_of(of_others[i], path);
		ck_assert_msg(access(path, F_OK) == 0, "%s is gone", of_others[i]);
	}
	path_of(LINK, path);
	ck_assert_int_eq(access(path, F_OK), 0);
}

static unsigned int names_in_pins(void)
{
	struct dirent *entry;
	unsigned int count = 0;
	char path[300];
	DIR *entries;

	path_of("", path);
	entries = opendir(path);
	while ((entry = readdir(entries)))
		count += entry->d_name[0] != '.';
	closedir(entries);
	return count;
}

static void unpin(void)
{
	const char *const flags[] = {"--unpin", pin_flag, NULL};
	struct exporter_setup setup = {.scratch = live.scratch, .flags = flags};
	struct exporter_exit end = {0};
	struct exporter exporter = {0};
	char *log;

	ck_assert_int_eq(exporter_spawn(&setup, &exporter), 0);
	ck_assert_int_eq(exporter_wait_exit(&exporter, 20000, &end), 0);
	ck_assert_int_eq(end.status, 0);
	log = exporter_log(&exporter);
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
	char name[128], path[300], *log;

	if (!pin_place_prepare())
		return;
	hook_of_another(name);
	path_of("", path);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	pin_map(name);
	log = live_refused(&setup);
	ck_assert_msg(log_lines(log, "level=ERROR", "do not all belong to one exporter",
				"cure=", NULL) == 1,
		      "cause and cure are not in one line:\n%s", log);
	free(log);
	path_of(name, path);
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
