// SPDX-License-Identifier: Apache-2.0
/* Starts with pinned counters, one after the other, as processes of the exporter make them. */
#include "exporter/pins/resume.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/diagnosis.h"
#include "exporter/pins/dispatcher.h"
#include "exporter/pins/pin_owner.h"
#include "metrics/rows/ledger.h"
#include "tests/lib/captured.h"
#include "tests/unit/exporter/pins/pins_fixture.h"
#include "tests/unit/suite.h"

static struct diagnosis diagnosis;
static char text[8192]; /* the log of the last start */

struct settings {
	enum bind_mode mode;
	bool results;
	uint32_t rows; /* more than the fewest possible */
};

static struct attach_plan plan_of(const struct settings *settings)
{
	pins_config.max_rows = 256 + settings->rows;
	return pins_plan(settings->mode, settings->results);
}

/* Does what a process of the exporter does: opens, starts, ends. */
static int start(const struct settings *settings, struct pinned_set *ret_set)
{
	const struct attach_plan plan = plan_of(settings);
	struct resume *resume = NULL;
	int error;

	ck_assert_int_eq(capture_begin(), 0);
	error = resume_begin(pins, &resume, &diagnosis);
	if (!error)
		error = resume_start(resume, &plan, &no_grace, ret_set, &diagnosis);
	resume_end(resume);
	capture_end(text, sizeof(text));
	return error;
}

/* All attempts are counted once, by this set, and no other set or dispatcher is pinned. */
static void check(const struct pinned_set *set, uint64_t attempts)
{
	ck_assert_int_eq(pins_count(PIN_SET), 1);
	ck_assert_int_eq(pins_count(PIN_HOOK), set->hooks.count);
	for (int hook = 0; hook < set->hooks.count; hook++) {
		ck_assert(pinned_set_is_present(set, hook));
		ck_assert_uint_eq(dispatcher_get(&set->hooks, hook, BIND_SLOT_PREVIOUS), 0);
	}
	ck_assert_uint_eq(pins_attempts(set), attempts);
}

static void start_and_count(const struct settings *settings)
{
	struct pinned_set set;

	ck_assert_int_eq(start(settings, &set), 0);
	pins_bind(&set, 1, "one", 5);
	pinned_set_close(&set);
}

static const struct settings lsm = {BIND_MODE_LSM, true, 0};
static const struct settings more_rows = {BIND_MODE_LSM, true, 1};
static const struct settings fentry = {BIND_MODE_FENTRY, true, 0};

START_TEST(begins)
{
	enum bind_mode mode = BIND_MODES;
	struct resume *resume;
	struct pinned_set set;

	pins_fixture_begin();
	ck_assert_int_eq(resume_begin(pins, &resume, &diagnosis), 0);
	ck_assert(!resume_mode(resume, &mode));
	ck_assert_int_eq(mode, BIND_MODES);
	resume_end(resume);
	resume_end(NULL);
	ck_assert_int_eq(start(&lsm, &set), 0);
	assert_captured(text, "counters pinned");
	ck_assert_uint_eq(pinned_set_control(&set)->exit_fallback, 1);
	check(&set, 0);
	pinned_set_close(&set);
	pins_fixture_end();
}
END_TEST

START_TEST(resumes)
{
	enum bind_mode mode = BIND_MODES;
	struct resume *resume;
	struct pinned_set set;

	pins_fixture_begin();
	start_and_count(&lsm);
	ck_assert_int_eq(resume_begin(pins, &resume, &diagnosis), 0);
	ck_assert(resume_mode(resume, &mode));
	ck_assert_int_eq(mode, BIND_MODE_LSM);
	resume_end(resume); /* nothing was started: nothing changes */
	ck_assert_int_eq(start(&lsm, &set), 0);
	assert_captured(text, "resumed pinned counters");
	assert_captured(text, "attempts=5");
	ck_assert_uint_eq(set.identity.predecessor, 0);
	check(&set, 5);
	pinned_set_close(&set);
	pins_fixture_end();
}
END_TEST

/* A user has removed a hook, or its link. */
START_TEST(attaches_a_missing_dispatcher)
{
	struct pinned_set set;

	pins_fixture_begin();
	start_and_count(&lsm);
	ck_assert_int_eq(pins_remove(pins, "hook-lsm_socket_bind"), 0);
	ck_assert_int_eq(start(&lsm, &set), 0);
	check(&set, 5);
	pinned_set_close(&set);
	pins_fixture_end();
}
END_TEST

