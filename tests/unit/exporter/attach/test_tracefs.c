// SPDX-License-Identifier: Apache-2.0
/* Machines differ in whether tracefs is mounted, readable, or may be mounted. */
#include "exporter/attach/tracefs.h"

#include <errno.h>
#include <stdbool.h>

#include "tests/unit/suite.h"

static bool is_documented(int error)
{
	return error == -EPERM || error == -EACCES || error == -ENODEV || error == -ENOENT;
}

START_TEST(has_a_number_or_a_reason)
{
	int id = tracefs_event_id("syscalls/sys_enter_bind");

	ck_assert_msg(id > 0 || is_documented(id), "%d", id);
}
END_TEST

START_TEST(has_no_number_of_an_unknown_event)
{
	int known = tracefs_event_id("syscalls/sys_enter_bind");
	int id = tracefs_event_id("syscalls/sys_enter_nothing");

	ck_assert_msg(is_documented(id), "%d", id);
	if (known > 0)
		ck_assert_int_eq(id, -ENOENT);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{has_a_number_or_a_reason, 0},
		{has_no_number_of_an_unknown_event, 0},
	};

	return run_suite("tracefs", tests, ARRAY_SIZE(tests));
}
