// SPDX-License-Identifier: Apache-2.0
/*
 * The kernel's side of counting (bpf/table.h, bpf/results.h), compiled for the host, with maps for
 * two CPUs on a machine that has more. Counts are read like those of any page.
 */
#include <linux/bpf.h>
#include <stdbool.h>

#include <bpf/bpf_helpers.h>

#include "metrics/rows/ledger.h"
#include "metrics/rows/snapshot.h"
#include "tests/lib/fake_kernel.h"
#include "tests/unit/suite.h"

static void *look_up(void *map, const void *key);
static __u32 this_cpu(void);
static __u64 no_number(void);
#define bpf_map_lookup_elem      look_up
#define bpf_get_smp_processor_id this_cpu
#define bpf_ktime_get_boot_ns    no_number
#define bpf_get_current_pid_tgid no_number

/* Stores and loads happen in program order; no other thread reads. */
#ifndef __TARGET_ARCH_x86
#define __TARGET_ARCH_x86
#endif

/* There is no calling task: these replace bpf/task.h and bpf/origin.h. */
#define BIND_TASK_H
#define BIND_ORIGIN_H

static bool is_capable(void)
{
	return true;
}

static __u64 no_cgroup(void)
{
	return 0;
}
#define current_cgroup()     no_cgroup()
#define capture_origin(slot) no_cgroup()

#include "bpf/results.h"

#define BITS 9
#define CPUS 2

/* Without multipliers, the probes of every key begin at entry 0. */
const volatile struct bind_settings settings = {
	.table_bits = BITS,
	.table_mask = (1U << BITS) - 1,
	.hash_shift = 64 - BITS,
	.results = 1,
};

static struct fake_kernel kernel;
static __u32 cpu;

static __u32 this_cpu(void)
{
	return cpu;
}

static __u64 no_number(void)
{
	return 0;
}

static void *element(void *memory, size_t size, __u32 count, __u32 index)
{
	return index < count ? (char *)memory + index * size : NULL;
}

static void *look_up(void *map, const void *key)
{
	__u32 index = *(const __u32 *)key, both = 2U << BITS;

	if (map == &table)
		return element(kernel.table, sizeof(*kernel.table), both, index);
	if (map == &failures)
		return element(kernel.failures, sizeof(*kernel.failures), both, index);
	if (map == &attempts)
		return element(kernel.attempts, 8, CPUS * both, index);
	if (map == &overflow)
		return element(kernel.overflow, 8, CPUS * BIND_CATEGORIES * BIND_FAMILIES, index);
	if (map == &failure_overflow)
		return element(kernel.failure_overflow, 8, BIND_CATEGORIES * BIND_FAMILIES, index);
	if (map == &missed)
		return element(kernel.missed, 8, CPUS * BIND_MISSED_REASONS, index);
	return NULL;
}

static struct snapshot *collected(void)
{
	struct snapshot *snapshot = snapshot_new(
		&(struct snapshot_config){.table_bits = BITS, .max_rows = 256, .idle_s = 1});

	kernel.view.results = true;
	ck_assert_ptr_nonnull(snapshot);
	ck_assert_int_eq(snapshot_collect(snapshot, &kernel.view), 0);
	return snapshot;
}

static uint64_t sum(const struct row_set *rows)
{
	uint64_t sum = 0;

	for (uint32_t position = 0; position < rows->count; position++)
		sum += row_set_at(rows, position)->count;
	return sum;
}

#define KIND     bind_kind(BIND_WELL_KNOWN, BIND_AF_INET)
#define ATTEMPTS 5

/* With an entry, and without one because others took every entry that the key could have. */
START_TEST(every_cpu_counts)
{
	struct snapshot *snapshot;

	fake_kernel_init(&kernel, BITS, CPUS);
	for (uint32_t entry = 0; _i && entry < 1U << BITS; entry++)
		fake_kernel_claim(&kernel, entry, BIND_ABSTRACT, BIND_AF_UNIX, "other", 1);
	for (cpu = 0; cpu < ATTEMPTS; cpu++)
		ck_assert_int_eq((count(1, 0, KIND, 0, 0) & BIND_CALL_OVERFLOW) != 0, _i);
	snapshot = collected();
	ck_assert_uint_eq(sum(snapshot_collection(snapshot)->rows), ATTEMPTS);
	snapshot_free(snapshot);
	fake_kernel_free(&kernel);
}
END_TEST

START_TEST(every_cpu_misses)
{
	struct snapshot *snapshot;

	fake_kernel_init(&kernel, BITS, CPUS);
	for (cpu = 0; cpu < ATTEMPTS; cpu++)
		add_missed(_i);
	snapshot = collected();
	ck_assert_uint_eq(snapshot_collection(snapshot)->totals.missed[_i], ATTEMPTS);
	snapshot_free(snapshot);
	fake_kernel_free(&kernel);
}
END_TEST

/* The call has an index that does not exist. No program inserts such a call. */
START_TEST(a_result_without_a_counter_is_missed)
{
	struct snapshot *snapshot;

	fake_kernel_init(&kernel, BITS, CPUS);
	for (cpu = 0; cpu < ATTEMPTS; cpu++) {
		for (uint32_t failure = 0; failure < 1U << BITS; failure++)
			kernel.failures[failure].key = 1;
		count_failure(BIND_CALL_OVERFLOW | BIND_CALL_INDEX, 98);
	}
	snapshot = collected();
	ck_assert_uint_eq(snapshot_collection(snapshot)->totals.missed[BIND_MISSED_RESULT],
			  ATTEMPTS);
	snapshot_free(snapshot);
	fake_kernel_free(&kernel);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{every_cpu_counts, 2},
		{every_cpu_misses, BIND_MARKS_LEFT + 1},
		{a_result_without_a_counter_is_missed, 0},
	};

	return run_suite("attempt", tests, ARRAY_SIZE(tests));
}
