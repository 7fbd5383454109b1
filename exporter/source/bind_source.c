// SPDX-License-Identifier: Apache-2.0
#include "exporter/source/bind_source.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bpf/abi/bind_abi.h"
#include "common/clock.h"
#include "common/diagnosis.h"
#include "common/log.h"
#include "exporter/attach/btf_check.h"
#include "exporter/attach/explain.h"
#include "exporter/attach/halves.h"
#include "exporter/attach/hooks.h"
#include "exporter/attach/inflight.h"
#include "exporter/attach/maps.h"
#include "exporter/attach/object.h"
#include "exporter/attach/rcu_grace.h"
#include "exporter/attach/selfcheck.h"
#include "exporter/collect/reader.h"
#include "exporter/pins/resume.h"
#include "exporter/pins/set.h"
#include "exporter/source/preflight.h"
#include "metrics/rows/ledger.h"
#include "metrics/rows/view.h"

struct bind_source {
	enum bind_mode mode;
	bool results;
	struct bpf_object *object;
	struct hooks hooks;
	struct bind_maps maps;
	struct inflight_age *inflight_age;
	struct rcu_grace grace;
	int statistics; /* descriptor that keeps BPF statistics on; -1: they are off */
};

static int bind_source_selfcheck(void *context)
{
	struct bind_source *source = context;
	struct bind_control *control = bind_maps_control(&source->maps);

	return selfcheck(&source->hooks, control, NULL, source->results,
			 &control->recursion_baseline);
}

/* Statistics are for all programs of the machine. They end when the descriptor is closed. */
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
	const struct attach_plan plan = {config, source->mode, source->results};
	int error;

	hooks_list(&source->hooks, plan.mode, plan.results, config->btf_path);
	error = bind_object_load(&source->hooks, &plan, &source->maps, &source->object);
	return error ? error : bind_maps_map(&source->maps, source->object);
}

/*
 * Loads and attaches programs that end with this process. An error of rcu_grace_open() is left to
 * the collector, which logs it when it first has to forget rows: that needs grace periods.
 */
static int start_own(struct bind_source *source, const struct bind_source_config *config,
		     struct diagnosis *diagnosis)
{
	int error = load(source, config);

	if (error) {
		explain_load(source->mode, -error, diagnosis);
		return error;
	}
	error = hooks_attach(&source->hooks, source->object, source->mode);
	if (error)
		explain_attach(source->mode, -error, diagnosis);
	else
		rcu_grace_open(&source->grace);
	return error;
}

/* The source takes over what the set owns, except the programs, which stay pinned. */
static int start_pinned(struct bind_source *source, const struct bind_source_config *config,
			struct resume *resume, struct diagnosis *diagnosis)
{
	const struct attach_plan plan = {config, source->mode, source->results};
	struct pinned_set set;
	int error;

	rcu_grace_open(&source->grace);
	error = resume_start(resume, &plan, &source->grace, &set, diagnosis);
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
		 struct resume *resume, struct diagnosis *diagnosis)
{
	int error = preflight_mode(source->mode, config, diagnosis);

	if (!error)
		error = config->pins ? start_pinned(source, config, resume, diagnosis)
				     : start_own(source, config, diagnosis);
	if (error)
		return error;
	error = bind_source_selfcheck(source);
	if (!error && !config->pins && source->results)
		error = hooks_begin_exit_fallback(&source->hooks, &source->maps);
	if (error)
		explain_selfcheck(source->mode, -error, diagnosis);
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
	source->inflight_age = inflight_age_new();
	if (source->inflight_age)
		return source;
	free(source);
	return NULL;
}

/* What bind_source_open() was asked for. */
struct opening {
	enum bind_mode mode;
	const struct bind_source_config *config;
	struct resume *resume;
};

static int open_with(const struct opening *opening, bool results, struct bind_source **ret_source,
		     struct diagnosis *ret_diagnosis)
{
	struct bind_source *source = source_new(opening->mode, results);
	int error;

	if (!source) {
		explain_load(opening->mode, ENOMEM, ret_diagnosis);
		return -ENOMEM;
	}
	error = start(source, opening->config, opening->resume, ret_diagnosis);
	if (error) {
		bind_source_close(source);
		return error;
	}
	if (opening->config->stats)
		enable_statistics(source);
	*ret_source = source;
	return 0;
}

