// SPDX-License-Identifier: Apache-2.0
#include "calls.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bind_abi.h"
#include "bind_maps.h"

#define GROUPS      (1U << BIND_CALL_GROUPS_BITS)
#define SWEEP_NS    60000000000ULL
#define SWEEP_LOOKS 10
#define DRAIN_MS    100

struct calls_age {
	uint64_t swept_ns; /* when seen was filled */
	struct bind_calls seen[GROUPS];
};

struct calls_age *calls_age_new(void)
{
	return calloc(1, sizeof(struct calls_age));
}

void calls_age_free(struct calls_age *age)
{
	free(age);
}

/* In one step, or not at all: the call may end at this moment. */
static void abandon(__u64 *place, uint64_t call)
{
	__atomic_compare_exchange_n(place, &call, call | BIND_CALL_ABANDONED, false,
				    __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}

/* Forgets of what was seen all that is not there any more. Returns how many remain. */
static uint32_t keep_unchanged(const struct bind_calls *calls, struct calls_age *age)
{
	uint32_t unchanged = 0;

	for (uint32_t group = 0; group < GROUPS; group++)
		for (int way = 0; way < BIND_CALL_WAYS; way++) {
			__u64 *seen = &age->seen[group].call[way];

			if (*seen != __atomic_load_n(&calls[group].call[way], __ATOMIC_RELAXED))
				*seen = 0;
			unchanged += *seen && !(*seen & BIND_CALL_ABANDONED);
		}
	return unchanged;
}

/*
 * A thread that binds the same again and again looks unchanged whenever it is
 * seen inside a call, but not at every look of several.
 */
void calls_sweep(const struct bind_maps *maps, struct calls_age *age, uint64_t now_ns)
{
	struct bind_calls *calls = maps->of[MAP_CALLS].memory;
	uint32_t unchanged;

	if (!calls || now_ns - age->swept_ns < SWEEP_NS)
		return;
	unchanged = keep_unchanged(calls, age);
	for (int look = 0; look < SWEEP_LOOKS && unchanged; look++) {
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
		unchanged = keep_unchanged(calls, age);
	}
	for (uint32_t group = 0; group < GROUPS; group++)
		for (int way = 0; way < BIND_CALL_WAYS; way++) {
			__u64 *seen = &age->seen[group].call[way];

			if (*seen && !(*seen & BIND_CALL_ABANDONED))
				abandon(&calls[group].call[way], *seen);
			*seen = __atomic_load_n(&calls[group].call[way], __ATOMIC_RELAXED);
		}
	age->swept_ns = now_ns;
}

static bool is_before(uint64_t call, uint64_t generation)
{
	return call && !(call & BIND_CALL_ABANDONED) &&
	       (call >> BIND_CALL_GENERATION_SHIFT & BIND_CALL_GENERATION_MASK) !=
		       (generation & BIND_CALL_GENERATION_MASK);
}

/* give_up: those that are found. Returns how many were found. */
static uint32_t find_in_memory(struct bind_calls *calls, uint64_t generation, bool give_up)
{
	uint32_t found = 0;

	for (uint32_t group = 0; group < GROUPS; group++)
		for (int way = 0; way < BIND_CALL_WAYS; way++) {
			__u64 *place = &calls[group].call[way];
			uint64_t call = __atomic_load_n(place, __ATOMIC_RELAXED);

			if (!is_before(call, generation))
				continue;
			found++;
			if (give_up)
				abandon(place, call);
		}
	return found;
}

/* Before 5.12: who deletes a call decides its fate. */
static void give_up_in_hash(const struct bind_maps *maps, uint32_t thread)
{
	uint64_t *missed = maps->of[MAP_MISSED].memory;

	if (bpf_map_delete_elem(maps->of[MAP_CALLS].descriptor, &thread) == 0)
		__atomic_fetch_add(&missed[BIND_MISSED_RESULT], 1, __ATOMIC_RELAXED);
}

static uint32_t find_in_hash(const struct bind_maps *maps, uint64_t generation, bool give_up)
{
	int map = maps->of[MAP_CALLS].descriptor;
	uint32_t thread, previous = 0, found = 0;
	uint64_t call;

	for (bool first = true; bpf_map_get_next_key(map, first ? NULL : &previous, &thread) == 0;
	     first = false) {
		if (bpf_map_lookup_elem(map, &thread, &call) == 0 && is_before(call, generation)) {
			found++;
			if (give_up)
				give_up_in_hash(maps, thread);
		}
		previous = thread;
	}
	return found;
}

static uint32_t find(const struct bind_maps *maps, uint64_t generation, bool give_up)
{
	struct bind_calls *calls = maps->of[MAP_CALLS].memory;

	return calls ? find_in_memory(calls, generation, give_up)
		     : find_in_hash(maps, generation, give_up);
}

void calls_drain(const struct bind_maps *maps, uint64_t generation)
{
	for (int ms = 0; ms < DRAIN_MS && find(maps, generation, false); ms++)
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	find(maps, generation, true);
}
