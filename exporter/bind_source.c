// SPDX-License-Identifier: Apache-2.0
#include "bind_source.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "bind_abi.h"
#include "bind_maps.h"
#include "bind_view.h"
#include "bpf_object.h"
#include "log.h"
#include "refusal.h"
#include "tracefs.h"

#define KERNEL_BTF      "/sys/kernel/btf/vmlinux"
#define PROGRAMS_MAX    2
#define SELFCHECK_TRIES 5

/* The first program of a mode is the one that counts. */
static const struct mode {
	const char *name;
	const char *programs[PROGRAMS_MAX];
} modes[BIND_MODES] = {
	[BIND_MODE_LSM] = {"lsm", {"lsm_socket_bind"}},
	[BIND_MODE_KPROBE] = {"kprobe", {"kprobe_socket_bind"}},
	[BIND_MODE_FENTRY] = {"fentry", {"fentry_socket_bind"}},
	[BIND_MODE_TRACEPOINT] = {"tracepoint", {"tracepoint_enter_bind", "tracepoint_exit_bind"}},
};

struct bind_source {
	enum bind_mode mode;
	struct bpf_object *object;
	struct bpf_link *links[PROGRAMS_MAX];
	struct bind_maps maps;
	int counting_program;        /* descriptor, owned by object */
	uint64_t skipped_selfchecks; /* binds of the exporter's own that were skipped */
};

const char *bind_mode_name(enum bind_mode mode)
{
	return modes[mode].name;
}

static __attribute__((format(printf, 2, 0))) int log_libbpf(enum libbpf_print_level level,
							    const char *format, va_list arguments)
{
	char *text;

	/* What matters is logged by main with cause and cure; libbpf's view helps to debug. */
	if (level == LIBBPF_DEBUG || vasprintf(&text, format, arguments) < 0)
		return 0;
	log_event(LOG_LEVEL_DEBUG, "libbpf", "says", text, NULL);
	free(text);
	return 0;
}

int bind_source_supported(const struct bind_source_config *config, struct bind_refusal *ret_refusal)
{
	struct btf *btf;
	int error;

	libbpf_set_print(log_libbpf);
	if (!refusal_check_capabilities(ret_refusal))
		return -EPERM;
	if (!config->btf_path && access(KERNEL_BTF, R_OK) == 0)
		return 0;
	/* libbpf also looks where distributions without KERNEL_BTF put it (/boot, /lib/modules). */
	btf = config->btf_path ? btf__parse(config->btf_path, NULL) : btf__load_vmlinux_btf();
	if (btf) {
		btf__free(btf);
		return 0;
	}
	error = -errno;
	if (config->btf_path) {
		refusal_reason(ret_refusal, "no BTF in --bpf.btf=%s: %s", config->btf_path,
			       strerror(-error));
		refusal_cure(ret_refusal, "name a file with this kernel's BTF, raw or as ELF");
	} else {
		refusal_reason(ret_refusal,
			       "the kernel has no BTF (%s): it was built without "
			       "CONFIG_DEBUG_INFO_BTF",
			       KERNEL_BTF);
		refusal_cure(ret_refusal,
			     "a kernel with CONFIG_DEBUG_INFO_BTF=y, or --bpf.btf=FILE "
			     "with external BTF for this kernel");
	}
	return error;
}

static bool is_of_mode(const struct mode *mode, const char *program)
{
	for (int i = 0; i < PROGRAMS_MAX && mode->programs[i]; i++)
		if (strcmp(mode->programs[i], program) == 0)
			return true;
	return false;
}

static void select_programs(struct bind_source *source)
{
	struct bpf_program *program;

	bpf_object__for_each_program(program, source->object)
		bpf_program__set_autoload(
			program, is_of_mode(&modes[source->mode], bpf_program__name(program)));
	if (source->mode != BIND_MODE_TRACEPOINT)
		bpf_map__set_autocreate(bpf_object__find_map_by_name(source->object, "pending"),
					false);
}

static int open_object(struct bind_source *source, const struct bind_source_config *config)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = "socket_bind",
		    .btf_custom_path = config->btf_path);

	source->object =
		bpf_object__open_mem(bpf_object_start, bpf_object_end - bpf_object_start, &options);
	if (!source->object)
		return -errno;
	select_programs(source);
	return bind_maps_prepare(&source->maps, source->object, config);
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

static int attach_programs(struct bind_source *source)
{
	const struct mode *mode = &modes[source->mode];

	for (int i = 0; i < PROGRAMS_MAX && mode->programs[i]; i++) {
		struct bpf_program *program =
			bpf_object__find_program_by_name(source->object, mode->programs[i]);

		if (source->mode == BIND_MODE_TRACEPOINT)
			source->links[i] = attach_tracepoint(program);
		else
			source->links[i] = bpf_program__attach(program);
		if (!source->links[i])
			return -errno;
	}
	source->counting_program = bpf_program__fd(
		bpf_object__find_program_by_name(source->object, mode->programs[0]));
	return 0;
}

/* The bind by which a hook is checked: see struct bind_control. */
static int bind_with_nonce(uint64_t nonce)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int error = 0;

	if (descriptor < 0)
		return -errno;
	memcpy((char *)&address + BIND_SELFCHECK_LENGTH - sizeof(nonce), &nonce, sizeof(nonce));
	if (bind(descriptor, (struct sockaddr *)&address, BIND_SELFCHECK_LENGTH))
		error = -errno;
	close(descriptor);
	return error;
}

