// SPDX-License-Identifier: Apache-2.0
#include "exporter/collect/container_logs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "metrics/owners/owners.h"
#include "tests/lib/captured.h"
#include "tests/lib/origin.h"
#include "tests/lib/scratch.h"
#include "tests/unit/suite.h"

#define UID "%08x-0000-0000-0000-000000000000"
#define ID  "%064x"

static char scratch[SCRATCH_SIZE], directory[SCRATCH_SIZE + 16];
static struct container_logs *logs;
static struct owners *owners;
static uint64_t next_cgroup;

static void setup(void)
{
	ck_assert_int_eq(scratch_make(scratch), 0);
	snprintf(directory, sizeof(directory), "%s/containers", scratch);
	ck_assert_int_eq(mkdir(directory, 0755), 0);
	owners = owners_new();
	ck_assert_int_eq(container_logs_open(directory, &logs), 0);
}

static void teardown(void)
{
	container_logs_close(logs);
	owners_free(owners);
	scratch_remove(scratch);
}

static void path_of(unsigned int number, char ret_path[256])
{
	snprintf(ret_path, 256, "%s/pod%u_ns_ctr-" ID ".log", directory, number, number);
}

static void make_link(unsigned int number)
{
	char path[256], target[256];

	path_of(number, path);
	snprintf(target, sizeof(target), "/var/log/pods/ns_pod%u_" UID "/ctr/0.log", number,
		 number);
	ck_assert_int_eq(symlink(target, path), 0);
}

static void remove_link(unsigned int number)
{
	char path[256];

	path_of(number, path);
	ck_assert_int_eq(unlink(path), 0);
}

static void update(void)
{
	ck_assert_int_eq(container_logs_update(logs, owners), 0);
}

/* Whether a container that binds now would get its name. */
static bool is_known(unsigned int number)
{
	char path[256];
	struct bind_origin origin;
	const struct owner *owner;

	snprintf(path, sizeof(path), "/kubepods/pod" UID "/" ID, number, number);
	origin_of(path, &origin);
	return owners_find(owners, ++next_cgroup, &origin, false, &owner) == 0;
}

START_TEST(what_is_there_at_first)
{
	make_link(1);
	make_link(2);
	update();
	ck_assert(is_known(1) && is_known(2) && !is_known(3));
}
END_TEST

START_TEST(what_comes_and_goes)
{
	char old[256], new[256];

	update();
	make_link(1);
	ck_assert(!is_known(1));
	update();
	ck_assert(is_known(1));
	remove_link(1);
	update();
	ck_assert(!is_known(1));
	/* Moved in from elsewhere, and out again. */
	snprintf(old, sizeof(old), "%s/elsewhere", scratch);
	path_of(2, new);
	make_link(2);
	ck_assert_int_eq(rename(new, old), 0);
	update();
	ck_assert(!is_known(2));
	ck_assert_int_eq(rename(old, new), 0);
	update();
	ck_assert(is_known(2));
}
END_TEST

START_TEST(what_is_no_link)
{
	char path[256];

	path_of(1, path);
	ck_assert_int_eq(scratch_write(path, "log", 3), 0);
	ck_assert_int_eq(scratch_write(strcat(path, ".old"), "log", 3), 0);
	update();
	ck_assert(!is_known(1));
}
END_TEST

/* More than the kernel's queue holds (fs.inotify.max_queued_events, 16384). */
START_TEST(too_much_at_once)
{
	char path[256];
	size_t length;
	char *text;
	long events = 0;

	ck_assert_int_eq(scratch_read("/proc/sys/fs/inotify/max_queued_events", &text, &length), 0);
	sscanf(text, "%ld", &events);
	free(text);
	update();
	snprintf(path, sizeof(path), "%s/file", directory);
	/* One event each; no two successive ones are equal. */
	for (long i = 0; i < events / 2 + 10; i++) {
		ck_assert_int_eq(symlink("nowhere", path), 0);
		ck_assert_int_eq(unlink(path), 0);
	}
	make_link(1);
	update();
	ck_assert(is_known(1));
}
END_TEST

static void move_away(void)
{
	char away[SCRATCH_SIZE + 16];

	snprintf(away, sizeof(away), "%s/away%d", scratch, (int)next_cgroup);
	ck_assert_int_eq(rename(directory, away), 0);
}

