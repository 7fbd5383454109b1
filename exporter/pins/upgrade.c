// SPDX-License-Identifier: Apache-2.0
#include "exporter/pins/upgrade.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/clock.h"
#include "exporter/attach/config.h"
#include "exporter/attach/inflight.h"
#include "exporter/attach/rcu_grace.h"
#include "exporter/attach/selfcheck.h"
#include "exporter/pins/dispatcher.h"
#include "exporter/pins/set.h"
#include "metrics/rows/ledger.h"
#include "metrics/rows/snapshot.h"
#include "metrics/rows/view.h"

#define PENDING_MS 100
#define NEVER_S    UINT32_MAX /* that is so long idle that it is retired */

static int counting(const struct pinned_set *set)
{
	return set->hooks.count - 1;
}

static struct bind_control *control_of(const struct pinned_set *set)
{
	return bind_maps_control(&set->maps);
}

bool upgrade_same_hook(const struct pinned_set *old, const struct pinned_set *new)
{
	return strcmp(old->hooks.names[counting(old)], new->hooks.names[counting(new)]) == 0;
}

static bool catches(const struct pinned_set *set)
{
	return hooks_find(&set->hooks, hooks_at_exit) >= 0;
}

static void set_catching(const struct pinned_set *set, bool exit_fallback)
{
	__atomic_store_n(&control_of(set)->exit_fallback, exit_fallback, __ATOMIC_SEQ_CST);
}

/* Whether skipped runs are known by a hook that stays. */
static bool same_last_hook(const struct pinned_set *old, const struct pinned_set *new)
{
	return strcmp(old->hooks.names[old->hooks.sees_last],
		      new->hooks.names[new->hooks.sees_last]) == 0;
}

static int switch_results(const struct pinned_set *old, const struct pinned_set *new)
{
	int error = 0;

	for (int hook = 0; hook < counting(new) && !error; hook++) {
		int earlier = hooks_find(&old->hooks, new->hooks.names[hook]);

		if (earlier >= 0)
			error = dispatcher_put(&new->hooks, hook, BIND_SLOT_PREVIOUS,
					       old->programs[earlier]);
		if (!error)
			error = dispatcher_put(&new->hooks, hook, BIND_SLOT_CURRENT,
					       new->programs[hook]);
	}
	return error;
}

static int clear_earlier(const struct pinned_set *set)
{
	int error = 0;

	for (int hook = 0; hook < set->hooks.count && !error; hook++)
		error = dispatcher_put(&set->hooks, hook, BIND_SLOT_PREVIOUS, -1);
	return error;
}

/* Back to the old set: the new one saw nothing. */
static int switch_back(const struct pinned_plan *plan, const struct pinned_set *old,
		       const struct pinned_set *new)
{
	int error = dispatcher_put(&new->hooks, counting(new), BIND_SLOT_CURRENT, -1);

	for (int hook = 0; hook < old->hooks.count && !error; hook++)
		error = dispatcher_put(&old->hooks, hook, BIND_SLOT_CURRENT, old->programs[hook]);
	if (!error)
		error = clear_earlier(old);
	set_catching(old, catches(old));
	if (!error)
		error = dispatchers_remove_others(plan->pins, &old->hooks);
	return error ? error : pins_remove(plan->pins, new->directory);
}

/*
 * To another hook. At no moment do both count; who was counted at the first has
 * left it before the second begins. Whoever is counted at neither is counted
 * when he leaves, if both modes have a program there.
 */
static int change_hook(const struct pinned_plan *plan, const struct rcu_grace *grace,
		       const struct pinned_set *old, const struct pinned_set *new)
{
	int error;

	if (dispatcher_get(&new->hooks, counting(new), BIND_SLOT_CURRENT) ==
	    pinned_set_program(new, counting(new)))
		return 0;
	error = dispatcher_put(&old->hooks, counting(old), BIND_SLOT_CURRENT, -1);
	if (!error)
		error = rcu_grace_wait(grace);
	if (error)
		return error;
	calls_leave_hook(&old->maps, NULL);
	/* A tracepoint counts before the hook: not until the call has ended was it passed. */
	if (!catches(old))
		inflight_wait(&old->maps, control_of(old)->generation + 1);
	error = dispatcher_put(&new->hooks, counting(new), BIND_SLOT_CURRENT,
			       new->programs[counting(new)]);
	if (!error)
		error = selfcheck(&new->hooks, control_of(new), control_of(old),
				  new->identity.results,
				  same_last_hook(old, new) ? &control_of(old)->recursion_baseline
							   : &control_of(new)->recursion_baseline);
	if (error == -ENODATA) {
		int failed = switch_back(plan, old, new);

		return failed ? failed : error;
	}
	/* That results are not seen is found out, and reported, later. */
	return error == -ENOMSG ? 0 : error;
}

