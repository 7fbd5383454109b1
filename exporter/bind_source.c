// SPDX-License-Identifier: Apache-2.0
#include "bind_source.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "bind_abi.h"
#include "bind_maps.h"
#include "bind_view.h"
#include "bpf_object.h"
#include "calls.h"
#include "grace.h"
#include "hooks.h"
#include "ledger.h"
#include "log.h"
#include "refusal.h"

#define KERNEL_BTF      "/sys/kernel/btf/vmlinux"
#define SELFCHECK_TRIES 5
#define SECOND_NS       1000000000ULL

struct bind_source {
	enum bind_mode mode;
	bool results;
	struct bpf_object *object;
	struct hooks hooks;
	struct bind_maps maps;
	struct calls_age *calls_age;
	struct grace grace;
	int statistics; /* keeps them on while it is open; -1: off */
};

const char *bind_mode_name(enum bind_mode mode)
{
	static const char *const names[BIND_MODES] = {
		[BIND_MODE_LSM] = "lsm",
		[BIND_MODE_KPROBE] = "kprobe",
		[BIND_MODE_FENTRY] = "fentry",
		[BIND_MODE_TRACEPOINT] = "tracepoint",
	};

	return names[mode];
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

static int open_object(struct bind_source *source, const struct bind_source_config *config)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = "socket_bind",
		    .btf_custom_path = config->btf_path);
	const struct bpf_object_file *file =
		kernel_older_than(5, 12) ? &bpf_object_before_5_12 : &bpf_object_5_12;

	source->object = bpf_object__open_mem(file->start, file->end - file->start, &options);
	if (!source->object)
		return -errno;
	hooks_select(&source->hooks, source->object, source->mode, source->results,
		     config->btf_path);
	return bind_maps_prepare(&source->maps, source->object, config, source->results);
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

static uint64_t read_counter(const __u64 *counter)
{
	return __atomic_load_n(counter, __ATOMIC_ACQUIRE);
}

static int read_recursed(const struct bind_source *source, uint64_t *ret_recursed)
{
	struct bind_view view = {0};
	int error = hooks_read(&source->hooks, false, &view);

	*ret_recursed = view.recursed;
	return error;
}

static uint64_t selfchecks_noticed(const struct bind_control *control)
{
	return read_counter(&control->selfcheck_seen) + read_counter(&control->selfcheck_caught);
}

/*
 * 0 or -errno of the bind. A skipped run that would have seen it must not pass for a
 * lost attempt.
 */
static int try_selfcheck(struct bind_source *source)
{
	struct bind_control *control = bind_maps_control(&source->maps);
	uint64_t noticed = selfchecks_noticed(control), before = 0, after = 0, nonce;
	int error = read_recursed(source, &before);

	if (error)
		return error;
	if (getrandom(&nonce, sizeof(nonce), 0) < 0)
		return -errno;
	__atomic_store_n(&control->selfcheck_nonce, nonce | 1, __ATOMIC_SEQ_CST);
	error = bind_with_nonce(nonce | 1);
	__atomic_store_n(&control->selfcheck_nonce, 0, __ATOMIC_SEQ_CST);
	if (error || selfchecks_noticed(control) != noticed)
		return error;
	error = read_recursed(source, &after);
	control->no_attempts += !error && after > before;
	return error;
}

