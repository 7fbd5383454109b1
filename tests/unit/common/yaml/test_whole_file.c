// SPDX-License-Identifier: Apache-2.0
/* Files that are read as a whole, and stamps that show their changes. */
#include "common/yaml/whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lib/scratch.h"
#include "tests/unit/suite.h"

#define MAX 100000

static char scratch[SCRATCH_SIZE], path[SCRATCH_SIZE + 16];

static void begin(void)
{
	ck_assert_int_eq(scratch_make(scratch), 0);
	snprintf(path, sizeof(path), "%s/file", scratch);
}

static void write_bytes(const char *bytes, size_t length)
{
	ck_assert_int_eq(scratch_write(path, bytes, length), 0);
}

static const size_t sizes[] = {0, 1, 8190, 8191, 8192, 16383, 16384, MAX - 1, MAX};

START_TEST(reads_all_bytes)
{
	char *bytes = calloc(1, MAX), *text;
	size_t length;

	begin();
	for (size_t i = 0; i < sizes[_i]; i++)
		bytes[i] = (char)(i * 7);
	write_bytes(bytes, sizes[_i]);
	ck_assert_int_eq(whole_file_read(path, MAX, &text, &length), 0);
	ck_assert_uint_eq(length, sizes[_i]);
	ck_assert_int_eq(memcmp(text, bytes, length), 0);
	ck_assert_int_eq(text[length], '\0');
	whole_file_forget(text, length);
	free(bytes);
	scratch_remove(scratch);
}
END_TEST

/* Checks the error, and that results are untouched. */
static void fails(int expected)
{
	char untouched[] = "untouched", *text = untouched;
	size_t length = 42;

	ck_assert_int_eq(whole_file_read(path, MAX, &text, &length), expected);
	ck_assert_ptr_eq(text, untouched);
	ck_assert_uint_eq(length, 42);
}

START_TEST(refuses)
{
	char *bytes = calloc(1, MAX + 1);

	begin();
	fails(-ENOENT);
	write_bytes(bytes, MAX + 1);
	fails(-EFBIG);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	fails(-EISDIR);
	ck_assert_int_eq(rmdir(path), 0);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	fails(-EINVAL);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(symlink("/dev/null", path), 0);
	fails(-EINVAL);
	free(bytes);
	scratch_remove(scratch);
}
END_TEST

static void change_content(void)
{
	int file = open(path, O_WRONLY);

	ck_assert_int_eq(pwrite(file, "y", 1, 0), 1);
	close(file);
}

static void change_size(void)
{
	ck_assert_int_eq(truncate(path, 2), 0);
}

static void change_mode(void)
{
	ck_assert_int_eq(chmod(path, 0400), 0);
}

static void remove_file(void)
{
	ck_assert_int_eq(unlink(path), 0);
}

/* The old file remains under another name, so that its inode is not used again. */
static void replace(void)
{
	char kept[sizeof(path) + 8];

	snprintf(kept, sizeof(kept), "%s.old", path);
	ck_assert_int_eq(rename(path, kept), 0);
	write_bytes("x", 1);
}

static void (*const changes[])(void) = {change_content, change_size, change_mode, remove_file,
					replace};

START_TEST(stamps_show_changes)
{
	struct file_stamp before, after;

	begin();
	write_bytes("x", 1);
	before = file_stamp_of(path);
	after = file_stamp_of(path);
	ck_assert(file_stamp_equal(&before, &after));
	usleep(2 * FILE_STAMP_STEP_NS / 1000);
	ck_assert_uint_ge(file_stamp_age_ns(&before), FILE_STAMP_STEP_NS);
	changes[_i]();
	after = file_stamp_of(path);
	ck_assert(!file_stamp_equal(&before, &after));
	scratch_remove(scratch);
}
END_TEST

static const struct file_stamp others[] = {
	{.device = 1},      {.inode = 1},      {.size = 1},
	{.modified_ns = 1}, {.changed_ns = 1}, {.error = 1},
};

START_TEST(stamps_differ_in_any_member)
{
	const struct file_stamp zero = {0};

	ck_assert(file_stamp_equal(&others[_i], &others[_i]));
	ck_assert(!file_stamp_equal(&others[_i], &zero));
	ck_assert(!file_stamp_equal(&zero, &others[_i]));
}
END_TEST

START_TEST(a_missing_file_has_a_stamp)
{
	struct file_stamp missing;

	begin();
	missing = file_stamp_of(path);
	ck_assert_int_eq(missing.error, ENOENT);
	ck_assert_uint_eq(file_stamp_age_ns(&missing), 0);
	missing = (struct file_stamp){.changed_ns = INT64_MAX};
	ck_assert_uint_eq(file_stamp_age_ns(&missing), 0);
	scratch_remove(scratch);
}
END_TEST

START_TEST(forgets_nothing)
{
	whole_file_forget(NULL, 0);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{reads_all_bytes, ARRAY_SIZE(sizes)},
		{refuses, 0},
		{stamps_show_changes, ARRAY_SIZE(changes)},
		{stamps_differ_in_any_member, ARRAY_SIZE(others)},
		{a_missing_file_has_a_stamp, 0},
		{forgets_nothing, 0},
	};

	return run_suite("whole_file", tests, ARRAY_SIZE(tests));
}
