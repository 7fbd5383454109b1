// SPDX-License-Identifier: Apache-2.0
#include "exporter/pins/dispatcher.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/diagnosis.h"
#include "exporter/pins/pin_owner.h"
#include "tests/unit/exporter/pins/pins_fixture.h"
#include "tests/unit/suite.h"

static struct diagnosis diagnosis;

static const struct {
	enum bind_mode mode;
	bool results;
	int count;
} modes[] = {
	{BIND_MODE_LSM, false, 1},   {BIND_MODE_LSM, true, 3},         {BIND_MODE_KPROBE, false, 1},
	{BIND_MODE_FENTRY, true, 3}, {BIND_MODE_TRACEPOINT, false, 2},
};

static void list(enum bind_mode mode, bool results, struct hooks *ret_hooks)
{
	*ret_hooks = (struct hooks){.count = 0};
	hooks_list(ret_hooks, mode, results, NULL);
}

static int open_all(struct hooks *hooks)
{
	return dispatchers_open(pins, hooks, NULL, &diagnosis);
}

START_TEST(attaches_each_hook_once)
{
	struct hooks hooks, again;

	list(modes[_i].mode, modes[_i].results, &hooks);
	list(modes[_i].mode, modes[_i].results, &again);
	ck_assert_int_eq(hooks.count, modes[_i].count);
	dispatchers_find(pins, &again);
	ck_assert_int_eq(again.slots[0], -1); /* none exists yet */
	ck_assert_int_eq(open_all(&hooks), 0);
	ck_assert_int_eq(pins_count(PIN_HOOK), hooks.count);
	dispatchers_find(pins, &again);
	for (int hook = 0; hook < hooks.count; hook++) {
		ck_assert_int_ge(hooks.slots[hook], 0);
		ck_assert_uint_ne(fake_id(hooks.programs[hook]), 0);
		ck_assert_uint_eq(fake_id(again.programs[hook]), fake_id(hooks.programs[hook]));
		ck_assert_uint_eq(dispatcher_get(&hooks, hook, BIND_SLOT_CURRENT), 0);
	}
	ck_assert_int_eq(open_all(&again), 0);
	hooks_detach(&again);
	hooks_detach(&hooks);
}
END_TEST

START_TEST(fills_and_empties_slots)
{
	int program;
	struct hooks hooks, others;

	program = fake_program();
	list(BIND_MODE_LSM, false, &hooks);
	list(BIND_MODE_LSM, false, &others);
	ck_assert_int_eq(dispatcher_put(&hooks, 0, BIND_SLOT_CURRENT, program), -ENOENT);
	ck_assert_int_eq(dispatcher_put(&hooks, 0, BIND_SLOT_CURRENT, -1), 0);
	ck_assert_int_eq(open_all(&hooks), 0);
	ck_assert_int_eq(dispatcher_put(&hooks, 0, BIND_SLOT_PREVIOUS, program), 0);
	ck_assert_uint_eq(dispatcher_get(&hooks, 0, BIND_SLOT_PREVIOUS), fake_id(program));
	ck_assert_uint_eq(dispatcher_get(&hooks, 0, BIND_SLOT_CURRENT), 0);
	dispatchers_find(pins, &others); /* the same slots */
	ck_assert_uint_eq(dispatcher_get(&others, 0, BIND_SLOT_PREVIOUS), fake_id(program));
	ck_assert_int_eq(dispatcher_put(&hooks, 0, BIND_SLOT_PREVIOUS, -1), 0);
	ck_assert_int_eq(dispatcher_put(&hooks, 0, BIND_SLOT_PREVIOUS, -1), 0);
	ck_assert_uint_eq(dispatcher_get(&others, 0, BIND_SLOT_PREVIOUS), 0);
	fake = (struct fake_behaviour){.countdown = 1, .error = EPERM};
	ck_assert_int_eq(dispatcher_put(&hooks, 0, BIND_SLOT_PREVIOUS, -1), -EPERM);
	fake = (struct fake_behaviour){.countdown = 1, .error = EPERM};
	ck_assert_int_eq(dispatcher_put(&hooks, 0, BIND_SLOT_PREVIOUS, program), -EPERM);
	close(program);
	hooks_detach(&others);
	hooks_detach(&hooks);
}
END_TEST

