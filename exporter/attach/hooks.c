// SPDX-License-Identifier: Apache-2.0
#include "exporter/attach/hooks.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "exporter/attach/explain.h"
#include "exporter/attach/machine.h"
#include "exporter/attach/maps.h"
#include "exporter/attach/perf_event.h"
#include "metrics/rows/view.h"

const char hooks_at_exit[] = "exit_socket_bind";

/* In the order in which they are attached. The modes lsm, kprobe and fentry share theirs. */
static const struct result_program {
	const char *name;
	enum bind_mode attach_mode; /* whose counting program attaches in the same way */
	bool of_io_uring;           /* attaches to io_bind() */
} result_programs[] = {
	{"tracepoint_exit_bind", BIND_MODE_TRACEPOINT, false},
	{hooks_at_exit, BIND_MODE_FENTRY, false},
	{"exit_sys_bind", BIND_MODE_FENTRY, false},
	{"exit_io_bind", BIND_MODE_FENTRY, true},
};

#define RESULT_PROGRAMS (sizeof(result_programs) / sizeof(*result_programs))

/* The tracepoint mode has a result program of its own; the others have all but that one. */
_Static_assert(RESULT_PROGRAMS <= HOOKS_MAX, "one counts instead of the one that is left out");
_Static_assert(HOOKS_MAX <= BIND_PROGRAMS_MAX, "hooks_read() adds the statistics of all");

/*
 * Whether the kernel has IORING_OP_BIND (6.11). libbpf would also look for a missing function in
 * the BTF of modules, which needs more privileges. The answer is kept, since parsing takes
 * megabytes.
 */
static bool has_io_bind(const char *btf_path)
{
	static int answer = -1;
	struct btf *btf;

	if (answer < 0 && kernel_older_than(6, 11))
		answer = 0;
	if (answer < 0) {
		btf = btf_path ? btf__parse(btf_path, NULL) : btf__load_vmlinux_btf();
		answer = btf && btf__find_by_name_kind(btf, "io_bind", BTF_KIND_FUNC) > 0;
		btf__free(btf);
	}
	return answer;
}

static void add(struct hooks *hooks, const char *program)
{
	hooks->programs[hooks->count] = -1;
	hooks->slots[hooks->count] = -1;
	hooks->names[hooks->count++] = program;
}

int hooks_find(const struct hooks *hooks, const char *name)
{
	for (int i = 0; i < hooks->count; i++)
		if (strcmp(hooks->names[i], name) == 0)
			return i;
	return -1;
}

enum bind_mode hooks_mode_of(const char *name)
{
	enum bind_mode mode = 0;

	while (mode < BIND_MODES && strcmp(bind_mode_facts(mode)->program, name) != 0)
		mode++;
	return mode;
}

enum bind_mode hooks_attach_mode_of(const char *name)
{
	for (size_t i = 0; i < RESULT_PROGRAMS; i++)
		if (strcmp(result_programs[i].name, name) == 0)
			return result_programs[i].attach_mode;
	return hooks_mode_of(name);
}

/* exit_socket_bind runs after the program that counts, if it is there. */
static void find_last(struct hooks *hooks)
{
	int exit = hooks_find(hooks, hooks_at_exit);

	hooks->sees_last = exit >= 0 ? exit : hooks->count - 1;
}

/*
 * The tracepoint mode needs its own even without results: calls whose address was not resident at
 * entry are counted there.
 */
static bool is_needed(const struct result_program *program, enum bind_mode mode, bool results,
		      const char *btf_path)
{
	if (mode == BIND_MODE_TRACEPOINT || program->attach_mode == BIND_MODE_TRACEPOINT)
		return mode == program->attach_mode;
	return results && (!program->of_io_uring || has_io_bind(btf_path));
}

void hooks_list(struct hooks *hooks, enum bind_mode mode, bool results, const char *btf_path)
{
	for (size_t i = 0; i < RESULT_PROGRAMS; i++)
		if (is_needed(&result_programs[i], mode, results, btf_path))
			add(hooks, result_programs[i].name);
	add(hooks, bind_mode_facts(mode)->program);
	find_last(hooks);
}

static void add_if(struct hooks *hooks, const char *program,
		   bool (*is_there)(const char *name, void *context), void *context)
{
	if (hooks->count < HOOKS_MAX && is_there(program, context))
		add(hooks, program);
}

void hooks_list_those(struct hooks *hooks, bool (*is_there)(const char *name, void *context),
		      void *context)
{
	for (size_t i = 0; i < RESULT_PROGRAMS; i++)
		add_if(hooks, result_programs[i].name, is_there, context);
	for (enum bind_mode mode = 0; mode < BIND_MODES; mode++)
		add_if(hooks, bind_mode_facts(mode)->program, is_there, context);
	find_last(hooks);
}

