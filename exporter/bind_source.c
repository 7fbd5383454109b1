// SPDX-License-Identifier: Apache-2.0
#include "bind_source.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bind_abi.h"
#include "bind_maps.h"
#include "bind_object.h"
#include "bind_view.h"
#include "btf_check.h"
#include "calls.h"
#include "clock.h"
#include "grace.h"
#include "hooks.h"
#include "ledger.h"
#include "log.h"
#include "pinned.h"
#include "pinned_set.h"
#include "refusal.h"
#include "selfcheck.h"

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

/*
 * One level down: whether it matters that a program does not load is for main to say, with
 * cause and cure. libbpf names itself, and ends its lines. Its guess about "ulimit -l", after any
 * EPERM, is left out: refusal_of_load() knows when that limit is the cause.
 */
static __attribute__((format(printf, 2, 0))) int log_libbpf(enum libbpf_print_level level,
							    const char *format, va_list arguments)
{
	static const char name[] = "libbpf: ";
	char *text, *end;

	if (level == LIBBPF_DEBUG || strstr(format, "ulimit -l") ||
	    vasprintf(&text, format, arguments) < 0)
		return 0;
	end = strrchr(text, '\n');
	if (end && !end[1])
		*end = '\0';
	log_event(level == LIBBPF_WARN ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG, "libbpf", "says",
		  text + (strncmp(text, name, sizeof(name) - 1) ? 0 : sizeof(name) - 1), NULL);
	free(text);
	return 0;
}

int bind_source_supported(const struct bind_source_config *config, struct bind_refusal *ret_refusal)
{
	int error;

	libbpf_set_print(log_libbpf);
	if (!refusal_check_capabilities(ret_refusal))
		return -EPERM;
	if ((config->labels & BIND_LABELS_OWNER) && !refusal_check_cgroups(ret_refusal))
		return -EOPNOTSUPP;
	if (config->pins && !refusal_check_pinning(ret_refusal))
		return -EPERM;
	error = config->pins ? pinned_check(config->pins, ret_refusal) : 0;
	if (error)
		return error;
	return btf_check(config->btf_path, ret_refusal);
}

int bind_source_selfcheck(struct bind_source *source)
{
	struct bind_control *control = bind_maps_control(&source->maps);

	return selfcheck(&source->hooks, control, NULL, source->results, &control->no_attempts);
}

/* Whether the mode's preconditions hold that libbpf would report less clearly. */
static int check_mode(enum bind_mode mode, const struct bind_source_config *config,
		      struct bind_refusal *refusal)
{
	if (mode == BIND_MODE_KPROBE && access("/sys/bus/event_source/devices/kprobe", F_OK)) {
		refusal_reason(refusal, "the kernel has no kprobes");
		refusal_cure(refusal, "use a kernel built with CONFIG_KPROBE_EVENTS=y");
		return -ENOENT;
	}
	if ((mode == BIND_MODE_LSM || mode == BIND_MODE_FENTRY) && config->btf_path &&
	    access(KERNEL_BTF, R_OK)) {
		refusal_reason(
			refusal,
			"%s needs the kernel's own BTF, not an external file, and this kernel was "
			"built without CONFIG_DEBUG_INFO_BTF",
			bind_mode_name(mode));
		refusal_cure(refusal, "use a kernel built with CONFIG_DEBUG_INFO_BTF=y");
		return -ENOENT;
	}
	if (config->pins && (mode == BIND_MODE_KPROBE || mode == BIND_MODE_TRACEPOINT) &&
	    kernel_older_than(5, 15)) {
		refusal_reason(refusal,
			       "this kernel cannot pin the link of a %s (Linux 5.15 or newer can)",
			       bind_mode_name(mode));
		refusal_cure(refusal,
			     "use --bpf.attach=lsm or fentry, or leave out --bpf.pin-path");
		return -EOPNOTSUPP;
	}
	return 0;
}

bool bind_source_pinned_mode(const struct pins *pins, enum bind_mode *ret_mode)
{
	return pinned_mode(pins, ret_mode);
}

/* Statistics are for all programs of the machine, and end with the descriptor. */
static void enable_statistics(struct bind_source *source)
{
	source->statistics = bpf_enable_stats(BPF_STATS_RUN_TIME);
	if (source->statistics < 0)
		log_event(LOG_LEVEL_WARN, "cannot enable BPF statistics", "reason", strerror(errno),
			  "cure",
			  "grant CAP_SYS_ADMIN in the initial user namespace, or leave out "
			  "--bpf.stats",
			  NULL);
}

static int load(struct bind_source *source, const struct bind_source_config *config)
{
	int error;

	hooks_list(&source->hooks, source->mode, source->results, config->btf_path);
	error = bind_object_load(&source->hooks, source->mode, source->results, config,
				 &source->maps, &source->object);
	return error ? error : bind_maps_map(&source->maps, source->object);
}

/*
 * Loaded, attached, of this process alone. Without grace periods nothing is forgotten, which is for
 * the collector to say when it comes to that.
 */
static int start_own(struct bind_source *source, const struct bind_source_config *config,
		     struct bind_refusal *refusal)
{
	int error = load(source, config);

	if (error) {
		refusal_of_load(source->mode, -error, refusal);
		return error;
	}
	error = hooks_attach(&source->hooks, source->object, source->mode);
	if (error)
		refusal_of_attach(source->mode, -error, refusal);
	else
		grace_open(&source->grace);
	return error;
}

/* What the set owns is the source's from here on, but programs, which stay where they are. */
static int start_pinned(struct bind_source *source, const struct bind_source_config *config,
			struct bind_refusal *refusal)
{
	const struct pinned_plan plan = {config->pins, config, source->mode, source->results};
	struct pinned_set set;
	int error;

	grace_open(&source->grace);
	error = pinned_start(&plan, &source->grace, &set, refusal);
	if (error)
		return error;
	source->maps = set.maps;
	source->hooks = set.hooks;
	set.maps = (struct bind_maps){.owned = false};
	set.hooks.count = 0;
	pinned_set_close(&set);
	return 0;
}

static int start(struct bind_source *source, const struct bind_source_config *config,
		 struct bind_refusal *refusal)
{
	int error = check_mode(source->mode, config, refusal);

	if (!error)
		error = config->pins ? start_pinned(source, config, refusal)
				     : start_own(source, config, refusal);
	if (error)
		return error;
	error = bind_source_selfcheck(source);
	if (!error && !config->pins && source->results)
		error = hooks_begin_catching(&source->hooks, &source->maps);
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
	if (config->stats)
		enable_statistics(source);
	*ret_source = source;
	return 0;
}

/*
 * Whether a mode may work although it did not with the programs that see results.
 * What forbids the others forbids them, too, except where kprobes alone are allowed;
 * and a hook that does not fire will not fire without them.
 */
static bool is_worth_another_try(enum bind_mode mode, int error)
{
	return mode != BIND_MODE_TRACEPOINT && error != -ENODATA &&
	       (error != -EPERM || mode == BIND_MODE_KPROBE);
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
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	view.recursed -= view.recursed > no_attempts ? no_attempts : view.recursed;
	view.results = source->results;
	view.now_ns = clock_ns(CLOCK_BOOTTIME);
	*ret_view = view;
	return 0;
}

int bind_source_view(struct bind_source *source, struct bind_view *ret_view)
{
	calls_sweep(&source->maps, source->calls_age, clock_ns(CLOCK_BOOTTIME));
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

	if (!source->grace.object)
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
