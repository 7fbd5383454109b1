// SPDX-License-Identifier: Apache-2.0
/* Arithmetic in mapped files: see fake_bpf.h. */
#include "exporter/pins/carry_over.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "metrics/rows/ledger.h"
#include "metrics/rows/snapshot.h"
#include "tests/unit/exporter/pins/pins_fixture.h"
#include "tests/unit/suite.h"

static struct attach_plan plan;
static struct pinned_set previous, next;

/* The next set has another mode: other dispatchers count its recursion misses. */
static void begin(enum bind_mode mode)
{
	pins_fixture_begin();
	plan = pins_plan(BIND_MODE_LSM, /* results= */ true);
	pins_create(&plan, /* predecessor= */ NULL, &previous);
	plan = pins_plan(mode, /* results= */ mode != BIND_MODE_TRACEPOINT);
	pins_create(&plan, &previous, &next);
}

static void end(void)
{
	pinned_set_close(&previous);
	pinned_set_close(&next);
	pins_fixture_end();
}

static uint64_t carry(void)
{
	uint64_t attempts = UINT64_MAX;

	ck_assert_int_eq(carry_over(&plan, &previous, &next, &attempts), 0);
	ck_assert(carry_over_is_done(&previous, &next));
	return attempts;
}

static uint64_t ledger_attempts(const struct ledger *ledger, const char *comm)
{
	uint64_t sum = 0;

	for (uint32_t row = 0; row < ledger->rows; row++)
		if (strncmp((const char *)ledger->row[row].key.comm, comm, BIND_COMM_SIZE) == 0)
			sum += ledger->row[row].attempts;
	return sum;
}

/* Only programs write the map of attempts that found no entry, so it is not mapped writable. */
static void overflow(const struct pinned_set *set, uint64_t attempts)
{
	off_t at = bind_overflow_index(0, BIND_AUTO, AF_INET) * (off_t)sizeof(attempts);

	ck_assert_int_eq(
		pwrite(set->maps.of[MAP_OVERFLOW].descriptor, &attempts, sizeof(attempts), at),
		sizeof(attempts));
}

START_TEST(sums_all_that_was_counted)
{
	struct ledger *ledger;

	begin(BIND_MODE_LSM);
	ck_assert_uint_eq(pins_attempts(&previous), 0);
	pins_bind(&previous, 1, "one", 3);
	pins_bind(&previous, 2, "two", 4);
	ck_assert_uint_eq(pins_attempts(&previous), 7);
	overflow(&previous, 10);
	ck_assert_uint_eq(pins_attempts(&previous), 17);
	ledger = bind_maps_ledger(&previous.maps, 0);
	ledger->totals.filtered[0] = 100;
	ledger->totals.retired[LEDGER_SLOTS - 1] = 1000;
	ledger->totals.overflow[bind_overflow_index(0, BIND_AUTO, AF_INET)] = 10000;
	ck_assert_uint_eq(pins_attempts(&previous), 11117);
	end();
}
END_TEST

/* The exporter was killed after the flip: no ledger has the counts of the earlier half. */
START_TEST(reads_both_halves_between_flip_and_commit)
{
	begin(BIND_MODE_LSM);
	pins_bind(&previous, 1, "before", 3);
	pinned_set_control(&previous)->generation++;
	pins_bind(&previous, 1, "after", 4);
	ck_assert_uint_eq(pins_attempts(&previous), 7);
	ck_assert_uint_eq(carry(), 7);
	ck_assert_uint_eq(ledger_attempts(pinned_set_ledger(&next), "before"), 3);
	ck_assert_uint_eq(ledger_attempts(pinned_set_ledger(&next), "after"), 4);
	end();
}
END_TEST

START_TEST(writes_the_spare_ledger)
{
	begin(BIND_MODE_LSM);
	pins_bind(&previous, 1, "one", 3);
	pins_bind(&next, 1, "one", 5); /* already counted by the new programs */
	ck_assert(!carry_over_is_done(&previous, &next));
	ck_assert_uint_eq(carry(), 3);
	ck_assert_uint_eq(pinned_set_control(&next)->ledger, ledger_word(1, 0));
	ck_assert_uint_eq(pinned_set_ledger(&next)->predecessor, previous.identity.id);
	ck_assert_uint_eq(ledger_attempts(pinned_set_ledger(&next), "one"), 3);
	ck_assert_uint_eq(bind_maps_ledger(&next.maps, 0)->rows, 0);
	ck_assert_uint_eq(pins_attempts(&next), 8);
	ck_assert_uint_eq(pins_attempts(&previous), 3); /* as it was */
	end();
}
END_TEST