/* Slots are shared with the dispatcher. Without one, the maps are not created. */
static int choose_slots(const struct hooks *hooks, struct bpf_object *object)
{
	struct bpf_program *program;
	struct bpf_map *map;
	char name[64];
	int error = 0;

	bpf_object__for_each_program(program, object) {
		int hook = hooks_find(hooks, bpf_program__name(program));

		snprintf(name, sizeof(name), "%s_slots", bpf_program__name(program));
		map = bpf_object__find_map_by_name(object, name);
		if (map && hook >= 0 && hooks->slots[hook] >= 0)
			error = bpf_map__reuse_fd(map, hooks->slots[hook]);
		else if (map)
			error = bpf_map__set_autocreate(map, false);
		if (error)
			break;
	}
	return error;
}

int hooks_choose(const struct hooks *hooks, struct bpf_object *object, enum bind_mode mode)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, object)
		bpf_program__set_autoload(program,
					  hooks_find(hooks, bpf_program__name(program)) >= 0);
	if (mode != BIND_MODE_TRACEPOINT)
		bpf_map__set_autocreate(bpf_object__find_map_by_name(object, "pending"), false);
	return choose_slots(hooks, object);
}

/* bpf_program__attach_tracepoint() needs a mounted tracefs, so the event is opened here. */
static struct bpf_link *attach_tracepoint(struct bpf_program *program)
{
	int event = perf_event_of_tracepoint(strchr(bpf_program__section_name(program), '/') + 1);
	struct bpf_link *link;
	int error;

	if (event < 0) {
		errno = -event;
		return NULL;
	}
	link = bpf_program__attach_perf_event(program, event);
	if (!link) {
		error = errno;
		close(event);
		errno = error;
	}
	return link;
}

int hooks_attach(struct hooks *hooks, struct bpf_object *object, enum bind_mode mode)
{
	for (int i = 0; i < hooks->count; i++) {
		struct bpf_program *program =
			bpf_object__find_program_by_name(object, hooks->names[i]);

		hooks->programs[i] = bpf_program__fd(program);
		hooks->links[i] = mode == BIND_MODE_TRACEPOINT ? attach_tracepoint(program)
							       : bpf_program__attach(program);
		if (!hooks->links[i])
			return -errno;
	}
	return 0;
}

void hooks_detach(struct hooks *hooks)
{
	while (hooks->count > 0) {
		int hook = --hooks->count;

		bpf_link__destroy(hooks->links[hook]);
		hooks->links[hook] = NULL;
		if (hooks->slots[hook] < 0)
			continue;
		close(hooks->slots[hook]);
		close(hooks->programs[hook]);
	}
}

static void add_stats(const struct bpf_prog_info *info, const char *name, struct bind_view *view)
{
	view->programs[view->program_count++] = (struct bind_program_stats){
		.name = name,
		.run_ns = info->run_time_ns,
		.runs = info->run_cnt,
	};
}

/* An older kernel fills in fewer fields; the rest stays 0. */
int hooks_read(const struct hooks *hooks, bool stats, struct bind_view *view)
{
	for (int i = 0; i < hooks->count; i++) {
		struct bpf_prog_info info = {0};
		__u32 length = sizeof(info);

		/* A dispatcher whose pin was removed from outside has no program. */
		if (hooks->programs[i] < 0)
			continue;
		if (bpf_obj_get_info_by_fd(hooks->programs[i], &info, &length))
			return -errno;
		if (i == hooks->sees_last)
			view->recursion_misses = info.recursion_misses;
		if (stats)
			add_stats(&info, hooks->names[i], view);
	}
	return 0;
}

int hooks_skipped(const struct hooks *hooks, uint64_t *ret_skipped)
{
	struct bind_view view = {0};
	int error = hooks_read(hooks, /* stats= */ false, &view);

	if (!error)
		*ret_skipped = view.recursion_misses;
	return error;
}

int hooks_begin_exit_fallback(const struct hooks *hooks, const struct bind_maps *maps)
{
	struct bind_control *control = bind_maps_control(maps);
	const uint64_t *missed = maps->of[MAP_MISSED].memory;
	uint64_t skipped, marked = 0;
	int error;

	/*
	 * Marks are read before the skipped runs: a run that is skipped in between may leave its
	 * mark later.
	 */
	for (uint32_t cpu = 0; cpu < maps->cpus; cpu++)
		marked += __atomic_load_n(&missed[cpu * BIND_MISSED_REASONS + BIND_MARKS_LEFT],
					  __ATOMIC_ACQUIRE);
	error = hooks_skipped(hooks, &skipped);
	if (error)
		return error;
	control->recursion_baseline = skipped > marked ? skipped - marked : 0;
	__atomic_store_n(&control->exit_fallback, 1, __ATOMIC_SEQ_CST);
	return 0;
}
