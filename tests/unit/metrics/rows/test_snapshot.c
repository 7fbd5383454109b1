// SPDX-License-Identifier: Apache-2.0
/* Sums of a collection, and the size of the table. */
#include "metrics/rows/snapshot.h"

#include <stdio.h>
#include <sys/socket.h>

#include "tests/unit/metrics/rows/rows_fixture.h"
#include "tests/unit/suite.h"

START_TEST(sums_over_cpus)
{
	rows_begin_sized(BITS, 5, ROWS);
	fake_kernel_claim(&kernel, 7, BIND_WELL_KNOWN, AF_INET, "nginx", 123);
	for (uint32_t cpu = 0; cpu < 5; cpu++)
		fake_kernel_count(&kernel, 7, cpu, 1 + cpu);
	rows_collect();
	ck_assert_uint_eq(rows_count(), 1);
	ck_assert_uint_eq(rows_attempts_named("well_known", "inet", "nginx"), 15);
	ck_assert_uint_eq(rows_find_named("well_known", "inet", "nginx")->first_ns, 123);
	fake_kernel_count(&kernel, 7, 4, 5);
	rows_collect();
	ck_assert_uint_eq(rows_attempts_named("well_known", "inet", "nginx"), 20);
	ck_assert_uint_eq(snapshot_collection(snapshot)->entries, 1);
	rows_end();
}
END_TEST

START_TEST(keeps_every_digit)
{
	rows_begin_sized(BITS, 2, ROWS);
	fake_kernel_claim(&kernel, 0, BIND_AUTO, AF_INET, "big", 0);
	fake_kernel_count(&kernel, 0, 0, UINT64_MAX - 5);
	fake_kernel_count(&kernel, 0, 1, 5);
	rows_collect();
	ck_assert_uint_eq(rows_attempts_named("auto", "inet", "big"), UINT64_MAX);
	rows_end();
}
END_TEST

START_TEST(adds_overflow_to_other)
{
	rows_begin_sized(BITS, 3, ROWS);
	kernel.view.now_ns = 77;
	fake_kernel_overflow(&kernel, 0, BIND_DYNAMIC, AF_INET6, 3);
	fake_kernel_overflow(&kernel, 2, BIND_DYNAMIC, AF_INET6, 4);
	fake_kernel_overflow(&kernel, 1, BIND_NONE, AF_NETLINK, 1);
	fake_kernel_claim(&kernel, 1, BIND_DYNAMIC, AF_INET6, "(other)", 1);
	fake_kernel_count(&kernel, 1, 0, 100);
	rows_collect();
	ck_assert_uint_eq(rows_attempts_named("dynamic", "inet6", "(other)"), 7);
	ck_assert_uint_eq(rows_find_named("dynamic", "inet6", "(other)")->first_ns, 77);
	ck_assert_uint_eq(rows_attempts_named("none", "netlink", "(other)"), 1);
	ck_assert_uint_eq(rows_attempts_named("dynamic", "inet6", "\\\\(other)"), 100);
	ck_assert_uint_eq(snapshot_collection(snapshot)->totals.overflow, 8);
	kernel.view.now_ns = 99;
	rows_collect();
	ck_assert_uint_eq(rows_find_named("dynamic", "inet6", "(other)")->first_ns, 77);
	ck_assert_uint_eq(snapshot_collection(snapshot)->totals.overflow, 8);
	rows_end();
}
END_TEST

START_TEST(sizes_the_table)
{
	const struct {
		uint32_t rows, bits;
	} sizes[] = {{256, 9}, {320, 9}, {321, 10}, {2000, 12}, {10000, 14}, {100000, 18}};

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		uint32_t bits = snapshot_table_bits(sizes[i].rows);

		ck_assert_uint_eq(bits, sizes[i].bits);
		ck_assert_uint_ge((1U << bits) * 10, sizes[i].rows * 16);
		ck_assert_uint_le(bits, BIND_TABLE_BITS_MAX);
	}
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{sums_over_cpus, 0},
		{keeps_every_digit, 0},
		{adds_overflow_to_other, 0},
		{sizes_the_table, 0},
	};

	return run_suite("snapshot", tests, ARRAY_SIZE(tests));
}