/* Tried more than once: tracing programs may be skipped on a pre-emptible kernel. */
int bind_source_selfcheck(struct bind_source *source)
{
	struct bind_control *control = bind_maps_control(&source->maps);
	uint64_t seen = read_counter(&control->selfcheck_seen);
	uint64_t results = read_counter(&control->selfcheck_results);
	bool is_seen = false;

	for (int try = 0; try < SELFCHECK_TRIES; try++) {
		int error = try_selfcheck(source);

		if (error)
			return error;
		is_seen = read_counter(&control->selfcheck_seen) != seen;
		if (is_seen &&
		    (!source->results || read_counter(&control->selfcheck_results) != results))
			return 0;
	}
	return is_seen ? -ENOMSG : -ENODATA;
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

/* Statistics are for all programs of the machine, and end with the descriptor. */
static void enable_statistics(struct bind_source *source)
{
	source->statistics = bpf_enable_stats(BPF_STATS_RUN_TIME);
	if (source->statistics < 0)
		log_event(LOG_LEVEL_WARN, "no BPF statistics", "reason", strerror(errno), "cure",
			  "grant CAP_SYS_ADMIN, or leave out --bpf.stats", NULL);
}

static int load(struct bind_source *source, const struct bind_source_config *config)
{
	int error = open_object(source, config);

	if (!error && bpf_object__load(source->object))
		error = -errno;
	return error ? error : bind_maps_map(&source->maps, source->object);
}

/*
 * From here on whoever leaves the hook has passed the counting program. Runs that
 * were skipped before that say nothing.
 */
static int begin_catching(struct bind_source *source)
{
	struct bind_control *control = bind_maps_control(&source->maps);
	uint64_t recursed;
	int error = source->results ? read_recursed(source, &recursed) : 0;

	if (error || !source->results)
		return error;
	control->no_attempts = recursed;
	control->catching = 1;
	return 0;
}

static int start(struct bind_source *source, const struct bind_source_config *config,
		 struct bind_refusal *refusal)
{
	int error = check_mode(source->mode, config, refusal);

	if (error)
		return error;
	error = load(source, config);
	if (error) {
		refusal_of_load(source->mode, -error, refusal);
		return error;
	}
	error = hooks_attach(&source->hooks, source->object, source->mode);
	if (error) {
		refusal_of_attach(source->mode, -error, refusal);
		return error;
	}
	error = bind_source_selfcheck(source);
	if (error) {
		refusal_of_selfcheck(source->mode, -error, refusal);
		return error;
	}
	error = begin_catching(source);
	if (error)
		refusal_of_selfcheck(source->mode, -error, refusal);
	return error;
}

static struct bind_source *source_new(enum bind_mode mode, bool results)
{
	struct bind_source *source = calloc(1, sizeof(*source));

	if (!source)
		return NULL;
	source->mode = mode;
	source->results = results;
	source->grace = (struct grace){-1, -1};
	source->statistics = -1;
	source->calls_age = calls_age_new();
	if (source->calls_age)
		return source;
	free(source);
	return NULL;
}

static int open_with(enum bind_mode mode, const struct bind_source_config *config, bool results,
		     struct bind_source **ret_source, struct bind_refusal *ret_refusal)
{
	struct bind_source *source = source_new(mode, results);
	int error;

	if (!source) {
		refusal_of_load(mode, ENOMEM, ret_refusal);
		return -ENOMEM;
	}
	error = start(source, config, ret_refusal);
	if (error) {
		bind_source_close(source);
		return error;
	}
	if (grace_open(&source->grace))
		source->grace = (struct grace){-1, -1};
	if (config->stats)
		enable_statistics(source);
	*ret_source = source;
	return 0;
}

/*
 * Whether a mode may work although it did not with the programs that see results.
 * What forbids the others forbids them, too, except where kprobes alone are allowed.
 */
static bool is_worth_another_try(enum bind_mode mode, int error)
{
	return mode != BIND_MODE_TRACEPOINT && (error != -EPERM || mode == BIND_MODE_KPROBE);
}

int bind_source_open(enum bind_mode mode, const struct bind_source_config *config,
		     struct bind_source **ret_source, struct bind_refusal *ret_refusal)
{
	struct bind_refusal without;
	int error = open_with(mode, config, config->results, ret_source, ret_refusal);

	if (!error)
		ret_refusal->reason[0] = '\0';
	if (!error || !config->results || !is_worth_another_try(mode, error))
		return error;
	if (open_with(mode, config, false, ret_source, &without) == 0)
		return 0;
	*ret_refusal = without;
	return error;
}

void bind_source_close(struct bind_source *source)
{
	if (!source)
		return;
	hooks_detach(&source->hooks);
	bind_maps_unmap(&source->maps);
	bpf_object__close(source->object);
	calls_age_free(source->calls_age);
	grace_close(&source->grace);
	if (source->statistics >= 0)
		close(source->statistics);
	free(source);
}

static uint64_t boot_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * SECOND_NS + now.tv_nsec;
}

/* Skipped runs are read first: what comes to light later makes them fewer. */
static int read_view(struct bind_source *source, struct bind_view *ret_view)
{
	uint64_t no_attempts = bind_maps_control(&source->maps)->no_attempts;
	struct bind_view view;
	int error;

	bind_maps_view(&source->maps, &view);
	error = hooks_read(&source->hooks, source->statistics >= 0, &view);
	if (error)
		return error;
	view.recursed -= view.recursed > no_attempts ? no_attempts : view.recursed;
	view.results = source->results;
	view.now_ns = boot_ns();
	*ret_view = view;
	return 0;
}

int bind_source_view(struct bind_source *source, struct bind_view *ret_view)
{
	calls_sweep(&source->maps, source->calls_age, boot_ns());
	return read_view(source, ret_view);
}

bool bind_source_sees_results(const struct bind_source *source)
{
	return source->results;
}

const struct ledger *bind_source_ledger(const struct bind_source *source)
{
	return bind_maps_ledger(&source->maps, bind_maps_control(&source->maps)->ledger & 1);
}

bool bind_source_is_turned(const struct bind_source *source)
{
	const struct bind_control *control = bind_maps_control(&source->maps);

	return control->generation != control->ledger >> 1;
}

int bind_source_turn(struct bind_source *source)
{
	struct bind_control *control = bind_maps_control(&source->maps);
	int error;

	if (source->grace.outer < 0)
		return -EOPNOTSUPP;
	error = bind_maps_clear(&source->maps, control->generation + 1);
	if (!error)
		__atomic_store_n(&control->generation, control->generation + 1, __ATOMIC_SEQ_CST);
	return error;
}

/*
 * First the attempts that programs are about to count; then calls that were counted
 * get a moment to end; then the failures that programs are about to count of those.
 */
int bind_source_settle(struct bind_source *source, struct bind_view *ret_view,
		       struct ledger **ret_ledger)
{
	struct bind_control *control = bind_maps_control(&source->maps);
	int error = grace_wait(&source->grace);

	if (error)
		return error;
	calls_wait(&source->maps, control->generation);
	__atomic_store_n(&control->drained, control->generation, __ATOMIC_SEQ_CST);
	error = grace_wait(&source->grace);
	if (!error)
		error = read_view(source, ret_view);
	if (error)
		return error;
	ret_view->generation--;
	*ret_ledger = bind_maps_ledger(&source->maps, ~control->ledger & 1);
	return 0;
}

void bind_source_commit(struct bind_source *source)
{
	struct bind_control *control = bind_maps_control(&source->maps);

	__atomic_store_n(&control->ledger, ledger_word(~control->ledger & 1, control->generation),
			 __ATOMIC_SEQ_CST);
}

uint32_t bind_source_maps(const struct bind_source *source, struct exporter_map *ret_maps,
			  uint32_t max)
{
	return bind_maps_describe(&source->maps, ret_maps, max);
}
