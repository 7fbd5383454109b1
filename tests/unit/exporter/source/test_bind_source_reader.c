// SPDX-License-Identifier: Apache-2.0
/* What a reader does with an open source. */
#include "exporter/collect/reader.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "exporter/source/bind_source.h"
#include "tests/unit/exporter/source/bind_source_fixture.h"
#include "tests/unit/suite.h"

/* A reader may call any of them. */
START_TEST(fills_in_the_whole_reader)
{
	uintptr_t words[sizeof(struct reader_source) / sizeof(uintptr_t)];

	source_begin(_i);
	source_open_well(BIND_MODE_LSM);
	ck_assert_uint_eq(sizeof(words), sizeof(reader));
	memcpy(words, &reader, sizeof(words));
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		ck_assert_msg(words[i], "word %zu of struct reader_source", i);
	source_end();
}
END_TEST

START_TEST(shows_the_mapped_counters)
{
	struct bind_view read;

	source_begin(_i);
	source_open_well(BIND_MODE_LSM);
	read = source_view();
	ck_assert(read.table && read.attempts && read.failures && read.overflow &&
		  read.failure_overflow && read.missed && read.calls);
	ck_assert_ptr_null(read.origins);
	ck_assert_uint_eq(read.table_bits, BIND_TABLE_BITS_MIN);
	ck_assert_uint_ge(read.cpus, 1);
	ck_assert_uint_eq(read.generation, 0);
	ck_assert_uint_gt(read.now_ns, 0);
	ck_assert_uint_eq(read.program_count, 0);
	*(uint64_t *)read.attempts = 7;
	ck_assert_uint_eq(*source_view().attempts, 7);
	source_end();
}
END_TEST

static const struct {
	uint64_t misses, baseline, expected;
} skipped[] = {{0, 0, 0}, {9, 0, 9}, {9, 4, 5}, {4, 4, 0}, {3, 4, 0}};

/* Those before counting began are none. */
START_TEST(subtracts_the_baseline)
{
	source_begin(/* pinned= */ false);
	source_open_well(BIND_MODE_LSM);
	fake_recursion_misses(fake_attached("exit_socket_bind"), skipped[_i].misses);
	source_control()->recursion_baseline = skipped[_i].baseline;
	ck_assert_uint_eq(source_view().recursion_misses, skipped[_i].expected);
	source_end();
}
END_TEST

START_TEST(fails_when_programs_cannot_be_read)
{
	struct bind_view read = {.cpus = 1};

	source_begin(/* pinned= */ false);
	source_open_well(BIND_MODE_LSM);
	fake_failure("bpf_obj_get_info_by_fd", EPERM);
	ck_assert_int_eq(reader.view(reader.context, &read), -EPERM);
	ck_assert_uint_eq(read.cpus, 1);
	source_end();
}
END_TEST

START_TEST(checks_itself_later)
{
	source_begin(_i);
	source_open_well(BIND_MODE_LSM);
	ck_assert_int_eq(reader.selfcheck(reader.context), 0);
	fake.results_unseen = true;
	ck_assert_int_eq(reader.selfcheck(reader.context), -ENOMSG);
	fake.selfcheck = -ENODATA;
	fake.results_unseen = false;
	ck_assert_int_eq(reader.selfcheck(reader.context), -ENODATA);
	source_end();
}
END_TEST

/* The first view sweeps, and those soon after do not. */
START_TEST(sweeps_calls)
{
	const uint64_t call = 1ULL << 32;
	struct bind_calls *calls;

	source_begin(/* pinned= */ true);
	source_open_well(BIND_MODE_LSM);
	calls = (struct bind_calls *)source_view().calls;
	calls[0].call[0] = call;
	source_view();
	ck_assert_uint_eq(calls[0].call[0], call);
	source_close();
	source_open_well(BIND_MODE_LSM);
	ck_assert_uint_eq(source_view().calls[0].call[0], call | BIND_CALL_SEEN);
	ck_assert_uint_eq(source_view().calls[0].call[0], call | BIND_CALL_SEEN);
	source_end();
}
END_TEST

START_TEST(forgets_in_three_steps)
{
	struct ledger *ledger = NULL;
	struct bind_view read;

	source_begin(_i);
	source_open_well(BIND_MODE_LSM);
	*(uint64_t *)source_view().attempts = 7;
	ck_assert(!reader.is_turned(reader.context));
	ck_assert_int_eq(reader.turn(reader.context), 0);
	ck_assert(reader.is_turned(reader.context));
	ck_assert_uint_eq(source_view().generation, 1);
	ck_assert_int_eq(reader.settle(reader.context, &read, &ledger), 0);
	ck_assert_uint_eq(read.generation, 0);
	ck_assert_uint_eq(*read.attempts, 7);
	ck_assert_ptr_nonnull(ledger);
	ck_assert_ptr_ne(reader.ledger(reader.context), ledger);
	reader.commit(reader.context);
	ck_assert_ptr_eq(reader.ledger(reader.context), ledger);
	ck_assert(!reader.is_turned(reader.context));
	source_end();
}
END_TEST

static const char *const in_settling[] = {"rcu_grace_wait", "bpf_obj_get_info_by_fd"};

START_TEST(repeats_a_step_that_failed)
{
	struct ledger *ledger = NULL;
	struct bind_view read;

	source_begin(/* pinned= */ false);
	source_open_well(BIND_MODE_LSM);
	ck_assert_int_eq(reader.turn(reader.context), 0);
	fake_failure(in_settling[_i], EINTR);
	ck_assert_int_eq(reader.settle(reader.context, &read, &ledger), -EINTR);
	ck_assert_ptr_null(ledger);
	ck_assert_int_eq(reader.settle(reader.context, &read, &ledger), 0);
	ck_assert_ptr_nonnull(ledger);
	source_end();
}
END_TEST

/* The second object to be loaded, or the first with pinned counters, is for grace periods. */
START_TEST(counts_without_grace_periods)
{
	bool pinned = _i;

	source_begin(pinned);
	fake_failure("bpf_object__load", EPERM);
	fake.countdown = pinned ? 1 : 2;
	source_open_well(BIND_MODE_LSM);
	ck_assert_int_eq(reader.turn(reader.context), -EOPNOTSUPP);
	ck_assert(!reader.is_turned(reader.context));
	source_end();
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{fills_in_the_whole_reader, 2},
		{shows_the_mapped_counters, 2},
		{subtracts_the_baseline, ARRAY_SIZE(skipped)},
		{fails_when_programs_cannot_be_read, 0},
		{checks_itself_later, 2},
		{sweeps_calls, 0},
		{forgets_in_three_steps, 2},
		{repeats_a_step_that_failed, ARRAY_SIZE(in_settling)},
		{counts_without_grace_periods, 2},
	};

	return run_suite("bind_source_reader", tests, ARRAY_SIZE(tests));
}