/* A user may remove a link, which detaches the program. */
START_TEST(replaces_one_without_a_part)
{
	static const char *const parts[] = {"link", "program"};
	char path[2 * FAKE_PATH_MAX];
	struct hooks hooks;
	uint32_t before;

	list(BIND_MODE_KPROBE, false, &hooks);
	ck_assert_int_eq(open_all(&hooks), 0);
	before = fake_id(hooks.programs[0]);
	hooks_detach(&hooks);
	snprintf(path, sizeof(path), "%s/hook-kprobe_socket_bind/%s", pins_path, parts[_i]);
	ck_assert_int_eq(unlink(path), 0);
	list(BIND_MODE_KPROBE, false, &hooks);
	dispatchers_find(pins, &hooks);
	ck_assert_int_eq(hooks.slots[0], -1);
	ck_assert_int_eq(open_all(&hooks), 0);
	ck_assert_uint_ne(fake_id(hooks.programs[0]), before);
	hooks_detach(&hooks);
}
END_TEST

START_TEST(leaves_another_programs_directory_alone)
{
	struct hooks hooks;

	list(BIND_MODE_LSM, false, &hooks);
	pins_make_directory("hook-lsm_socket_bind");
	pins_touch("hook-lsm_socket_bind", "notes");
	ck_assert_int_eq(open_all(&hooks), -EEXIST);
	ck_assert_int_ne(diagnosis.reason[0], '\0');
	ck_assert(pins_has("hook-lsm_socket_bind", "notes"));
	hooks_detach(&hooks);
}
END_TEST

START_TEST(removes_others)
{
	struct hooks first, second;

	list(BIND_MODE_LSM, true, &first);
	list(BIND_MODE_TRACEPOINT, false, &second);
	ck_assert_int_eq(open_all(&first), 0);
	ck_assert_int_eq(open_all(&second), 0);
	ck_assert_int_eq(pins_count(PIN_HOOK), 5);
	ck_assert_int_eq(dispatchers_remove_others(pins, &second), 0);
	ck_assert_int_eq(pins_count(PIN_HOOK), 2);
	ck_assert(pins_has("hook-tracepoint_exit_bind", "link"));
	hooks_detach(&first);
	hooks_detach(&second);
}
END_TEST

/* Whatever call fails, there is a reason, and no part of a dispatcher stays. */
static const struct {
	const char *failing;
	enum bind_mode mode;
	unsigned int call;
} failures[] = {
	{"bpf_object__load", BIND_MODE_LSM, 1},
	{"bpf_raw_tracepoint_open", BIND_MODE_LSM, 1},
	{"bpf_obj_pin", BIND_MODE_LSM, 1},
	{"bpf_obj_pin", BIND_MODE_LSM, 3},
	{"perf_event", BIND_MODE_KPROBE, 1},
	{"bpf_link_create", BIND_MODE_KPROBE, 1},
	{"bpf_link_create", BIND_MODE_TRACEPOINT, 2},
};

START_TEST(explains_a_failure)
{
	struct hooks hooks;

	list(failures[_i].mode, false, &hooks);
	diagnosis.reason[0] = '\0';
	fake = (struct fake_behaviour){
		.failing = failures[_i].failing, .countdown = failures[_i].call, .error = ENOMEM};
	ck_assert_int_eq(open_all(&hooks), -ENOMEM);
	ck_assert_int_ne(diagnosis.reason[0], '\0');
	ck_assert_int_eq(dispatchers_remove_others(pins, &(struct hooks){.count = 0}), 0);
	ck_assert_int_eq(pins_count(PIN_HOOK), 0);
	hooks_detach(&hooks);
	list(failures[_i].mode, false, &hooks);
	ck_assert_int_eq(open_all(&hooks), 0); /* despite the garbage */
	hooks_detach(&hooks);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{attaches_each_hook_once, ARRAY_SIZE(modes)},
		{fills_and_empties_slots, 0},
		{replaces_one_without_a_part, 2},
		{leaves_another_programs_directory_alone, 0},
		{removes_others, 0},
		{explains_a_failure, ARRAY_SIZE(failures)},
	};

	return run_suite_around("dispatcher", pins_fixture_begin, pins_fixture_end, tests,
				ARRAY_SIZE(tests));
}
