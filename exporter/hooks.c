// SPDX-License-Identifier: Apache-2.0
#include "hooks.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bind_view.h"
#include "refusal.h"
#include "tracefs.h"

static const char *const counting_programs[BIND_MODES] = {
	[BIND_MODE_LSM] = "lsm_socket_bind",
	[BIND_MODE_KPROBE] = "kprobe_socket_bind",
	[BIND_MODE_FENTRY] = "fentry_socket_bind",
	[BIND_MODE_TRACEPOINT] = "tracepoint_enter_bind",
};

/*
 * Whether there is IORING_OP_BIND (6.11). libbpf would look for a missing function
 * in the modules' BTF, too, which is not for everyone. Asked once: it means parsing megabytes.
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
	hooks->names[hooks->count++] = program;
}

static bool is_among(const struct hooks *hooks, const char *program)
{
	for (int i = 0; i < hooks->count; i++)
		if (strcmp(hooks->names[i], program) == 0)
			return true;
	return false;
}

void hooks_select(struct hooks *hooks, struct bpf_object *object, enum bind_mode mode, bool results,
		  const char *btf_path)
{
	struct bpf_program *program;

	if (mode == BIND_MODE_TRACEPOINT) {
		add(hooks, "tracepoint_exit_bind");
	} else if (results) {
		add(hooks, "exit_socket_bind");
		add(hooks, "exit_sys_bind");
		if (has_io_bind(btf_path))
			add(hooks, "exit_io_bind");
	}
	add(hooks, counting_programs[mode]);
	/* Where results are seen, exit_socket_bind is asked after the one that counts. */
	hooks->sees_last = mode != BIND_MODE_TRACEPOINT && results ? 0 : hooks->count - 1;
	bpf_object__for_each_program(program, object)
		bpf_program__set_autoload(program, is_among(hooks, bpf_program__name(program)));
	if (mode != BIND_MODE_TRACEPOINT)
		bpf_map__set_autocreate(bpf_object__find_map_by_name(object, "pending"), false);
}

/* bpf_program__attach_tracepoint() wants tracefs mounted; here its number suffices. */
static struct bpf_link *attach_tracepoint(struct bpf_program *program)
{
	struct perf_event_attr attributes = {
		.type = PERF_TYPE_TRACEPOINT,
		.size = sizeof(attributes),
		.sample_period = 1,
		.wakeup_events = 1,
	};
	struct bpf_link *link;
	int event, error, id;

	id = tracefs_event_id(strchr(bpf_program__section_name(program), '/') + 1);
	if (id < 0) {
		errno = -id;
		return NULL;
	}
	attributes.config = id;
	event = (int)syscall(SYS_perf_event_open, &attributes, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	if (event < 0)
		return NULL;
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
		hooks->count--;
		bpf_link__destroy(hooks->links[hooks->count]);
		hooks->links[hooks->count] = NULL;
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

/* A shorter answer of an older kernel leaves fields 0. */
int hooks_read(const struct hooks *hooks, bool stats, struct bind_view *view)
{
	for (int i = 0; i < hooks->count; i++) {
		struct bpf_prog_info info = {0};
		__u32 length = sizeof(info);

		if (bpf_obj_get_info_by_fd(hooks->programs[i], &info, &length))
			return -errno;
		if (i == hooks->sees_last)
			view->recursed = info.recursion_misses;
		if (stats)
			add_stats(&info, hooks->names[i], view);
	}
	return 0;
}
