// SPDX-License-Identifier: Apache-2.0
/* exporter/pins/dir.c, with a plain directory as the BPF file system. */
#include "exporter/pins/dir.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/diagnosis.h"
#include "exporter/pins/pin_owner.h"
#include "tests/lib/captured.h"
#include "tests/unit/exporter/pins/pins_fixture.h"
#include "tests/unit/suite.h"

#define SET     "set-0123456789abcdef"
#define ANOTHER "set-fedcba9876543210"
#define HOOK    "hook-lsm_socket_bind"

static struct diagnosis diagnosis;
static unsigned int sleeps;

static int open_below(const char *name, struct pins **ret_pins)
{
	static char path[2 * FAKE_PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", fake_bpf_fs, name);
	return pins_open(path, ret_pins, &diagnosis);
}

static void build(const char *directory, const char *marker)
{
	int program = fake_program();

	ck_assert_int_eq(pins_begin(pins, directory), 0);
	ck_assert_int_eq(pins_put(pins, directory, marker, program), 0);
	ck_assert_int_eq(pins_put(pins, directory, "program", program), 0);
	close(program);
}

static void build_and_publish(const char *directory, const char *marker)
{
	build(directory, marker);
	ck_assert_int_eq(pins_publish(pins, directory), 0);
}

START_TEST(creates_the_last_part_only)
{
	struct pins *other = NULL;

	ck_assert_int_eq(open_below("missing/pins", &other), -ENXIO);
	ck_assert_ptr_null(other);
	ck_assert_ptr_nonnull(strstr(diagnosis.reason, "the parent directory of"));
	ck_assert_int_eq(open_below("other", &other), 0);
	pins_close(other);
	ck_assert_int_eq(open_below("other", &other), 0);
	pins_close(other);
	pins_close(NULL);
}
END_TEST

static const struct {
	const char *path;
	struct fake_behaviour fake;
	int expected;
	const char *reason;
} refusals[] = {
	{"new", {.other_file_system = true}, -EMEDIUMTYPE, "is not on a BPF file system"},
	{"", {.other_file_system = true}, -EMEDIUMTYPE, "is not on a BPF file system"},
	{"new", {.failing = "statfs", .countdown = 1, .error = EACCES}, -EACCES, "not writable"},
	{"new", {.failing = "statfs", .countdown = 1, .error = EPERM}, -EPERM, "not writable"},
	{"file", {.signal = 0}, -ENOTDIR, "cannot be used: Not a directory"},
	{"file/pins", {.signal = 0}, -ENOTDIR, "cannot be used: Not a directory"},
	{"held", {.signal = SIGTERM}, -EINTR, "told to stop while waiting"},
};

static void touch_file(void)
{
	char path[2 * FAKE_PATH_MAX];

	snprintf(path, sizeof(path), "%s/file", fake_bpf_fs);
	close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
}

START_TEST(refuses_a_directory)
{
	struct pins *holder, *other = NULL;

	touch_file();
	ck_assert_int_eq(open_below("held", &holder), 0);
	fake = refusals[_i].fake;
	ck_assert_int_eq(open_below(refusals[_i].path, &other), refusals[_i].expected);
	ck_assert_ptr_null(other);
	ck_assert_ptr_nonnull(strstr(diagnosis.reason, refusals[_i].reason));
	ck_assert_int_ne(diagnosis.cure[0], '\0');
	pins_close(holder);
}
END_TEST

static void count_sleeps(void)
{
	sleeps++;
}

static void end_other(void)
{
	if (++sleeps == 3)
		pins_close(pins);
}

START_TEST(waits_for_another_process)
{
	struct pins *other = NULL;
	char log[4096];

	sleeps = 0;
	fake.sleeping = count_sleeps;
	capture(log, ck_assert_int_eq(open_below("pins", &other), -ETIMEDOUT));
	ck_assert_uint_eq(sleeps, 300); /* half a minute */
	ck_assert_ptr_nonnull(strstr(diagnosis.reason, "did not stop within 30 s"));
	assert_captured(log, "waiting for another exporter");
	ck_assert_ptr_eq(strstr(strstr(log, "waiting for") + 1, "waiting for"), NULL);
	sleeps = 0;
	fake.sleeping = end_other;
	ck_assert_int_eq(open_below("pins", &other), 0);
	ck_assert_uint_eq(sleeps, 3);
	pins = other;
}
END_TEST

START_TEST(appears_whole)
{
	char names[2][PINS_NAME_MAX];
	int program;

	ck_assert_int_eq(pins_list(pins, PIN_SET, names, 2), 0);
	build(SET, PIN_IDENTITY);
	ck_assert_int_eq(pins_list(pins, PIN_SET, names, 2), 0);
	ck_assert_int_eq(pins_get(pins, SET, "program"), -ENOENT);
	ck_assert_int_eq(pins_begin(pins, SET), -EEXIST);
	ck_assert_int_eq(pins_publish(pins, SET), 0);
	ck_assert_int_eq(pins_list(pins, PIN_SET, names, 2), 1);
	ck_assert_str_eq(names[0], SET);
	program = pins_get(pins, SET, "program");
	ck_assert_uint_ne(fake_id(program), 0);
	close(program);
	ck_assert_int_eq(pins_get(pins, SET, "missing"), -ENOENT);
	ck_assert_int_eq(pins_publish(pins, ANOTHER), -ENOENT);
	ck_assert_int_eq(pins_put(pins, ANOTHER, "program", -1), -EBADF);
}
END_TEST

START_TEST(removes_garbage_at_the_next_start)
{
	struct diagnosis unused;

	build(SET, PIN_IDENTITY);
	ck_assert_int_eq(pins_begin(pins, HOOK), 0);
	build_and_publish(ANOTHER, PIN_IDENTITY);
	pins_make_directory("garbage-of-another-program");
	pins_close(pins);
	ck_assert_int_eq(pins_open(pins_path, &pins, &unused), 0);
	ck_assert(!pins_has("", PIN_GARBAGE SET));
	ck_assert(!pins_has("", PIN_GARBAGE HOOK));
	ck_assert(pins_has("", "garbage-of-another-program"));
	ck_assert(pins_has(ANOTHER, PIN_IDENTITY));
}
END_TEST

START_TEST(removes_its_own_only)
{
	build_and_publish(SET, PIN_IDENTITY);
	ck_assert_int_eq(pins_remove(pins, SET), 0);
	ck_assert(!pins_has("", SET));
	ck_assert_int_eq(pins_remove(pins, SET), 0);
	build(SET, PIN_IDENTITY);
	ck_assert_int_eq(pins_remove(pins, SET), 0); /* not published */
	ck_assert(!pins_has("", PIN_GARBAGE SET));
	pins_make_directory(ANOTHER);
	pins_touch(ANOTHER, "notes");
	ck_assert_int_eq(pins_remove(pins, ANOTHER), -EEXIST);
	ck_assert(pins_has(ANOTHER, "notes"));
}
END_TEST

/* A subdirectory cannot be unlinked: the marker stays, so that the next try finds its way. */
START_TEST(keeps_the_marker_of_what_cannot_be_removed)
{
	struct pins *none = NULL;

	build_and_publish(SET, PIN_IDENTITY);
	pins_make_directory(SET "/below");
	ck_assert_int_eq(pins_remove(pins, SET), -EISDIR);
	ck_assert(pins_has(PIN_GARBAGE SET, PIN_IDENTITY));
	ck_assert_int_eq(pins_unpin(fake_bpf_fs, &diagnosis), 0);
	pins_close(pins);
	ck_assert_int_eq(pins_open(pins_path, &none, &diagnosis), -EISDIR);
	ck_assert_ptr_nonnull(strstr(diagnosis.reason, "cannot be used"));
	pins = NULL;
}
END_TEST

START_TEST(unpins_what_is_its_own)
{
	char log[4096];

	build_and_publish(SET, PIN_IDENTITY);
	build_and_publish(HOOK, PIN_SLOTS);
	pins_make_directory(ANOTHER);
	pins_make_directory("elsewhere");
	pins_close(pins);
	pins = NULL;
	capture(log, ck_assert_int_eq(pins_unpin(pins_path, &diagnosis), 0));
	ck_assert(!pins_has("", SET));
	ck_assert(!pins_has("", HOOK));
	ck_assert(pins_has("", ANOTHER));
	ck_assert(pins_has("", "elsewhere"));
	assert_captured(log, "left in place, not created by the exporter");
	assert_captured(log, ANOTHER);
	assert_not_captured(log, "elsewhere");
}
END_TEST

START_TEST(unpins_nothing)
{
	ck_assert_int_eq(pins_unpin("/nonexistent/pins", &diagnosis), 0);
	fake.other_file_system = true;
	ck_assert_int_eq(pins_unpin(fake_bpf_fs, &diagnosis), -EMEDIUMTYPE);
}
END_TEST

START_TEST(reports_what_it_could_not_unpin)
{
	build_and_publish(HOOK, PIN_SLOTS);
	build_and_publish(SET, PIN_IDENTITY);
	pins_make_directory(SET "/below");
	pins_close(pins);
	pins = NULL;
	ck_assert_int_eq(pins_unpin(pins_path, &diagnosis), -EISDIR);
	ck_assert_ptr_nonnull(strstr(diagnosis.reason, "cannot be used"));
	ck_assert(!pins_has("", HOOK)); /* hooks first: nothing counts any more */
}
END_TEST

START_TEST(lists_its_own)
{
	char names[3][PINS_NAME_MAX];

	build_and_publish(SET, PIN_IDENTITY);
	build_and_publish(ANOTHER, PIN_IDENTITY);
	build_and_publish(HOOK, PIN_SLOTS);
	pins_make_directory("set-of-another-program");
	pins_make_directory("hook-with-a-name-that-is-longer-than-any-hook-can-be");
	ck_assert_int_eq(pins_list(pins, PIN_SET, names, 3), 2);
	ck_assert_int_eq(pins_list(pins, PIN_SET, names, 1), 1);
	ck_assert_int_eq(pins_list(pins, PIN_HOOK, names, 3), 1);
	ck_assert_str_eq(names[0], HOOK);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{creates_the_last_part_only, 0},
		{refuses_a_directory, ARRAY_SIZE(refusals)},
		{waits_for_another_process, 0},
		{appears_whole, 0},
		{removes_garbage_at_the_next_start, 0},
		{removes_its_own_only, 0},
		{keeps_the_marker_of_what_cannot_be_removed, 0},
		{unpins_what_is_its_own, 0},
		{unpins_nothing, 0},
		{reports_what_it_could_not_unpin, 0},
		{lists_its_own, 0},
	};

	return run_suite_around("pins_dir", pins_fixture_begin, pins_fixture_end, tests,
				ARRAY_SIZE(tests));
}