START_TEST(upgrades)
{
	struct pinned_set set;

	pins_fixture_begin();
	start_and_count(&lsm);
	ck_assert_int_eq(start(&more_rows, &set), 0);
	assert_captured(text, "carried pinned counters over");
	assert_captured(text, "attempts=5");
	assert_not_captured(text, "attach mode changed");
	ck_assert_uint_ne(set.identity.predecessor, 0);
	ck_assert_uint_eq(set.maps.max_rows, 257);
	check(&set, 5);
	pinned_set_close(&set);
	ck_assert_int_eq(start(&more_rows, &set), 0);
	assert_captured(text, "resumed pinned counters");
	check(&set, 5);
	pinned_set_close(&set);
	pins_fixture_end();
}
END_TEST

static const struct {
	struct settings settings;
	const char *note;
} other_modes[] = {
	{{BIND_MODE_FENTRY, true, 0}, "were counted when they returned"},
	{{BIND_MODE_FENTRY, false, 0}, "were not counted"},
	{{BIND_MODE_TRACEPOINT, true, 0}, "were not counted"},
};

START_TEST(changes_the_mode)
{
	struct pinned_set set;

	pins_fixture_begin();
	start_and_count(&lsm);
	ck_assert_int_eq(start(&other_modes[_i].settings, &set), 0);
	assert_captured(text, "attach mode changed");
	assert_captured(text, other_modes[_i].note);
	check(&set, 5);
	pinned_set_close(&set);
	pins_fixture_end();
}
END_TEST

START_TEST(keeps_the_set_if_another_mode_does_not_work)
{
	const struct attach_plan *plan;
	struct attach_plan plans[2];
	struct resume *resume;
	struct pinned_set set;

	pins_fixture_begin();
	start_and_count(&lsm);
	plans[0] = plan_of(&fentry);
	plans[1] = plan_of(&lsm);
	ck_assert_int_eq(resume_begin(pins, &resume, &diagnosis), 0);
	fake.selfcheck = -ENODATA;
	plan = &plans[0];
	ck_assert_int_eq(resume_start(resume, plan, &no_grace, &set, &diagnosis), -ENODATA);
	ck_assert_int_ne(diagnosis.reason[0], '\0');
	fake.selfcheck = 0;
	plan = &plans[1]; /* the same resume, which opens the set again */
	capture(text, ck_assert_int_eq(resume_start(resume, plan, &no_grace, &set, &diagnosis), 0));
	assert_captured(text, "resumed pinned counters");
	check(&set, 5);
	pinned_set_close(&set);
	resume_end(resume);
	pins_fixture_end();
}
END_TEST

START_TEST(leaves_nothing_if_the_first_start_fails)
{
	struct pinned_set set;

	pins_fixture_begin();
	fake.selfcheck = -ENODATA;
	ck_assert_int_eq(start(&lsm, &set), -ENODATA);
	ck_assert_int_ne(diagnosis.reason[0], '\0');
	ck_assert_int_eq(pins_count(""), 0);
	pins_fixture_end();
}
END_TEST

START_TEST(refuses_another_version)
{
	uint64_t abi = BIND_ABI_VERSION + 1;
	char directory[1][PINS_NAME_MAX];
	struct resume *resume = NULL;
	int map;

	pins_fixture_begin();
	start_and_count(&lsm);
	ck_assert_int_eq(pins_list(pins, PIN_SET, directory, 1), 1);
	map = pins_get(pins, directory[0], PIN_IDENTITY);
	ck_assert_int_eq(pwrite(map, &abi, sizeof(abi), 0), sizeof(abi));
	close(map);
	ck_assert_int_eq(resume_begin(pins, &resume, &diagnosis), -EPROTO);
	ck_assert_ptr_null(resume);
	ck_assert_ptr_nonnull(strstr(diagnosis.reason, "another version of the exporter"));
	ck_assert_ptr_nonnull(strstr(diagnosis.cure, "--unpin"));
	pins_fixture_end();
}
END_TEST

START_TEST(refuses_unrelated_sets)
{
	struct attach_plan plan;
	struct pinned_set set, other;
	struct resume *resume;

	pins_fixture_begin();
	plan = plan_of(&lsm);
	pins_create(&plan, NULL, &set);
	pins_create(&plan, NULL, &other);
	ck_assert_int_eq(resume_begin(pins, &resume, &diagnosis), -EEXIST);
	ck_assert_int_ne(diagnosis.reason[0], '\0');
	pinned_set_close(&set);
	pinned_set_close(&other);
	pins_fixture_end();
}
END_TEST

