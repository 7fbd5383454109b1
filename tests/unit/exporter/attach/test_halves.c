// SPDX-License-Identifier: Apache-2.0
/* The maps are plain memory. Grace periods and bpf(2) are fakes, which are defined here. */
#include "exporter/attach/halves.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>

#include "exporter/attach/maps.h"
#include "exporter/attach/rcu_grace.h"
#include "metrics/rows/ledger.h"
#include "tests/lib/fake_kernel.h"
#include "tests/unit/suite.h"

#define BITS     4
#define ENTRIES  (1U << BITS)
#define CPUS     2
#define MAX_ROWS 8
#define CALL     (42ULL << 32)

static struct fake_kernel kernel;
static struct bind_maps maps;
static struct ledger *ledgers;

/* Grace periods: how many there were, what each one saw, and which one fails. */
static struct {
	int waits, failing;
	uint64_t drained[2];
	bool in_flight[2];
} seen;

int rcu_grace_wait(const struct rcu_grace *grace)
{
	if (!grace->object)
		return -EOPNOTSUPP;
	ck_assert_int_lt(seen.waits, 2);
	seen.drained[seen.waits] = bind_maps_control(&maps)->drained;
	seen.in_flight[seen.waits] = kernel.calls[3].call[1] & BIND_CALL_MARKED;
	return ++seen.waits == seen.failing ? -EIO : 0;
}

int bpf_map_delete_elem(int map, const void *key)
{
	(void)map;
	(void)key;
	errno = EPERM;
	return -1;
}

static const struct rcu_grace open_grace = {.object = (struct bpf_object *)&seen}, closed_grace;

static void begin(void)
{
	fake_kernel_init(&kernel, BITS, CPUS);
	/* Two copies, each larger than its ledger. */
	ledgers = calloc(4 * MAX_ROWS, ledger_size(MAX_ROWS, true));
	ck_assert_ptr_nonnull(ledgers);
	maps = (struct bind_maps){
		.table_bits = BITS,
		.cpus = CPUS,
		.max_rows = MAX_ROWS,
		.labels = BIND_LABELS_OWNER,
		.of =
			{
				[MAP_TABLE].memory = kernel.table,
				[MAP_ORIGINS].memory = kernel.origins,
				[MAP_ATTEMPTS].memory = kernel.attempts,
				[MAP_FAILURES].memory = kernel.failures,
				[MAP_CALLS].memory = kernel.calls,
				[MAP_MISSED].memory = kernel.missed,
				[MAP_CONTROL].memory = &kernel.control,
				[MAP_LEDGER].memory = ledgers,
				[MAP_CLAIMS].descriptor = -1,
			},
	};
}

static void end(void)
{
	free(ledgers);
	fake_kernel_free(&kernel);
}

/* Counts in both halves, as if the other one had not been emptied. */
static void count(uint64_t generation)
{
	kernel.view.generation = generation;
	fake_kernel_claim(&kernel, 5, BIND_AUTO, BIND_AF_INET, "nginx", 1);
	fake_kernel_place(&kernel, 5, 1, "/system.slice/nginx.service");
	fake_kernel_fail(&kernel, 2, 5, 98, 3);
	for (uint32_t cpu = 0; cpu < CPUS; cpu++)
		fake_kernel_count(&kernel, 5, cpu, 7);
	kernel.control.incapable[generation & 1] = 4;
	kernel.control.ordinary_failures[generation & 1] = 5;
}

static void check_half(uint64_t half, bool counted)
{
	uint32_t first = (uint32_t)half * ENTRIES;

	ck_assert(!kernel.table[first + 5].key.kind == !counted);
	ck_assert((kernel.origins[first + 5].state != BIND_ORIGIN_NONE) == counted);
	ck_assert_uint_eq(kernel.failures[first + 2].count, counted ? 3 : 0);
	for (uint32_t cpu = 0; cpu < CPUS; cpu++)
		ck_assert_uint_eq(kernel.attempts[2 * cpu * ENTRIES + first + 5], counted ? 7 : 0);
	ck_assert_uint_eq(kernel.control.ordinary[half], counted);
	ck_assert_uint_eq(kernel.control.incapable[half], counted ? 4 : 0);
	ck_assert_uint_eq(kernel.control.ordinary_failures[half], counted ? 5 : 0);
}

