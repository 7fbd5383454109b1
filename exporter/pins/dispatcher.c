// SPDX-License-Identifier: Apache-2.0
#include "exporter/pins/dispatcher.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "bpf/abi/bind_abi.h"
#include "exporter/attach/embedded.h"
#include "exporter/attach/explain.h"
#include "exporter/attach/hooks.h"
#include "exporter/attach/perf_event.h"
#include "exporter/pins/dir.h"
#include "exporter/pins/pin_owner.h"

#define DISPATCHERS_MAX 16

static void directory_of(const char *hook, char ret_directory[PINS_NAME_MAX])
{
	snprintf(ret_directory, PINS_NAME_MAX, PIN_HOOK "%s", hook);
}

/*
 * Returns a descriptor of the link, or -errno. libbpf's links are not used: they disable a perf
 * event when they are destroyed, even if the link is pinned.
 */
static int attach(const struct bpf_program *program)
{
	const char *target = strchr(bpf_program__section_name(program), '/') + 1;
	int descriptor = bpf_program__fd(program), event, link;

	switch (bpf_program__type(program)) {
	case BPF_PROG_TYPE_KPROBE:
		event = perf_event_of_kprobe(target);
		break;
	case BPF_PROG_TYPE_TRACEPOINT:
		event = perf_event_of_tracepoint(target);
		break;
	default:
		link = bpf_raw_tracepoint_open(NULL, descriptor);
		return link < 0 ? -errno : link;
	}
	if (event < 0)
		return event;
	link = bpf_link_create(descriptor, event, BPF_PERF_EVENT, NULL);
	if (link < 0)
		link = -errno;
	close(event);
	return link;
}

static int load(const char *hook, const char *btf_path, struct bpf_object **ret_object)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = "socket_bind",
		    .btf_custom_path = btf_path);
	const struct bpf_object_file *file = &bpf_object_stubs;
	struct bpf_object *object =
		bpf_object__open_mem(file->start, file->end - file->start, &options);
	struct bpf_program *program;
	struct bpf_map *map;
	char slots[PINS_NAME_MAX];
	int error;

	if (!object)
		return -errno;
	snprintf(slots, sizeof(slots), "%s_slots", hook);
	bpf_object__for_each_program(program, object)
		bpf_program__set_autoload(program, strcmp(bpf_program__name(program), hook) == 0);
	bpf_object__for_each_map(map, object)
		bpf_map__set_autocreate(map, strcmp(bpf_map__name(map), slots) == 0);
	if (bpf_object__load(object)) {
		error = -errno;
		bpf_object__close(object);
		return error;
	}
	*ret_object = object;
	return 0;
}

static int put_all(const struct pins *pins, const char *directory, const struct bpf_object *object,
		   const char *hook, int link)
{
	struct bpf_program *program = bpf_object__find_program_by_name(object, hook);
	char slots[PINS_NAME_MAX];
	int error;

	snprintf(slots, sizeof(slots), "%s_slots", hook);
	error = pins_begin(pins, directory);
	if (!error)
		error = pins_put(pins, directory, PIN_SLOTS,
				 bpf_object__find_map_fd_by_name(object, slots));
	if (!error)
		error = pins_put(pins, directory, "program", bpf_program__fd(program));
	if (!error)
		error = pins_put(pins, directory, "link", link);
	return error ? error : pins_publish(pins, directory);
}

static int create(const struct pins *pins, const char *directory, const char *hook,
		  const char *btf_path, struct diagnosis *diagnosis)
{
	enum bind_mode mode = hooks_attach_mode_of(hook);
	struct bpf_object *object = NULL;
	int link, error = load(hook, btf_path, &object);

	if (error) {
		explain_load(mode, -error, diagnosis);
		return error;
	}
	link = attach(bpf_object__find_program_by_name(object, hook));
	if (link < 0) {
		error = link;
		explain_attach(mode, -error, diagnosis);
	} else {
		error = put_all(pins, directory, object, hook, link);
		if (error)
			explain_pin(-error, diagnosis);
		close(link);
	}
	bpf_object__close(object);
	return error;
}

/* A dispatcher without its link (a user may have removed it) is useless, and is replaced. */
static bool open_whole(const struct pins *pins, const char *directory, int *ret_program,
		       int *ret_slots)
{
	int link = pins_get(pins, directory, "link");
	int program = pins_get(pins, directory, "program");
	int slots = pins_get(pins, directory, PIN_SLOTS);

	if (link >= 0)
		close(link);
	if (link >= 0 && program >= 0 && slots >= 0) {
		*ret_program = program;
		*ret_slots = slots;
		return true;
	}
	if (program >= 0)
		close(program);
	if (slots >= 0)
		close(slots);
	return false;
}

static int open_dispatcher(const struct pins *pins, struct hooks *hooks, int hook,
			   const char *btf_path, struct diagnosis *diagnosis)
{
	int *program = &hooks->programs[hook], *slots = &hooks->slots[hook], error;
	char directory[PINS_NAME_MAX];

	directory_of(hooks->names[hook], directory);
	if (*slots >= 0 || open_whole(pins, directory, program, slots))
		return 0;
	error = pins_remove(pins, directory);
	if (!error) {
		error = create(pins, directory, hooks->names[hook], btf_path, diagnosis);
		if (error)
			return error;
		error = open_whole(pins, directory, program, slots) ? 0 : -EIO;
	}
	if (error)
		explain_pin(-error, diagnosis);
	return error;
}

int dispatchers_open(const struct pins *pins, struct hooks *hooks, const char *btf_path,
		     struct diagnosis *ret_diagnosis)
{
	int error = 0;

	for (int hook = 0; hook < hooks->count && !error; hook++)
		error = open_dispatcher(pins, hooks, hook, btf_path, ret_diagnosis);
	return error;
}

void dispatchers_find(const struct pins *pins, struct hooks *hooks)
{
	char directory[PINS_NAME_MAX];

	for (int hook = 0; hook < hooks->count; hook++) {
		directory_of(hooks->names[hook], directory);
		open_whole(pins, directory, &hooks->programs[hook], &hooks->slots[hook]);
	}
}

int dispatchers_remove_others(const struct pins *pins, const struct hooks *hooks)
{
	char names[DISPATCHERS_MAX][PINS_NAME_MAX];
	int count = pins_list(pins, PIN_HOOK, names, DISPATCHERS_MAX), error = 0;

	for (int i = 0; i < count && !error; i++)
		if (hooks_find(hooks, names[i] + strlen(PIN_HOOK)) < 0)
			error = pins_remove(pins, names[i]);
	return count < 0 ? count : error;
}

uint32_t dispatcher_get(const struct hooks *hooks, int hook, uint32_t slot)
{
	uint32_t id;

	return bpf_map_lookup_elem(hooks->slots[hook], &slot, &id) ? 0 : id;
}

int dispatcher_put(const struct hooks *hooks, int hook, uint32_t slot, int program)
{
	if (hooks->slots[hook] < 0)
		return program < 0 ? 0 : -ENOENT;
	if (program >= 0)
		return bpf_map_update_elem(hooks->slots[hook], &slot, &program, BPF_ANY) ? -errno
											 : 0;
	return bpf_map_delete_elem(hooks->slots[hook], &slot) && errno != ENOENT ? -errno : 0;
}