static int take_over(const struct pinned_plan *plan, const struct rcu_grace *grace,
		     const struct pinned_set *old, const struct pinned_set *new)
{
	int error = 0;

	/* The old one would catch whom the new one counts, if the new one did not answer for them.
	 */
	if (!catches(new) && control_of(old)->exit_fallback) {
		uint64_t skipped = 0;

		error = hooks_skipped(&new->hooks, &skipped);
		control_of(new)->recursion_baseline = skipped;
		set_catching(old, false);
		if (!error)
			error = rcu_grace_wait(grace);
	}
	if (!error)
		error = switch_results(old, new);
	if (error)
		return error;
	if (!upgrade_same_hook(old, new))
		return change_hook(plan, grace, old, new);
	return dispatcher_put(&new->hooks, counting(new), BIND_SLOT_CURRENT,
			      new->programs[counting(new)]);
}

/* Tracepoint mode: calls whose address is to be read at their end. */
static void drain_pending(const struct pinned_set *set)
{
	int map = set->maps.of[MAP_PENDING].descriptor;
	uint64_t *missed = set->maps.of[MAP_MISSED].memory, thread;

	if (map < 0)
		return;
	for (int ms = 0; ms < PENDING_MS && bpf_map_get_next_key(map, NULL, &thread) == 0; ms++)
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	while (bpf_map_get_next_key(map, NULL, &thread) == 0)
		if (bpf_map_delete_elem(map, &thread) == 0)
			__atomic_fetch_add(&missed[BIND_MISSED_EXIT], 1, __ATOMIC_RELAXED);
}

/*
 * The new set catches whom no program counted as soon as all whom the old one counted have
 * left the hook. Until then the old one catches, if it can.
 */
static int begin_catching(const struct pinned_set *old, const struct pinned_set *new)
{
	calls_leave_hook(&old->maps, &new->maps);
	if (!catches(new) || control_of(new)->exit_fallback)
		return 0;
	if (!same_last_hook(old, new))
		return hooks_begin_exit_fallback(&new->hooks, &new->maps);
	set_catching(new, true);
	return 0;
}

/* Until nothing goes on in the old set. */
static int let_go(const struct rcu_grace *grace, const struct pinned_set *old,
		  const struct pinned_set *new, uint32_t *ret_lost)
{
	int at_exit = hooks_find(&new->hooks, hooks_at_exit), error = rcu_grace_wait(grace);

	if (!error)
		error = begin_catching(old, new);
	if (!error && at_exit >= 0)
		error = dispatcher_put(&new->hooks, at_exit, BIND_SLOT_PREVIOUS, -1);
	if (!error)
		error = rcu_grace_wait(grace);
	if (error)
		return error;
	inflight_wait(&old->maps, control_of(old)->generation + 1);
	drain_pending(old);
	error = clear_earlier(new);
	if (!error)
		error = rcu_grace_wait(grace);
	if (!error)
		*ret_lost = calls_give_up(&old->maps);
	return error;
}

/* All that a set has counted, its ledger and both halves; it is not changed. */
static int read_set(const struct pinned_set *set, struct bind_view *view, struct snapshot *snapshot)
{
	uint64_t generation = control_of(set)->generation;
	struct ledger *scratch;
	int error = snapshot_load(snapshot, pinned_set_ledger(set), set->identity.max_rows,
				  view->now_ns);

	if (error)
		return error;
	/* Killed while it was forgetting: the other half is not in the ledger yet. */
	if (generation != control_of(set)->ledger >> 1) {
		scratch = malloc(ledger_size(SNAPSHOT_MAX_ROWS_MAX, true));
		if (!scratch)
			return -ENOMEM;
		view->generation = generation - 1;
		error = snapshot_forget(snapshot, view, scratch);
		free(scratch);
		view->generation = generation;
	}
	return error ? error : snapshot_collect(snapshot, view);
}

