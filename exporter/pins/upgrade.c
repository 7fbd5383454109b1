// SPDX-License-Identifier: Apache-2.0
#include "exporter/pins/upgrade.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <string.h>
#include <time.h>

#include "exporter/attach/config.h"
#include "exporter/attach/inflight.h"
#include "exporter/attach/rcu_grace.h"
#include "exporter/attach/selfcheck.h"
#include "exporter/pins/carry_over.h"
#include "exporter/pins/dispatcher.h"
#include "exporter/pins/set.h"

#define PENDING_MS 100

static int counting(const struct pinned_set *set)
{
	return set->hooks.count - 1;
}

bool upgrade_same_hook(const struct pinned_set *old, const struct pinned_set *new)
{
	return strcmp(old->hooks.names[counting(old)], new->hooks.names[counting(new)]) == 0;
}

static bool sees_exit(const struct pinned_set *set)
{
	return hooks_find(&set->hooks, hooks_at_exit) >= 0;
}

static void set_exit_fallback(const struct pinned_set *set, bool exit_fallback)
{
	__atomic_store_n(&pinned_set_control(set)->exit_fallback, exit_fallback, __ATOMIC_SEQ_CST);
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

/* Returns to the previous set after the new hook did not fire. */
static int switch_back(const struct attach_plan *plan, const struct pinned_set *old,
		       const struct pinned_set *new)
{
	int error = dispatcher_put(&new->hooks, counting(new), BIND_SLOT_CURRENT, -1);

	for (int hook = 0; hook < old->hooks.count && !error; hook++)
		error = dispatcher_put(&old->hooks, hook, BIND_SLOT_CURRENT, old->programs[hook]);
	if (!error)
		error = clear_earlier(old);
	set_exit_fallback(old, sees_exit(old));
	if (!error)
		error = dispatchers_remove_others(plan->config->pins, &old->hooks);
	return error ? error : pins_remove(plan->config->pins, new->directory);
}

/*
 * Counting moves to another hook. The two hooks never count at the same time: every call that was
 * counted at the first has left security_socket_bind() before the second begins. A call that is
 * counted at neither is counted when it leaves, if both modes have a program there.
 */
static int change_hook(const struct attach_plan *plan, const struct rcu_grace *grace,
		       const struct pinned_set *old, const struct pinned_set *new)
{
	int error;

	if (pinned_set_is_present(new, counting(new)))
		return 0;
	error = dispatcher_put(&old->hooks, counting(old), BIND_SLOT_CURRENT, -1);
	if (!error)
		error = rcu_grace_wait(grace);
	if (error)
		return error;
	calls_leave_hook(&old->maps, /* other= */ NULL);
	/* A tracepoint counts before the hook, so a call has passed it only when it has ended. */
	if (!sees_exit(old))
		inflight_wait(&old->maps, pinned_set_control(old)->generation + 1);
	error = dispatcher_put(&new->hooks, counting(new), BIND_SLOT_CURRENT,
			       new->programs[counting(new)]);
	if (!error)
		error = selfcheck(&new->hooks, pinned_set_control(new), pinned_set_control(old),
				  new->identity.results,
				  pinned_set_same_last_hook(old, new)
					  ? &pinned_set_control(old)->recursion_baseline
					  : &pinned_set_control(new)->recursion_baseline);
	if (error == -ENODATA) {
		int failed = switch_back(plan, old, new);

		return failed ? failed : error;
	}
	/* Results that are not seen are detected and reported by a later self-check. */
	return error == -ENOMSG ? 0 : error;
}

static int take_over(const struct attach_plan *plan, const struct rcu_grace *grace,
		     const struct pinned_set *old, const struct pinned_set *new)
{
	int error = 0;

	/*
	 * The exit fallback of the previous set would count calls of the new set again, if the new
	 * set has no program at the exit that intercepts them.
	 */
	if (!sees_exit(new) && pinned_set_control(old)->exit_fallback) {
		uint64_t skipped = 0;

		error = hooks_skipped(&new->hooks, &skipped);
		pinned_set_control(new)->recursion_baseline = skipped;
		set_exit_fallback(old, false);
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

/*
 * Tracepoint mode: calls whose address is read when they end. They get up to 100 ms; the remaining
 * ones are counted as missed.
 */
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
 * The exit fallback of the new set begins when all calls that the previous set counted have left
 * the hook. Until then the previous set counts calls that no program saw, if it has an exit
 * fallback.
 */
static int begin_exit_fallback(const struct pinned_set *old, const struct pinned_set *new)
{
	calls_leave_hook(&old->maps, &new->maps);
	if (!sees_exit(new) || pinned_set_control(new)->exit_fallback)
		return 0;
	if (!pinned_set_same_last_hook(old, new))
		return hooks_begin_exit_fallback(&new->hooks, &new->maps);
	set_exit_fallback(new, true);
	return 0;
}

/* Waits until no call is in flight in the previous set, and takes its programs out of all slots. */
static int drain_previous(const struct rcu_grace *grace, const struct pinned_set *old,
			  const struct pinned_set *new, uint32_t *ret_lost)
{
	int at_exit = hooks_find(&new->hooks, hooks_at_exit), error = rcu_grace_wait(grace);

	if (!error)
		error = begin_exit_fallback(old, new);
	if (!error && at_exit >= 0)
		error = dispatcher_put(&new->hooks, at_exit, BIND_SLOT_PREVIOUS, -1);
	if (!error)
		error = rcu_grace_wait(grace);
	if (error)
		return error;
	inflight_wait(&old->maps, pinned_set_control(old)->generation + 1);
	drain_pending(old);
	error = clear_earlier(new);
	if (!error)
		error = rcu_grace_wait(grace);
	if (!error)
		*ret_lost = calls_give_up(&old->maps);
	return error;
}

int upgrade_run(const struct attach_plan *plan, const struct rcu_grace *grace,
		struct pinned_set *old, struct pinned_set *new, struct upgrade_report *ret_report)
{
	int error = 0;

	if (!carry_over_is_done(old, new)) {
		error = take_over(plan, grace, old, new);
		if (!error)
			error = drain_previous(grace, old, new, &ret_report->lost_results);
		if (!error)
			error = carry_over(plan, old, new, &ret_report->attempts);
		ret_report->gap = !sees_exit(old) || !sees_exit(new);
	} else {
		error = carry_over_attempts(new, &ret_report->attempts);
		if (!error)
			error = clear_earlier(new);
	}
	if (!error)
		error = dispatchers_remove_others(plan->config->pins, &new->hooks);
	return error ? error : pins_remove(plan->config->pins, old->directory);
}
