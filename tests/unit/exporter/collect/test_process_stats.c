// SPDX-License-Identifier: Apache-2.0
/* The statistics of this test's own process. */
#include "exporter/collect/process_stats.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/clock.h"
#include "metrics/pages/exporter_metrics.h"
#include "tests/unit/suite.h"

START_TEST(values_are_of_this_process)
{
	double now = (double)(boot_wall_ns() + clock_ns(CLOCK_BOOTTIME)) / 1e9;
	struct process_status status;

	ck_assert_int_eq(process_stats_read(&status), 0);
	ck_assert(status.start_seconds > now - 600 && status.start_seconds < now + 1);
	ck_assert(status.cpu_seconds >= 0 && status.cpu_seconds < 600);
	ck_assert_uint_eq(status.threads, 1);
	ck_assert_uint_gt(status.resident_bytes, 0);
	ck_assert_uint_ge(status.virtual_bytes, status.resident_bytes);
}
END_TEST

START_TEST(descriptors_are_counted)
{
	struct process_status before, after;
	int fd;

	ck_assert_int_eq(process_stats_read(&before), 0);
	fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(process_stats_read(&after), 0);
	ck_assert_uint_eq(after.open_fds, before.open_fds + 1);
	close(fd);
}
END_TEST

START_TEST(limits_are_the_soft_ones)
{
	const struct rlimit limit = {.rlim_cur = 64, .rlim_max = 128};
	struct process_status status;

	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	ck_assert_int_eq(process_stats_read(&status), 0);
	ck_assert_uint_eq(status.max_fds, 64);
}
END_TEST

/* The name of a process may contain what separates the fields of /proc/self/stat. */
START_TEST(a_strange_name_is_skipped)
{
	struct process_status status;

	ck_assert_int_eq(prctl(PR_SET_NAME, ") R 1 (x"), 0);
	ck_assert_int_eq(process_stats_read(&status), 0);
	ck_assert_uint_eq(status.threads, 1);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{values_are_of_this_process, 0},
		{descriptors_are_counted, 0},
		{limits_are_the_soft_ones, 0},
		{a_strange_name_is_skipped, 0},
	};

	return run_suite("process_stats", tests, ARRAY_SIZE(tests));
}