static uint64_t sum_attempts(const struct snapshot *snapshot)
{
	const struct totals *totals = &snapshot_collection(snapshot)->totals;
	const struct row_set *rows = snapshot_collection(snapshot)->rows;
	uint64_t sum = 0;

	for (uint32_t position = 0; position < rows->count; position++)
		sum += row_set_at(rows, position)->count;
	for (uint32_t slot = 0; slot < LEDGER_SLOTS; slot++)
		sum += totals->filtered[slot] + totals->retired[slot];
	return sum;
}

int upgrade_attempts(const struct pinned_set *set, uint64_t *ret_attempts)
{
	struct snapshot *snapshot = snapshot_new(&(struct snapshot_config){
		.table_bits = set->identity.table_bits,
		.max_rows = set->identity.max_rows,
		.labels = set->identity.labels,
		.idle_s = NEVER_S,
	});
	struct bind_view view;
	int error = -ENOMEM;

	bind_maps_view(&set->maps, &view);
	view.now_ns = clock_ns(CLOCK_BOOTTIME);
	if (snapshot)
		error = read_set(set, &view, snapshot);
	if (!error)
		*ret_attempts = sum_attempts(snapshot);
	snapshot_free(snapshot);
	return error;
}

/* Runs that were skipped are known by the hook: of one that stays they are not carried over. */
static int view_old(const struct pinned_set *old, const struct pinned_set *new,
		    struct bind_view *ret_view)
{
	uint64_t recursion_baseline;
	int error;

	bind_maps_view(&old->maps, ret_view);
	error = hooks_read(&old->hooks, false, ret_view);
	if (error)
		return error;
	recursion_baseline = control_of(old)->recursion_baseline;
	if (same_last_hook(old, new) || ret_view->recursion_misses < recursion_baseline)
		recursion_baseline = ret_view->recursion_misses;
	ret_view->recursion_misses -= recursion_baseline;
	ret_view->results = old->identity.results;
	ret_view->now_ns = clock_ns(CLOCK_BOOTTIME);
	return 0;
}

/* Rows keep the labels that they were counted by; what is shown of these is the reader's affair. */
static int fold(const struct pinned_plan *plan, const struct pinned_set *old,
		const struct pinned_set *new, uint64_t *ret_attempts)
{
	struct bind_control *control = control_of(new);
	unsigned int spare = ~control->ledger & 1;
	struct snapshot *snapshot = snapshot_new(&(struct snapshot_config){
		.table_bits = old->identity.table_bits,
		.max_rows = new->identity.max_rows,
		.labels = old->identity.labels,
		.filter = plan->config->filter,
		.unit_fold = plan->config->unit_fold,
		.idle_s = NEVER_S,
		.owners = new->identity.labels &BIND_LABELS_OWNER ? plan->config->owners : NULL,
		.at_once = true,
	});
	struct bind_view view;
	int error = snapshot ? view_old(old, new, &view) : -ENOMEM;

	if (!error)
		error = read_set(old, &view, snapshot);
	if (!error) {
		*ret_attempts = sum_attempts(snapshot);
		snapshot_hand_over(snapshot, old->identity.id, true,
				   bind_maps_ledger(&new->maps, spare));
		/* Set, not added, so that it may be done again. */
		if (same_last_hook(old, new))
			control->recursion_baseline = control_of(old)->recursion_baseline;
		__atomic_store_n(&control->ledger, ledger_word(spare, control->generation),
				 __ATOMIC_SEQ_CST);
	}
	snapshot_free(snapshot);
	return error;
}

int upgrade_run(const struct pinned_plan *plan, const struct rcu_grace *grace,
		struct pinned_set *old, struct pinned_set *new, struct upgrade_report *ret_report)
{
	int error = 0;

	if (pinned_set_ledger(new)->predecessor != old->identity.id) {
		error = take_over(plan, grace, old, new);
		if (!error)
			error = let_go(grace, old, new, &ret_report->lost_results);
		if (!error)
			error = fold(plan, old, new, &ret_report->attempts);
		ret_report->gap = !catches(old) || !catches(new);
	} else {
		error = upgrade_attempts(new, &ret_report->attempts);
		if (!error)
			error = clear_earlier(new);
	}
	if (!error)
		error = dispatchers_remove_others(plan->pins, &new->hooks);
	return error ? error : pins_remove(plan->pins, old->directory);
}
