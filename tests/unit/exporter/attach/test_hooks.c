// SPDX-License-Identifier: Apache-2.0
/* Which programs a mode needs. The BPF objects are the real ones, opened but not loaded. */
#include "exporter/attach/hooks.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "exporter/attach/machine.h"
#include "tests/lib/scratch.h"
#include "tests/unit/exporter/attach/open_object.h"
#include "tests/unit/suite.h"

#define NAMES_MAX 256

static bool before_6_11;

bool kernel_older_than(unsigned int major, unsigned int minor)
{
	ck_assert(major == 6 && minor == 11);
	return before_6_11;
}

/* libbpf describes a map that is reused. */
int bpf_obj_get_info_by_fd(int descriptor, void *info, __u32 *length)
{
	(void)descriptor;
	(void)info;
	(void)length;
	errno = EBADF;
	return -1;
}

/* The names, separated by blanks. */
static const char *names_of(const struct hooks *hooks)
{
	static char names[NAMES_MAX];
	int length = 0;

	names[0] = '\0';
	for (int i = 0; i < hooks->count; i++)
		length += snprintf(names + length, sizeof(names) - (size_t)length, "%s%s",
				   i ? " " : "", hooks->names[i]);
	return names;
}

/* External BTF with one function, or with none. */
static void write_btf(const char *path, bool with_io_bind)
{
	struct btf *btf = btf__new_empty();
	const void *bytes;
	__u32 size;

	ck_assert_ptr_nonnull(btf);
	ck_assert_int_gt(btf__add_func_proto(btf, 0), 0);
	ck_assert_int_gt(
		btf__add_func(btf, with_io_bind ? "io_bind" : "io_listen", BTF_FUNC_STATIC, 1), 0);
	bytes = btf__raw_data(btf, &size);
	ck_assert_int_eq(scratch_write(path, bytes, size), 0);
	btf__free(btf);
}

#define SEEN "exit_socket_bind exit_sys_bind "

static const struct {
	enum bind_mode mode;
	bool results, before_6_11, with_io_bind;
	const char *names;
	int sees_last;
} lists[] = {
	{BIND_MODE_LSM, false, false, true, "lsm_socket_bind", 0},
	{BIND_MODE_LSM, true, false, false, SEEN "lsm_socket_bind", 0},
	{BIND_MODE_LSM, true, false, true, SEEN "exit_io_bind lsm_socket_bind", 0},
	{BIND_MODE_LSM, true, true, true, SEEN "lsm_socket_bind", 0},
	{BIND_MODE_KPROBE, false, false, true, "kprobe_socket_bind", 0},
	{BIND_MODE_KPROBE, true, false, true, SEEN "exit_io_bind kprobe_socket_bind", 0},
	{BIND_MODE_FENTRY, true, false, false, SEEN "fentry_socket_bind", 0},
	{BIND_MODE_TRACEPOINT, false, false, true, "tracepoint_exit_bind tracepoint_enter_bind", 1},
	{BIND_MODE_TRACEPOINT, true, false, true, "tracepoint_exit_bind tracepoint_enter_bind", 1},
};

/* Each in a process of its own: the answer about io_bind() is kept. */
START_TEST(lists_the_programs_of_a_mode)
{
	char scratch[SCRATCH_SIZE], path[SCRATCH_SIZE + 16];
	struct hooks hooks = {.count = 0};

	ck_assert_int_eq(scratch_make(scratch), 0);
	snprintf(path, sizeof(path), "%s/btf", scratch);
	write_btf(path, lists[_i].with_io_bind);
	before_6_11 = lists[_i].before_6_11;
	hooks_list(&hooks, lists[_i].mode, lists[_i].results, path);
	ck_assert_str_eq(names_of(&hooks), lists[_i].names);
	ck_assert_int_eq(hooks.sees_last, lists[_i].sees_last);
	for (int i = 0; i < hooks.count; i++)
		ck_assert(hooks.programs[i] == -1 && hooks.slots[i] == -1);
	scratch_remove(scratch);
}
END_TEST

/* context: names, as names_of() writes them. */
static bool is_listed(const char *name, void *context)
{
	return strstr(context, name) != NULL;
}

static const struct {
	const char *there, *names;
	int sees_last;
} pinned[] = {
	{"lsm_socket_bind exit_sys_bind exit_socket_bind", SEEN "lsm_socket_bind", 0},
	{"exit_sys_bind fentry_socket_bind", "exit_sys_bind fentry_socket_bind", 1},
	{"tracepoint_enter_bind tracepoint_exit_bind", "tracepoint_exit_bind tracepoint_enter_bind",
	 1},
	{"of another program", "", -1},
	/* More than one mode has: what is pinned may be anything. */
	{SEEN "exit_io_bind lsm_socket_bind kprobe_socket_bind",
	 SEEN "exit_io_bind lsm_socket_bind", 0},
};