START_TEST(flips_to_an_empty_half)
{
	uint64_t present = (uint64_t)_i;

	kernel.control.generation = present;
	kernel.control.ledger = ledger_word(0, present);
	count(present);
	count(present + 1);
	ck_assert(!halves_are_flipped(&maps));
	ck_assert_int_eq(halves_flip(&maps, &open_grace), 0);
	ck_assert(halves_are_flipped(&maps));
	ck_assert_uint_eq(kernel.control.generation, present + 1);
	check_half(present & 1, true);
	check_half(~present & 1, false);
	ck_assert_int_eq(seen.waits, 0);
}
END_TEST

START_TEST(does_not_flip_what_it_cannot_drain)
{
	count(1);
	ck_assert_int_eq(halves_flip(&maps, &closed_grace), -EOPNOTSUPP);
	ck_assert_int_eq(halves_drain(&maps, &closed_grace), -EOPNOTSUPP);
	ck_assert(!halves_are_flipped(&maps));
	check_half(1, true);
}
END_TEST

/* Before 5.12 claims are in a map of their own, which bpf(2) empties. */
START_TEST(does_not_flip_to_a_half_with_claims)
{
	maps.of[MAP_CLAIMS].descriptor = 1;
	ck_assert_int_eq(halves_flip(&maps, &open_grace), -EPERM);
	ck_assert_uint_eq(kernel.control.generation, 0);
}
END_TEST

static void drain(int error, int waits, uint64_t drained)
{
	kernel.control.generation = 1;
	ck_assert_int_eq(halves_drain(&maps, &open_grace), error);
	ck_assert_int_eq(seen.waits, waits);
	ck_assert_uint_eq(kernel.control.drained, drained);
}

/* Between the two grace periods failures of earlier calls are still counted. */
START_TEST(drains_in_two_grace_periods)
{
	drain(0, 2, 1);
	ck_assert_uint_eq(seen.drained[0], 0);
	ck_assert_uint_eq(seen.drained[1], 1);
}
END_TEST

START_TEST(drains_although_a_call_does_not_end)
{
	kernel.calls[3].call[1] = CALL | BIND_CALL_MARKED;
	drain(0, 2, 1);
	ck_assert(seen.in_flight[1]);
}
END_TEST

START_TEST(fails_with_a_grace_period)
{
	seen.failing = _i + 1;
	drain(-EIO, _i + 1, (uint64_t)_i);
}
END_TEST

START_TEST(commits_the_other_copy)
{
	struct ledger *const copies[] = {bind_maps_ledger(&maps, 0), bind_maps_ledger(&maps, 1)};

	ck_assert_ptr_eq(copies[0], ledgers);
	ck_assert_uint_ge((size_t)((char *)copies[1] - (char *)copies[0]),
			  ledger_size(MAX_ROWS, true));
	for (uint64_t generation = 1; generation < 5; generation++) {
		ck_assert_int_eq(halves_flip(&maps, &open_grace), 0);
		ck_assert_ptr_eq(halves_next_ledger(&maps), copies[generation & 1]);
		halves_commit(&maps);
		ck_assert_uint_eq(kernel.control.ledger, ledger_word(generation & 1, generation));
		ck_assert(!halves_are_flipped(&maps));
	}
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{flips_to_an_empty_half, 2},
		{does_not_flip_what_it_cannot_drain, 0},
		{does_not_flip_to_a_half_with_claims, 0},
		{drains_in_two_grace_periods, 0},
		{drains_although_a_call_does_not_end, 0},
		{fails_with_a_grace_period, 2},
		{commits_the_other_copy, 0},
	};

	return run_suite_around("halves", begin, end, tests, ARRAY_SIZE(tests));
}
