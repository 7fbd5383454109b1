// SPDX-License-Identifier: Apache-2.0
#include "exporter/pins/upgrade.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "exporter/attach/hooks.h"
#include "exporter/pins/carry_over.h"
#include "exporter/pins/dispatcher.h"
#include "exporter/pins/pin_owner.h"
#include "metrics/rows/ledger.h"
#include "metrics/rows/snapshot.h"
#include "tests/unit/exporter/pins/pins_fixture.h"
#include "tests/unit/suite.h"

#define CALL (42ULL << 32 | 1)

static struct attach_plan plan;
static struct pinned_set previous, next;
static struct upgrade_report report;

static bool sees_results(enum bind_mode mode)
{
	return mode != BIND_MODE_KPROBE;
}

/* The previous set counts, and has counted 5 attempts; nothing jumps to the next one. */
static void begin(enum bind_mode from, enum bind_mode to)
{
	pins_fixture_begin();
	plan = pins_plan(from, sees_results(from));
	pins_create(&plan, /* predecessor= */ NULL, &previous);
	for (int hook = 0; hook < previous.hooks.count; hook++)
		ck_assert_int_eq(dispatcher_put(&previous.hooks, hook, BIND_SLOT_CURRENT,
						previous.programs[hook]),
				 0);
	pins_bind(&previous, 1, "one", 5);
	pins_config.max_rows++;
	plan = pins_plan(to, sees_results(to));
	pins_create(&plan, &previous, &next);
	report = (struct upgrade_report){0};
}

static void end(void)
{
	pinned_set_close(&previous);
	pinned_set_close(&next);
	pins_fixture_end();
}

static int run(void)
{
	return upgrade_run(&plan, &no_grace, &previous, &next, &report);
}

static void check_slots(const struct pinned_set *set)
{
	ck_assert_int_eq(pins_count(PIN_HOOK), set->hooks.count);
	for (int hook = 0; hook < set->hooks.count; hook++) {
		ck_assert_uint_eq(dispatcher_get(&set->hooks, hook, BIND_SLOT_CURRENT),
				  pinned_set_program(set, hook));
		ck_assert_uint_eq(dispatcher_get(&set->hooks, hook, BIND_SLOT_PREVIOUS), 0);
	}
}

static void check_done(void)
{
	check_slots(&next);
	ck_assert_int_eq(pins_count(PIN_SET), 1);
	ck_assert(!pins_has("", previous.directory));
	ck_assert_uint_eq(report.attempts, 5);
	ck_assert_uint_eq(pins_attempts(&next), 5);
}

static const struct {
	enum bind_mode from, to;
	bool same_hook, gap;
} pairs[] = {
	{BIND_MODE_LSM, BIND_MODE_LSM, true, false},
	{BIND_MODE_LSM, BIND_MODE_FENTRY, false, false},
	{BIND_MODE_LSM, BIND_MODE_KPROBE, false, true},
	{BIND_MODE_KPROBE, BIND_MODE_KPROBE, true, true},
	{BIND_MODE_KPROBE, BIND_MODE_LSM, false, true},
	{BIND_MODE_LSM, BIND_MODE_TRACEPOINT, false, true},
	{BIND_MODE_TRACEPOINT, BIND_MODE_FENTRY, false, true},
	{BIND_MODE_TRACEPOINT, BIND_MODE_TRACEPOINT, true, true},
};

START_TEST(replaces_the_previous_set)
{
	begin(pairs[_i].from, pairs[_i].to);
	ck_assert_int_eq(upgrade_same_hook(&previous, &next), pairs[_i].same_hook);
	ck_assert_int_eq(run(), 0);
	check_done();
	ck_assert_int_eq(report.gap, pairs[_i].gap);
	ck_assert_uint_eq(report.lost_results, 0);
	ck_assert_uint_eq(pinned_set_control(&next)->exit_fallback,
			  hooks_find(&next.hooks, hooks_at_exit) >= 0);
	end();
}
END_TEST

/* Any one call of bpf(2) fails, and the upgrade is run again. */
START_TEST(can_be_run_again)
{
	unsigned int call = 0;
	bool failed;
	int error;

	do {
		begin(pairs[_i].from, pairs[_i].to);
		fake.countdown = ++call;
		fake.error = EIO;
		error = run();
		failed = !fake.countdown;
		fake.countdown = 0;
		ck_assert(!error || (failed && error == -EIO));
		if (error)
			ck_assert_int_eq(run(), 0);
		check_done();
		end();
	} while (failed && call < 1000);
	ck_assert_uint_gt(call, 6);
}
END_TEST