/*
 * Returns whether a mode can work without the programs that see results although it failed with
 * them. A kernel that forbids those (EPERM) forbids the others too, except where only kprobes are
 * allowed. A hook that does not fire (ENODATA) does not fire without them either.
 */
static bool is_worth_another_try(enum bind_mode mode, int error)
{
	return mode != BIND_MODE_TRACEPOINT && error != -ENODATA &&
	       (error != -EPERM || mode == BIND_MODE_KPROBE);
}

int bind_source_open(enum bind_mode mode, const struct bind_source_config *config,
		     struct resume *resume, struct bind_source **ret_source,
		     struct diagnosis *ret_diagnosis)
{
	const struct opening opening = {mode, config, resume};
	struct diagnosis without;
	int error = open_with(&opening, config->results, ret_source, ret_diagnosis);

	if (!error)
		ret_diagnosis->reason[0] = '\0';
	if (!error || !config->results || !is_worth_another_try(mode, error))
		return error;
	if (open_with(&opening, /* results= */ false, ret_source, &without) == 0)
		return 0;
	*ret_diagnosis = without;
	return error;
}

void bind_source_close(struct bind_source *source)
{
	if (!source)
		return;
	hooks_detach(&source->hooks);
	bind_maps_unmap(&source->maps);
	bpf_object__close(source->object);
	inflight_age_free(source->inflight_age);
	rcu_grace_close(&source->grace);
	if (source->statistics >= 0)
		close(source->statistics);
	free(source);
}

/*
 * Reads the skipped runs before the counters: calls that show up in the counters later only lower
 * the number of recursion misses.
 */
static int read_view(struct bind_source *source, struct bind_view *ret_view)
{
	uint64_t recursion_baseline = bind_maps_control(&source->maps)->recursion_baseline;
	struct bind_view view;
	int error;

	bind_maps_view(&source->maps, &view);
	error = hooks_read(&source->hooks, source->statistics >= 0, &view);
	if (error)
		return error;
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	view.recursion_misses -= view.recursion_misses > recursion_baseline ? recursion_baseline
									    : view.recursion_misses;
	view.results = source->results;
	view.now_ns = clock_ns(CLOCK_BOOTTIME);
	*ret_view = view;
	return 0;
}

static int bind_source_view(void *context, struct bind_view *ret_view)
{
	struct bind_source *source = context;

	inflight_sweep(&source->maps, source->inflight_age, clock_ns(CLOCK_BOOTTIME));
	return read_view(source, ret_view);
}

bool bind_source_sees_results(const struct bind_source *source)
{
	return source->results;
}

static const struct ledger *bind_source_ledger(void *context)
{
	struct bind_source *source = context;

	return bind_maps_ledger(&source->maps, bind_maps_control(&source->maps)->ledger & 1);
}

static bool bind_source_is_flipped(void *context)
{
	struct bind_source *source = context;

	return halves_are_flipped(&source->maps);
}

static int bind_source_flip(void *context)
{
	struct bind_source *source = context;

	return halves_flip(&source->maps, &source->grace);
}

static int bind_source_drain(void *context, struct bind_view *ret_view, struct ledger **ret_ledger)
{
	struct bind_source *source = context;
	int error = halves_drain(&source->maps, &source->grace);

	if (!error)
		error = read_view(source, ret_view);
	if (error)
		return error;
	ret_view->generation--;
	*ret_ledger = halves_next_ledger(&source->maps);
	return 0;
}

static void bind_source_commit(void *context)
{
	struct bind_source *source = context;

	halves_commit(&source->maps);
}

struct reader_source bind_source_reader(struct bind_source *source)
{
	return (struct reader_source){
		.context = source,
		.view = bind_source_view,
		.selfcheck = bind_source_selfcheck,
		.ledger = bind_source_ledger,
		.is_turned = bind_source_is_flipped,
		.turn = bind_source_flip,
		.settle = bind_source_drain,
		.commit = bind_source_commit,
	};
}

uint32_t bind_source_maps(const struct bind_source *source, struct exporter_map *ret_maps,
			  uint32_t max)
{
	return bind_maps_describe(&source->maps, ret_maps, max);
}