START_TEST(lists_those_that_are_there)
{
	struct hooks hooks = {.count = 0};

	hooks_list_those(&hooks, is_listed, (void *)pinned[_i].there);
	ck_assert_str_eq(names_of(&hooks), pinned[_i].names);
	ck_assert_int_eq(hooks.sees_last, pinned[_i].sees_last);
	ck_assert_int_eq(hooks_find(&hooks, "none"), -1);
	for (int i = 0; i < hooks.count; i++)
		ck_assert_int_eq(hooks_find(&hooks, hooks.names[i]), i);
}
END_TEST

static const struct {
	const char *program;
	enum bind_mode mode, attach_mode;
} programs[] = {
	{"lsm_socket_bind", BIND_MODE_LSM, BIND_MODE_LSM},
	{"kprobe_socket_bind", BIND_MODE_KPROBE, BIND_MODE_KPROBE},
	{"fentry_socket_bind", BIND_MODE_FENTRY, BIND_MODE_FENTRY},
	{"tracepoint_enter_bind", BIND_MODE_TRACEPOINT, BIND_MODE_TRACEPOINT},
	{"tracepoint_exit_bind", BIND_MODES, BIND_MODE_TRACEPOINT},
	{"exit_socket_bind", BIND_MODES, BIND_MODE_FENTRY},
	{"exit_sys_bind", BIND_MODES, BIND_MODE_FENTRY},
	{"exit_io_bind", BIND_MODES, BIND_MODE_FENTRY},
	{"trace", BIND_MODES, BIND_MODES},
};

START_TEST(knows_the_mode_of_a_program)
{
	ck_assert_int_eq(hooks_mode_of(programs[_i].program), programs[_i].mode);
	ck_assert_int_eq(hooks_attach_mode_of(programs[_i].program), programs[_i].attach_mode);
}
END_TEST

static const struct bpf_object_file *const files[] = {&bpf_object_5_12, &bpf_object_before_5_12};

/* Every program is one of the list, with slots if it may have to ask the previous set. */
START_TEST(knows_all_programs_of_the_objects)
{
	struct bpf_object *object = open_object(files[_i]), *stubs = open_object(&bpf_object_stubs);
	struct bpf_program *program;
	int count = 0;

	bpf_object__for_each_program(program, object) {
		const char *name = bpf_program__name(program);

		ck_assert_msg(hooks_attach_mode_of(name) < BIND_MODES, "%s", name);
		ck_assert_ptr_nonnull(bpf_object__find_program_by_name(stubs, name));
		count++;
	}
	ck_assert_int_eq(count, ARRAY_SIZE(programs) - 1);
	bpf_object__close(object);
	bpf_object__close(stubs);
}
END_TEST

static bool is_created(const struct bpf_object *object, const char *map)
{
	return bpf_map__autocreate(bpf_object__find_map_by_name(object, map));
}

START_TEST(chooses_what_is_loaded)
{
	struct bpf_object *object = open_object(files[_i % 2]);
	enum bind_mode mode = _i / 2;
	struct hooks hooks = {.count = 0};
	struct bpf_program *program;

	before_6_11 = true;
	hooks_list(&hooks, mode, /* results= */ true, NULL);
	ck_assert_int_eq(hooks_choose(&hooks, object, mode), 0);
	bpf_object__for_each_program(program, object)
		ck_assert_int_eq(bpf_program__autoload(program),
				 hooks_find(&hooks, bpf_program__name(program)) >= 0);
	ck_assert_int_eq(is_created(object, "pending"), mode == BIND_MODE_TRACEPOINT);
	ck_assert(!is_created(object, "exit_socket_bind_slots"));
	ck_assert(is_created(object, "table"));
	bpf_object__close(object);
}
END_TEST

/* The map of a dispatcher's slots is shared, so libbpf asks what it is. */
START_TEST(refuses_slots_that_are_no_map)
{
	struct bpf_object *object = open_object(&bpf_object_5_12);
	struct hooks hooks = {.count = 0};

	before_6_11 = true;
	hooks_list(&hooks, BIND_MODE_LSM, /* results= */ true, NULL);
	hooks.slots[0] = 1 << 20;
	ck_assert_int_lt(hooks_choose(&hooks, object, BIND_MODE_LSM), 0);
	bpf_object__close(object);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{lists_the_programs_of_a_mode, ARRAY_SIZE(lists)},
		{lists_those_that_are_there, ARRAY_SIZE(pinned)},
		{knows_the_mode_of_a_program, ARRAY_SIZE(programs)},
		{knows_all_programs_of_the_objects, ARRAY_SIZE(files)},
		{chooses_what_is_loaded, ARRAY_SIZE(files) * BIND_MODES},
		{refuses_slots_that_are_no_map, 0},
	};

	return run_suite("hooks", tests, ARRAY_SIZE(tests));
}