/* One start and the next. rows: UINT32_MAX: there is no earlier one. */
static const struct {
	struct settings first, second;
} pairs[] = {
	{{BIND_MODE_LSM, true, UINT32_MAX}, {BIND_MODE_LSM, true, 0}},
	{{BIND_MODE_LSM, true, 0}, {BIND_MODE_LSM, true, 0}},
	{{BIND_MODE_LSM, true, 0}, {BIND_MODE_LSM, true, 1}},
	{{BIND_MODE_LSM, true, 0}, {BIND_MODE_LSM, false, 0}},
	{{BIND_MODE_LSM, true, 0}, {BIND_MODE_FENTRY, true, 0}},
	{{BIND_MODE_LSM, true, 0}, {BIND_MODE_TRACEPOINT, true, 0}},
	{{BIND_MODE_TRACEPOINT, true, 0}, {BIND_MODE_LSM, true, 0}},
};

static uint64_t begin_pair(int pair)
{
	pins_fixture_begin();
	if (pairs[pair].first.rows == UINT32_MAX)
		return 0;
	start_and_count(&pairs[pair].first);
	return 5;
}

/* Any one call of bpf(2) fails: the start fails with a reason, or does without; the next works. */
START_TEST(survives_a_failing_call)
{
	unsigned int call = 0;
	struct pinned_set set;
	uint64_t attempts;
	bool failed;

	do {
		attempts = begin_pair(_i);
		diagnosis.reason[0] = '\0';
		fake.countdown = ++call;
		fake.error = EIO;
		if (start(&pairs[_i].second, &set))
			ck_assert_int_ne(diagnosis.reason[0], '\0');
		else
			pinned_set_close(&set);
		failed = !fake.countdown;
		fake.countdown = 0;
		ck_assert_int_eq(start(&pairs[_i].second, &set), 0);
		check(&set, attempts);
		pinned_set_close(&set);
		pins_fixture_end();
	} while (failed && call < 1000);
	ck_assert_uint_gt(call, 20);
}
END_TEST

/* True: the child was killed in this call. */
static bool start_until(unsigned int call, const struct settings *settings)
{
	struct pinned_set set;
	pid_t child = fork();
	int status;

	ck_assert_int_ge(child, 0);
	if (!child) {
		fake.countdown = call;
		_exit(start(settings, &set) ? 2 : 1);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	ck_assert_int_le(WEXITSTATUS(status), 1);
	return WEXITSTATUS(status) == 0;
}

/* If the hook stays the same, its slot is never empty. */
static void check_counting(void)
{
	struct hooks hooks = {.count = 0};

	hooks_list(&hooks, BIND_MODE_LSM, /* results= */ false, NULL);
	dispatchers_find(pins, &hooks);
	ck_assert_uint_ne(dispatcher_get(&hooks, 0, BIND_SLOT_CURRENT), 0);
	hooks_detach(&hooks);
}

START_TEST(survives_being_killed)
{
	unsigned int call = 0;
	struct pinned_set set;
	uint64_t attempts;
	bool killed;

	do {
		attempts = begin_pair(_i);
		killed = start_until(++call, &pairs[_i].second);
		if (attempts && pairs[_i].first.mode == pairs[_i].second.mode)
			check_counting();
		pins_close(pins);
		ck_assert_int_eq(pins_open(pins_path, &pins, &diagnosis), 0);
		pins_config.pins = pins;
		ck_assert_int_eq(start(&pairs[_i].second, &set), 0);
		check(&set, attempts);
		pinned_set_close(&set);
		pins_fixture_end();
	} while (killed && call < 1000);
	ck_assert_uint_gt(call, 20);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{begins, 0},
		{resumes, 0},
		{attaches_a_missing_dispatcher, 0},
		{upgrades, 0},
		{changes_the_mode, ARRAY_SIZE(other_modes)},
		{keeps_the_set_if_another_mode_does_not_work, 0},
		{leaves_nothing_if_the_first_start_fails, 0},
		{refuses_another_version, 0},
		{refuses_unrelated_sets, 0},
		{survives_a_failing_call, ARRAY_SIZE(pairs)},
		{survives_being_killed, ARRAY_SIZE(pairs)},
	};

	return run_suite("resume", tests, ARRAY_SIZE(tests));
}