static uint64_t selfchecks_seen(struct bind_control *control)
{
	return __atomic_load_n(&control->selfcheck_seen, __ATOMIC_ACQUIRE);
}

/* Tried more than once: a fentry program may be skipped on a pre-emptible kernel. */
int bind_source_selfcheck(struct bind_source *source)
{
	struct bind_control *control = bind_maps_control(&source->maps);
	uint64_t before = selfchecks_seen(control);
	uint64_t nonce;
	int error = 0;

	for (int try = 0; try < SELFCHECK_TRIES && !error; try++) {
		if (getrandom(&nonce, sizeof(nonce), 0) < 0)
			return -errno;
		__atomic_store_n(&control->selfcheck_nonce, nonce | 1, __ATOMIC_SEQ_CST);
		error = bind_with_nonce(nonce | 1);
		__atomic_store_n(&control->selfcheck_nonce, 0, __ATOMIC_SEQ_CST);
		if (selfchecks_seen(control) != before) {
			source->skipped_selfchecks += try;
			return 0;
		}
	}
	return error ? error : -ENODATA;
}

/* Whether the mode's preconditions hold that libbpf would report less clearly. */
static int check_mode(enum bind_mode mode, const struct bind_source_config *config,
		      struct bind_refusal *refusal)
{
	if (mode == BIND_MODE_KPROBE && access("/sys/bus/event_source/devices/kprobe", F_OK)) {
		refusal_reason(refusal, "the kernel has no kprobes");
		refusal_cure(refusal, "a kernel built with CONFIG_KPROBE_EVENTS=y");
		return -ENOENT;
	}
	if ((mode == BIND_MODE_LSM || mode == BIND_MODE_FENTRY) && config->btf_path &&
	    access(KERNEL_BTF, R_OK)) {
		refusal_reason(refusal,
			       "%s needs the kernel's own BTF, an external file does not "
			       "do: built without CONFIG_DEBUG_INFO_BTF",
			       bind_mode_name(mode));
		refusal_cure(refusal, "a kernel built with CONFIG_DEBUG_INFO_BTF=y");
		return -ENOENT;
	}
	return 0;
}

static int start(struct bind_source *source, const struct bind_source_config *config,
		 struct bind_refusal *refusal)
{
	int error = check_mode(source->mode, config, refusal);

	if (error)
		return error;
	error = open_object(source, config);
	if (!error && bpf_object__load(source->object))
		error = -errno;
	if (!error)
		error = bind_maps_map(&source->maps);
	if (error) {
		refusal_of_load(source->mode, -error, refusal);
		return error;
	}
	error = attach_programs(source);
	if (error) {
		refusal_of_attach(source->mode, -error, refusal);
		return error;
	}
	error = bind_source_selfcheck(source);
	if (error)
		refusal_of_selfcheck(source->mode, -error, refusal);
	return error;
}

int bind_source_open(enum bind_mode mode, const struct bind_source_config *config,
		     struct bind_source **ret_source, struct bind_refusal *ret_refusal)
{
	struct bind_source *source = calloc(1, sizeof(*source));
	int error;

	if (!source) {
		refusal_of_load(mode, ENOMEM, ret_refusal);
		return -ENOMEM;
	}
	source->mode = mode;
	error = start(source, config, ret_refusal);
	if (error) {
		bind_source_close(source);
		return error;
	}
	*ret_source = source;
	return 0;
}

void bind_source_close(struct bind_source *source)
{
	if (!source)
		return;
	for (int i = 0; i < PROGRAMS_MAX; i++)
		bpf_link__destroy(source->links[i]);
	bind_maps_unmap(&source->maps);
	bpf_object__close(source->object);
	free(source);
}

/*
 * Runs of the program that the kernel skipped: attempts that are lost, and
 * known to be (from 5.12 on; kprobes from 6.7 on). A shorter answer of an
 * older kernel leaves the field 0.
 */
static int read_recursed(struct bind_source *source, uint64_t *ret_recursed)
{
	struct bpf_prog_info info = {0};
	__u32 length = sizeof(info);

	if (bpf_obj_get_info_by_fd(source->counting_program, &info, &length))
		return -errno;
	/* The exporter's own binds are in no public counter, skipped ones included. */
	if (info.recursion_misses > source->skipped_selfchecks)
		*ret_recursed = info.recursion_misses - source->skipped_selfchecks;
	else
		*ret_recursed = 0;
	return 0;
}

int bind_source_view(struct bind_source *source, struct bind_view *ret_view)
{
	struct timespec now;
	uint64_t recursed = 0;
	int error = read_recursed(source, &recursed);

	if (error)
		return error;
	bind_maps_view(&source->maps, ret_view);
	clock_gettime(CLOCK_BOOTTIME, &now);
	ret_view->now_ns = (uint64_t)now.tv_sec * 1000000000 + now.tv_nsec;
	ret_view->recursed = recursed;
	return 0;
}

uint32_t bind_source_maps(const struct bind_source *source, struct exporter_map *ret_maps,
			  uint32_t max)
{
	return bind_maps_describe(&source->maps, ret_maps, max);
}