START_TEST(goes_back_if_the_new_hook_does_not_fire)
{
	begin(BIND_MODE_LSM, pairs[_i + 1].to);
	pinned_set_control(&previous)->exit_fallback = 1;
	fake.selfcheck = -ENODATA;
	ck_assert_int_eq(run(), -ENODATA);
	check_slots(&previous);
	ck_assert_int_eq(pins_count(PIN_SET), 1);
	ck_assert(!pins_has("", next.directory));
	ck_assert_uint_eq(pinned_set_control(&previous)->exit_fallback, 1);
	ck_assert_uint_eq(pins_attempts(&previous), 5);
	end();
}
END_TEST

START_TEST(goes_on_without_results)
{
	begin(BIND_MODE_LSM, BIND_MODE_FENTRY);
	fake.selfcheck = -ENOMSG;
	ck_assert_int_eq(run(), 0);
	check_done();
	end();
}
END_TEST

START_TEST(does_not_go_on_if_the_check_fails)
{
	begin(BIND_MODE_LSM, BIND_MODE_FENTRY);
	fake.selfcheck = -EMFILE;
	ck_assert_int_eq(run(), -EMFILE);
	ck_assert_int_eq(pins_count(PIN_SET), 2);
	end();
}
END_TEST

/* The exit fallback of the previous set would count calls of a set without one again. */
START_TEST(ends_the_exit_fallback_of_the_previous_set)
{
	begin(BIND_MODE_LSM, BIND_MODE_TRACEPOINT);
	pinned_set_control(&previous)->exit_fallback = 1;
	fake_recursion_misses(next.hooks.programs[next.hooks.sees_last], 6);
	ck_assert_int_eq(run(), 0);
	ck_assert_uint_eq(pinned_set_control(&previous)->exit_fallback, 0);
	ck_assert_uint_eq(pinned_set_control(&next)->recursion_baseline, 6);
	check_done();
	end();
}
END_TEST

/* At another last hook, recursion misses count from now on, except those of marks left behind. */
START_TEST(begins_the_exit_fallback_of_the_new_set)
{
	uint64_t *missed;

	begin(BIND_MODE_TRACEPOINT, BIND_MODE_LSM);
	missed = next.maps.of[MAP_MISSED].memory;
	missed[BIND_MARKS_LEFT] = 2;
	fake_recursion_misses(next.hooks.programs[next.hooks.sees_last], 7);
	ck_assert_int_eq(run(), 0);
	ck_assert_uint_eq(pinned_set_control(&next)->exit_fallback, 1);
	ck_assert_uint_eq(pinned_set_control(&next)->recursion_baseline, 5);
	check_done();
	end();
}
END_TEST

/* Calls that do not end within a tenth of a second lose their results. */
START_TEST(gives_up_calls)
{
	struct bind_calls *calls;

	begin(BIND_MODE_LSM, BIND_MODE_LSM);
	calls = previous.maps.of[MAP_CALLS].memory;
	calls[3].call[2] = CALL;
	ck_assert_int_eq(run(), 0);
	ck_assert_uint_eq(report.lost_results, 1);
	check_done();
	end();
}
END_TEST

START_TEST(counts_pending_calls_as_missed)
{
	uint64_t thread = 42;

	begin(BIND_MODE_TRACEPOINT, BIND_MODE_TRACEPOINT);
	/* The fake hash has one element, its first word. */
	ck_assert_int_eq(
		pwrite(previous.maps.of[MAP_PENDING].descriptor, &thread, sizeof(thread), 0),
		sizeof(thread));
	ck_assert_int_eq(run(), 0);
	ck_assert_uint_eq(pinned_set_ledger(&next)->totals.missed[BIND_MISSED_EXIT], 1);
	check_done();
	end();
}
END_TEST

/* It was killed after the counts were carried over: they are not carried over again. */
START_TEST(removes_a_set_that_was_carried_over)
{
	uint64_t attempts;

	begin(BIND_MODE_LSM, BIND_MODE_LSM);
	ck_assert_int_eq(carry_over(&plan, &previous, &next, &attempts), 0);
	for (int hook = 0; hook < next.hooks.count; hook++) {
		dispatcher_put(&next.hooks, hook, BIND_SLOT_CURRENT, next.programs[hook]);
		dispatcher_put(&next.hooks, hook, BIND_SLOT_PREVIOUS, previous.programs[hook]);
	}
	pins_bind(&previous, 2, "late", 100);
	ck_assert_int_eq(run(), 0);
	check_done();
	end();
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{replaces_the_previous_set, ARRAY_SIZE(pairs)},
		{can_be_run_again, ARRAY_SIZE(pairs)},
		{goes_back_if_the_new_hook_does_not_fire, 2},
		{goes_on_without_results, 0},
		{does_not_go_on_if_the_check_fails, 0},
		{ends_the_exit_fallback_of_the_previous_set, 0},
		{begins_the_exit_fallback_of_the_new_set, 0},
		{gives_up_calls, 0},
		{counts_pending_calls_as_missed, 0},
		{removes_a_set_that_was_carried_over, 0},
	};

	return run_suite("upgrade", tests, ARRAY_SIZE(tests));
}
