// SPDX-License-Identifier: Apache-2.0
/* pin_owner.c reads only names, so any file system serves. */
#include "exporter/pins/pin_owner.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lib/scratch.h"
#include "tests/unit/suite.h"

#define ID "0123456789abcdef"

static char scratch[SCRATCH_SIZE];
static int parent;

/* A directory, its entries, and the result for it. */
static const struct {
	const char *name;
	const char *entries[4];
	int expected;
} directories[] = {
	{"set-" ID, {"identity", "table", "lsm_socket_bind"}, 0},
	{"set-" ID, {"identity", "what comes later"}, 0},
	{"set-" ID, {"table", "attempts"}, -EEXIST},
	{"set-" ID, {NULL}, -EEXIST},
	{"set-0123456789abcde", {"identity"}, -EEXIST},
	{"set-" ID "0", {"identity"}, -EEXIST},
	{"set-0123456789ABCDEF", {"identity"}, -EEXIST},
	{"set-of-another", {"identity"}, -EEXIST},
	{"hook-lsm_socket_bind", {"link", "program", "slots"}, 0},
	{"hook-what_comes_later", {"link", "program", "slots"}, 0},
	{"hook-lsm_socket_bind", {"program", "slots"}, 0}, /* a user has removed the link */
	{"hook-lsm_socket_bind", {"link", "program"}, -EEXIST},
	{"hook-lsm_socket_bind", {"link", "program", "slots", "another"}, -EEXIST},
	{"hook-lsm_socket_bind", {"slots", ".hidden"}, -EEXIST},
	{"hook-lsm_socket_bind", {NULL}, -EEXIST},
	{"garbage-set-" ID, {"identity"}, 0},
	{"garbage-set-" ID, {NULL}, 0},
	{"garbage-set-" ID, {"table"}, -EEXIST},
	{"garbage-set-of-another", {NULL}, -EEXIST},
	{"garbage-hook-lsm_socket_bind", {"slots"}, 0},
	{"garbage-hook-lsm_socket_bind", {NULL}, 0},
	{"garbage-hook-lsm_socket_bind", {"link"}, -EEXIST},
	{"garbage-of-another", {"identity"}, -EEXIST},
	{"garbage-", {"identity"}, -EEXIST},
	{"garbage-garbage-set-" ID, {"identity"}, -EEXIST},
	{"another", {"identity", "slots"}, -EEXIST},
};

static void open_scratch(void)
{
	ck_assert_int_eq(scratch_make(scratch), 0);
	parent = open(scratch, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(parent, 0);
}

static void make_directory(const char *name, const char *const entries[4])
{
	int below, entry;

	ck_assert_int_eq(mkdirat(parent, name, 0700), 0);
	below = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (int i = 0; i < 4 && entries[i]; i++) {
		entry = openat(below, entries[i], O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
		ck_assert_int_ge(entry, 0);
		close(entry);
	}
	close(below);
}

START_TEST(is_recognised_by_its_entries)
{
	open_scratch();
	make_directory(directories[_i].name, directories[_i].entries);
	ck_assert_int_eq(pin_owner_check(parent, directories[_i].name), directories[_i].expected);
	close(parent);
	scratch_remove(scratch);
}
END_TEST

START_TEST(is_a_directory)
{
	static const char *const entries[4] = {"identity"};

	open_scratch();
	ck_assert_int_eq(pin_owner_check(parent, "set-" ID), -ENOENT);
	make_directory("another", entries);
	ck_assert_int_eq(symlinkat("another", parent, "set-" ID), 0);
	ck_assert_int_eq(pin_owner_check(parent, "set-" ID), -EEXIST);
	ck_assert_int_eq(unlinkat(parent, "set-" ID, 0), 0);
	close(openat(parent, "set-" ID, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	ck_assert_int_eq(pin_owner_check(parent, "set-" ID), -EEXIST);
	close(parent);
	scratch_remove(scratch);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{is_recognised_by_its_entries, ARRAY_SIZE(directories)},
		{is_a_directory, 0},
	};

	return run_suite("pin_owner", tests, ARRAY_SIZE(tests));
}