START_TEST(can_be_repeated)
{
	begin(BIND_MODE_LSM);
	pins_bind(&previous, 1, "one", 3);
	pinned_set_control(&previous)->recursion_baseline = 9;
	for (int i = 0; i < 3; i++) {
		ck_assert_uint_eq(carry(), 3);
		ck_assert_uint_eq(pins_attempts(&next), 3);
		ck_assert_uint_eq(pinned_set_control(&next)->recursion_baseline, 9);
	}
	end();
}
END_TEST

START_TEST(keeps_the_generation_of_the_new_set)
{
	begin(BIND_MODE_LSM);
	pins_bind(&previous, 1, "one", 3);
	pinned_set_control(&next)->generation = 6;
	pinned_set_control(&next)->ledger = ledger_word(1, 6);
	carry();
	ck_assert_uint_eq(pinned_set_control(&next)->ledger, ledger_word(0, 6));
	ck_assert_uint_eq(pins_attempts(&next), 3);
	end();
}
END_TEST

/* Misses of a dispatcher that goes are carried over, without those of the baseline. */
static const struct {
	enum bind_mode mode;
	uint64_t misses, baseline;
	uint64_t expected, expected_baseline;
} recursion[] = {
	{BIND_MODE_LSM, 10, 4, 0, 4}, /* exit_socket_bind stays, and counts on */
	{BIND_MODE_FENTRY, 10, 4, 0, 4},
	{BIND_MODE_TRACEPOINT, 10, 4, 6, 0},
	{BIND_MODE_TRACEPOINT, 3, 4, 0, 0}, /* a dispatcher that was replaced begins at 0 */
};

START_TEST(carries_recursion_misses_of_a_dispatcher_that_goes)
{
	int last;

	begin(recursion[_i].mode);
	last = previous.hooks.sees_last;
	fake_recursion_misses(previous.hooks.programs[last], recursion[_i].misses);
	pinned_set_control(&previous)->recursion_baseline = recursion[_i].baseline;
	carry();
	ck_assert_uint_eq(pinned_set_ledger(&next)->totals.recursion_misses,
			  recursion[_i].expected);
	ck_assert_uint_eq(pinned_set_control(&next)->recursion_baseline,
			  recursion[_i].expected_baseline);
	end();
}
END_TEST

/* The new set has room for fewer rows: the excess is folded, and no attempt is lost. */
START_TEST(folds_what_has_no_room)
{
	char comm[BIND_COMM_SIZE];

	pins_fixture_begin();
	pins_config.max_rows = 400;
	plan = pins_plan(BIND_MODE_LSM, /* results= */ false);
	pins_create(&plan, /* predecessor= */ NULL, &previous);
	pins_config.max_rows = SNAPSHOT_MAX_ROWS_MIN;
	pins_create(&plan, &previous, &next);
	for (uint32_t entry = 0; entry < 400; entry++) {
		snprintf(comm, sizeof(comm), "comm%u", entry);
		pins_bind(&previous, entry, comm, 2);
	}
	ck_assert_uint_eq(carry(), 800);
	ck_assert_uint_le(pinned_set_ledger(&next)->rows, SNAPSHOT_MAX_ROWS_MIN);
	ck_assert_uint_eq(pins_attempts(&next), 800);
	end();
}
END_TEST

START_TEST(refuses_a_damaged_ledger)
{
	uint64_t attempts = 42;

	begin(BIND_MODE_LSM);
	pins_bind(&previous, 1, "one", 3);
	bind_maps_ledger(&previous.maps, 0)->rows = 1000000;
	ck_assert_int_eq(carry_over_attempts(&previous, &attempts), -ERANGE);
	ck_assert_int_eq(carry_over(&plan, &previous, &next, &attempts), -ERANGE);
	ck_assert_uint_eq(attempts, 42);
	ck_assert_uint_eq(pinned_set_control(&next)->ledger, 0);
	ck_assert(!carry_over_is_done(&previous, &next));
	end();
}
END_TEST

START_TEST(needs_the_recursion_misses)
{
	uint64_t attempts = 42;

	begin(BIND_MODE_LSM);
	fake = (struct fake_behaviour){
		.failing = "bpf_obj_get_info_by_fd", .countdown = 1, .error = EPERM};
	ck_assert_int_eq(carry_over(&plan, &previous, &next, &attempts), -EPERM);
	ck_assert_uint_eq(attempts, 42);
	ck_assert(!carry_over_is_done(&previous, &next));
	end();
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{sums_all_that_was_counted, 0},
		{reads_both_halves_between_flip_and_commit, 0},
		{writes_the_spare_ledger, 0},
		{can_be_repeated, 0},
		{keeps_the_generation_of_the_new_set, 0},
		{carries_recursion_misses_of_a_dispatcher_that_goes, ARRAY_SIZE(recursion)},
		{folds_what_has_no_room, 0},
		{refuses_a_damaged_ledger, 0},
		{needs_the_recursion_misses, 0},
	};

	return run_suite("carry_over", tests, ARRAY_SIZE(tests));
}
