// SPDX-License-Identifier: Apache-2.0
#include "exporter/attach/inflight.h"

#include <bpf/bpf.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "bpf/abi/bind_abi.h"
#include "common/clock.h"
#include "exporter/attach/maps.h"

#define GROUPS      (1U << BIND_CALL_GROUPS_BITS)
#define SWEEP_NS    5000000000ULL
#define FREE_SWEEPS 120 /* ten minutes */
#define WAIT_MS     100
#define BLIND_MS    10 /* where looking would be too expensive */
#define GAP_MS      250
#define LEAVE_MS    5000

struct inflight_age {
	uint64_t swept_ns;                      /* CLOCK_BOOTTIME of the last sweep */
	uint8_t sweeps[GROUPS][BIND_CALL_WAYS]; /* since the marked call there was given up */
};

struct inflight_age *inflight_age_new(void)
{
	return calloc(1, sizeof(struct inflight_age));
}

void inflight_age_free(struct inflight_age *age)
{
	free(age);
}

static void pause_ms(void)
{
	nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

/* Atomic: the call may end at this moment. False: it has changed. */
static bool replace(__u64 *slot, __u64 call, __u64 replacement)
{
	return __atomic_compare_exchange_n(slot, &call, replacement, /* weak= */ false,
					   __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}

/*
 * A marked call must not be displaced: its thread might still be inside the hook. A mark that is
 * ten minutes old was left behind: the thread has ended, and two programs were skipped.
 */
static void free_marked(const struct bind_maps *maps, __u64 *slot, __u64 call, uint8_t *sweeps)
{
	uint64_t *missed = maps->of[MAP_MISSED].memory;

	if (++*sweeps < FREE_SWEEPS)
		return;
	*sweeps = 0;
	if (replace(slot, call, call & ~BIND_CALL_MARKED))
		__atomic_fetch_add(&missed[BIND_MARKS_LEFT], 1, __ATOMIC_RELAXED);
}

static void sweep_slot(const struct bind_maps *maps, __u64 *slot, uint8_t *sweeps)
{
	uint64_t call = __atomic_load_n(slot, __ATOMIC_RELAXED);

	if (call & BIND_CALL_ABANDONED) {
		if (call & BIND_CALL_MARKED)
			free_marked(maps, slot, call, sweeps);
		return;
	}
	*sweeps = 0;
	if (call)
		replace(slot, call,
			call | (call & BIND_CALL_SEEN ? BIND_CALL_ABANDONED : BIND_CALL_SEEN));
}

/*
 * A thread that repeats the same bind inserts the same word each time. BIND_CALL_SEEN
 * distinguishes the calls: no call begins with it, so one that has it at the next sweep is old.
 */
void inflight_sweep(const struct bind_maps *maps, struct inflight_age *age, uint64_t now_ns)
{
	struct bind_calls *calls = maps->of[MAP_CALLS].memory;

	if (!calls || now_ns - age->swept_ns < SWEEP_NS)
		return;
	for (uint32_t group = 0; group < GROUPS; group++)
		for (int way = 0; way < BIND_CALL_WAYS; way++)
			sweep_slot(maps, &calls[group].call[way], &age->sweeps[group][way]);
	age->swept_ns = now_ns;
}

/* The clock limits waiting, not the number of pauses: on a busy machine each takes many ms. */
static uint64_t deadline_ns(unsigned int ms)
{
	return clock_ns(CLOCK_MONOTONIC) + ms * MS_NS;
}

static bool is_over(uint64_t deadline)
{
	return clock_ns(CLOCK_MONOTONIC) >= deadline;
}

static bool is_before(uint64_t call, uint64_t generation)
{
	return call && !(call & BIND_CALL_ABANDONED) &&
	       (call >> BIND_CALL_GENERATION_SHIFT & BIND_CALL_GENERATION_MASK) !=
		       (generation & BIND_CALL_GENERATION_MASK);
}

static bool has_earlier_calls(const struct bind_calls *calls, uint64_t generation)
{
	for (uint32_t group = 0; group < GROUPS; group++)
		for (int way = 0; way < BIND_CALL_WAYS; way++)
			if (is_before(__atomic_load_n(&calls[group].call[way], __ATOMIC_RELAXED),
				      generation))
				return true;
	return false;
}

/* Before 5.12 calls are in a hash map, where each look is a system call: the wait is short. */
void inflight_wait(const struct bind_maps *maps, uint64_t generation)
{
	const struct bind_calls *calls = maps->of[MAP_CALLS].memory;
	uint64_t deadline = deadline_ns(calls ? WAIT_MS : BLIND_MS);

	while (!is_over(deadline) && (!calls || has_earlier_calls(calls, generation)))
		pause_ms();
}

static bool has_thread(const struct bind_calls *calls, uint64_t thread)
{
	for (uint32_t group = 0; group < GROUPS; group++)
		for (int way = 0; way < BIND_CALL_WAYS; way++)
			if (__atomic_load_n(&calls[group].call[way], __ATOMIC_RELAXED) >> 32 ==
			    thread)
				return true;
	return false;
}

static void take_mark(const struct bind_maps *maps, __u64 *slot, __u64 call)
{
	uint64_t *missed = maps->of[MAP_MISSED].memory;

	if (replace(slot, call, (call & ~BIND_CALL_MARKED) | BIND_CALL_ABANDONED))
		__atomic_fetch_add(&missed[BIND_MARKS_LEFT], 1, __ATOMIC_RELAXED);
}

/*
 * The kernel begins again with the first key if the previous one has gone meanwhile, so the number
 * of steps is limited by the size of the map.
 */
static bool hash_has_marked_calls(const struct bind_maps *maps)
{
	int map = maps->of[MAP_CALLS].descriptor;
	uint32_t thread, previous = 0;
	uint64_t call;

	for (uint32_t i = 0; i < maps->of[MAP_CALLS].entries; i++) {
		if (bpf_map_get_next_key(map, i ? &previous : NULL, &thread))
			return false;
		if (bpf_map_lookup_elem(map, &thread, &call) == 0 && (call & BIND_CALL_MARKED))
			return true;
		previous = thread;
	}
	return false;
}

/*
 * Whether a counted call may still be inside the hook. A thread whose exit program was skipped
 * keeps its mark. If the other table has a call of that thread, it has left the hook.
 */
static bool has_marked_calls(const struct bind_maps *maps, const struct bind_calls *others)
{
	struct bind_calls *calls = maps->of[MAP_CALLS].memory;
	bool inside = false;

	if (!calls)
		return hash_has_marked_calls(maps);
	for (uint32_t group = 0; group < GROUPS; group++) {
		for (int way = 0; way < BIND_CALL_WAYS; way++) {
			__u64 *slot = &calls[group].call[way];
			uint64_t call = __atomic_load_n(slot, __ATOMIC_RELAXED);

			if (!(call & BIND_CALL_MARKED))
				continue;
			if (others && has_thread(others, call >> 32))
				take_mark(maps, slot, call);
			else
				inside = true;
		}
		inside |= __atomic_load_n(&calls[group].overflowed, __ATOMIC_RELAXED) != 0;
	}
	return inside;
}

void calls_leave_hook(const struct bind_maps *maps, const struct bind_maps *other)
{
	const struct bind_calls *others = other ? other->of[MAP_CALLS].memory : NULL;
	uint64_t deadline = deadline_ns(other ? LEAVE_MS : GAP_MS);

	while (has_marked_calls(maps, others) && !is_over(deadline))
		pause_ms();
}

static uint32_t give_up_in_hash(const struct bind_maps *maps)
{
	uint64_t *missed = maps->of[MAP_MISSED].memory;
	int map = maps->of[MAP_CALLS].descriptor;
	uint32_t thread, given_up = 0;

	while (bpf_map_get_next_key(map, NULL, &thread) == 0)
		if (bpf_map_delete_elem(map, &thread) == 0) {
			__atomic_fetch_add(&missed[BIND_MISSED_RESULT], 1, __ATOMIC_RELAXED);
			given_up++;
		}
	return given_up;
}

uint32_t calls_give_up(const struct bind_maps *maps)
{
	struct bind_calls *calls = maps->of[MAP_CALLS].memory;
	uint32_t given_up = 0;

	if (!calls)
		return give_up_in_hash(maps);
	for (uint32_t group = 0; group < GROUPS; group++)
		for (int way = 0; way < BIND_CALL_WAYS; way++) {
			__u64 *slot = &calls[group].call[way];
			uint64_t call = __atomic_load_n(slot, __ATOMIC_RELAXED);

			given_up += call && !(call & BIND_CALL_ABANDONED);
			if (call & BIND_CALL_MARKED)
				take_mark(maps, slot, call);
			else if (call)
				replace(slot, call, call | BIND_CALL_ABANDONED);
		}
	return given_up;
}