START_TEST(another_directory_in_its_place)
{
	make_link(1);
	update();
	move_away();
	ck_assert_int_eq(mkdir(directory, 0755), 0);
	make_link(2);
	update();
	ck_assert(is_known(2) && !is_known(1));
	make_link(3);
	update();
	ck_assert(is_known(3));
}
END_TEST

/* Like something mounted there: the directory that is watched is not touched. */
START_TEST(another_directory_under_its_name)
{
	char one[SCRATCH_SIZE + 16], another[SCRATCH_SIZE + 16];

	snprintf(one, sizeof(one), "%s/one", scratch);
	snprintf(another, sizeof(another), "%s/another", scratch);
	ck_assert_int_eq(rename(directory, one), 0);
	ck_assert_int_eq(mkdir(another, 0755), 0);
	ck_assert_int_eq(symlink(one, directory), 0);
	make_link(1);
	update();
	ck_assert(is_known(1));
	ck_assert_int_eq(unlink(directory), 0);
	ck_assert_int_eq(symlink(another, directory), 0);
	make_link(2);
	ck_assert(!is_known(2));
	update();
	ck_assert(is_known(2) && !is_known(1));
	make_link(3);
	update();
	ck_assert(is_known(3));
}
END_TEST

START_TEST(a_directory_that_is_removed)
{
	update();
	ck_assert_int_eq(rmdir(directory), 0);
	update();
	ck_assert(!is_known(1));
	ck_assert_int_eq(mkdir(directory, 0755), 0);
	make_link(1);
	update();
	ck_assert(is_known(1));
}
END_TEST

/* On nodes without pods, the log must not mention it. */
START_TEST(a_directory_that_comes_later)
{
	char before[4096], waiting[4096], after[4096];

	ck_assert_int_eq(rmdir(directory), 0);
	ck_assert_int_eq(capture_begin(), 0);
	update();
	capture_end(before, sizeof(before));
	ck_assert(!is_known(1));
	ck_assert_int_eq(capture_begin(), 0);
	update();
	update();
	capture_end(waiting, sizeof(waiting));
	ck_assert_int_eq(mkdir(directory, 0755), 0);
	make_link(1);
	ck_assert_int_eq(capture_begin(), 0);
	update();
	update();
	capture_end(after, sizeof(after));
	ck_assert_str_eq(before, "");
	ck_assert_ptr_nonnull(strstr(waiting, "level=WARN msg=\"pod names unavailable\""));
	ck_assert_ptr_eq(strchr(waiting, '\n') + 1, waiting + strlen(waiting));
	ck_assert_ptr_nonnull(strstr(after, "level=INFO msg=\"pod names available again\""));
	ck_assert(is_known(1));
}
END_TEST

/* Without descriptors, as under an attack on this process, or without memory. */
START_TEST(a_directory_that_cannot_be_read)
{
	char failing[4096], after[4096];
	struct rlimit before, none;

	make_link(1);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = (struct rlimit){.rlim_cur = 0, .rlim_max = before.rlim_max};
	ck_assert_int_eq(capture_begin(), 0);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	ck_assert_int_eq(container_logs_update(logs, owners), -EMFILE);
	ck_assert_int_eq(container_logs_update(logs, owners), -EMFILE);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
	capture_end(failing, sizeof(failing));
	ck_assert_int_eq(capture_begin(), 0);
	update();
	update();
	capture_end(after, sizeof(after));
	ck_assert_ptr_nonnull(strstr(failing, "level=WARN msg=\"pod names unavailable\""));
	ck_assert_ptr_nonnull(strstr(failing, strerror(EMFILE)));
	ck_assert_ptr_eq(strchr(failing, '\n') + 1, failing + strlen(failing));
	ck_assert_ptr_nonnull(strstr(after, "level=INFO msg=\"pod names available again\""));
	ck_assert(is_known(1));
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{what_is_there_at_first, 0},
		{what_comes_and_goes, 0},
		{what_is_no_link, 0},
		{too_much_at_once, 0},
		{another_directory_in_its_place, 0},
		{another_directory_under_its_name, 0},
		{a_directory_that_is_removed, 0},
		{a_directory_that_comes_later, 0},
		{a_directory_that_cannot_be_read, 0},
	};

	return run_suite_around("container_logs", setup, teardown, tests, ARRAY_SIZE(tests));
}
