/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What must happen in one step, on kernels that have instructions for it and on
 * those that do not. BPF programs got compare-and-swap with Linux 5.12; an object
 * compiled with BIND_BEFORE_5_12 uses hash maps in its place, whose updates and
 * deletions are single steps, too. (That kernel never skips a BPF program, and
 * never pre-empts one.)
 *
 * - Claiming: of tasks that race for an entry or a failure, one may write it.
 * - Calls: every one that was put down is taken away exactly once.
 */
#ifndef BIND_CALLS_H
#define BIND_CALLS_H

#include "bpf/counters.h"

static __always_inline __u32 call_thread(__u64 call)
{
	return call >> 32;
}

struct found_call {
	__u64 call;   /* 0: none */
	__u64 *place; /* where it is, in an array */
};

static __always_inline __u64 call_generation(__u64 generation)
{
	return (generation & BIND_CALL_GENERATION_MASK) << BIND_CALL_GENERATION_SHIFT;
}

#ifdef BIND_BEFORE_5_12

/* Claimed: index of an entry, or CLAIM_FAILURE and that of a failure. */
#define CLAIM_FAILURE (1U << 31)

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u8);
} claims SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, BIND_CALL_WAYS << BIND_CALL_GROUPS_BITS);
	__type(key, __u32); /* thread */
	__type(value, __u64);
} calls SEC(".maps");

static __always_inline bool take_once(__u32 claim)
{
	__u8 one = 1;

	return bpf_map_update_elem(&claims, &claim, &one, BPF_NOEXIST) == 0;
}

static __always_inline bool claim_entry(struct bind_entry *entry, __u32 index)
{
	return take_once(index);
}

static __always_inline bool claim_failure(struct bind_failure *failure, __u32 index, __u64 key)
{
	if (!take_once(CLAIM_FAILURE | index))
		return false;
	*(volatile __u64 *)&failure->key = key;
	return true;
}

/* False: no room. *ret_displaced: the thread's earlier call, or 0. */
static __always_inline bool put_call(__u64 call, __u64 *ret_displaced)
{
	__u32 thread = call_thread(call);
	__u64 *found = bpf_map_lookup_elem(&calls, &thread);

	*ret_displaced = found ? *found : 0;
	if (bpf_map_update_elem(&calls, &thread, &call, BPF_ANY) == 0)
		return true;
	__atomic_fetch_add(&control.crowded, 1, __ATOMIC_RELAXED);
	return false;
}

/* Whether the thread's call may be a marked one that found no place. It may, once there was one. */
static __always_inline bool take_unplaced(__u32 thread)
{
	return barrier_read(control.crowded);
}

static __always_inline struct found_call find_call(__u32 thread)
{
	__u64 *call = bpf_map_lookup_elem(&calls, &thread);

	return (struct found_call){.call = call ? *call : 0};
}

/* False: it has changed hands meanwhile. replacement: 0 to take it away. */
static __always_inline bool replace_call(struct found_call found, __u64 replacement)
{
	__u32 thread = call_thread(found.call);

	if (replacement)
		return bpf_map_update_elem(&calls, &thread, &replacement, BPF_EXIST) == 0;
	return bpf_map_delete_elem(&calls, &thread) == 0;
}

#else

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1 << BIND_CALL_GROUPS_BITS);
	__type(key, __u32);
	__type(value, struct bind_calls);
} calls SEC(".maps");

/* The loops over a group are unrolled: verifiers before 6.3 take some others for endless ones. */

static __always_inline bool swap(__u64 *word, __u64 old, __u64 new)
{
	return __sync_val_compare_and_swap(word, old, new) == old;
}

static __always_inline bool claim_entry(struct bind_entry *entry, __u32 index)
{
	return swap(&entry->key.kind, 0, BIND_BEING_WRITTEN);
}

static __always_inline bool claim_failure(struct bind_failure *failure, __u32 index, __u64 key)
{
	return swap(&failure->key, 0, key);
}

/* Of all threads the same: a hash, so that nobody can choose whose group he is in. */
static __always_inline __u64 *group_of(__u32 thread)
{
	__u32 index = thread * settings.hash_multiplier[0] >> (64 - BIND_CALL_GROUPS_BITS);
	struct bind_calls *group = bpf_map_lookup_elem(&calls, &index);

	return (__u64 *)group;
}

#define NO_WAY BIND_CALL_WAYS

/* Added to a way, hides it from the verifier, which would follow every way on its own. */
static __always_inline __u64 unknown_zero(void)
{
	return barrier_read(control.zero);
}

/*
 * The verifier learns bounds from the mask alone, of the very value that is added to the
 * pointer. The comparison makes the mask redundant, and clang 16 and newer drop it, and add
 * before they compare; so the compiler must not know that they belong together.
 */
static __always_inline __u64 *place_of(__u64 *group, __u64 way)
{
	__u64 masked = way & 7;

	barrier_var(masked);
	return way < NO_WAY ? &group[masked] : NULL;
}

/* The place of the thread's call, or NULL. */
static __always_inline __u64 *own_place(__u64 *group, __u32 thread)
{
	__u64 own = NO_WAY;

#pragma unroll
	for (int way = 0; way < BIND_CALL_WAYS; way++)
		if (call_thread(barrier_read(group[way])) == thread)
			own = way;
	return place_of(group, own + unknown_zero());
}

/*
 * The way of a call that may be displaced, so that its result is missed: one that was given up, if
 * there is any. NO_WAY: all are marked, and would be counted again when they leave the hook.
 */
static __always_inline __u64 spare_way(const __u64 *group, int first)
{
	__u64 zero = unknown_zero(), given_up = NO_WAY + zero, other = given_up;

#pragma unroll
	for (int i = 0; i < BIND_CALL_WAYS; i++) {
		int way = (first + i) % BIND_CALL_WAYS;
		__u64 call = barrier_read(group[way]);

		if (call & BIND_CALL_MARKED)
			continue;
		other = way + zero;
		if (call & BIND_CALL_ABANDONED)
			given_up = way + zero;
	}
	return given_up < NO_WAY ? given_up : other;
}

/*
 * Looking from first on: the place of the thread's own earlier call, else a free one, else one
 * of another thread's. NULL: there is none.
 */
static __always_inline __u64 *place_for(__u64 *group, __u32 thread, int first)
{
	__u64 zero = unknown_zero(), own = NO_WAY + zero, free = own;

#pragma unroll
	for (int i = 0; i < BIND_CALL_WAYS; i++) {
		int way = (first + i) % BIND_CALL_WAYS;
		__u64 call = barrier_read(group[way]);

		if (call_thread(call) == thread)
			own = way + zero;
		if (!call)
			free = way + zero;
	}
	if (own < NO_WAY)
		return place_of(group, own);
	return place_of(group, free < NO_WAY ? free : spare_way(group, first));
}

/* What is in a place by now, since it was chosen. What may be going on is the last resort. */
static __always_inline bool may_displace(__u64 call, __u32 thread, bool last)
{
	if (!call || call_thread(call) == thread)
		return true;
	return !(call & BIND_CALL_MARKED) && (last || (call & BIND_CALL_ABANDONED));
}

/*
 * Threads of one group that come at the same moment choose the same free place, and one gets
 * it: so each try looks from elsewhere on. And what moves meanwhile may seem full.
 */
#define PUT_TRIES 4

/*
 * False: no room; a marked call is remembered as such. *ret_displaced: whose result
 * will be missed, or 0.
 */
static __always_inline bool put_call(__u64 call, __u64 *ret_displaced)
{
	__u64 *group = group_of(call_thread(call));

	if (!group)
		return false;
#pragma unroll
	for (int try = 0; try < PUT_TRIES; try++) {
		__u64 found, *place = place_for(group, call_thread(call), 2 * try);

		if (!place)
			continue;
		found = barrier_read(*place);
		if (may_displace(found, call_thread(call), try == PUT_TRIES - 1) &&
		    swap(place, found, call)) {
			*ret_displaced = found;
			return true;
		}
	}
	if (call & BIND_CALL_MARKED)
		__atomic_fetch_add(&group[BIND_CALL_WAYS], 1, __ATOMIC_RELAXED);
	return false;
}

/* Whether the thread's call may be a marked one that found no place; then it is one less. */
static __always_inline bool take_unplaced(__u32 thread)
{
	__u64 *group = group_of(thread);

	if (!group)
		return false;
#pragma unroll
	for (int try = 0; try < PUT_TRIES; try++) {
		__u64 overflowed = barrier_read(group[BIND_CALL_WAYS]);

		if (!overflowed)
			return false;
		if (swap(&group[BIND_CALL_WAYS], overflowed, overflowed - 1))
			return true;
	}
	return false;
}

static __always_inline struct found_call find_call(__u32 thread)
{
	__u64 *group = group_of(thread);
	struct found_call found = {};

	if (group)
		found.place = own_place(group, thread);
	if (found.place)
		found.call = barrier_read(*found.place);
	if (call_thread(found.call) != thread)
		found.call = 0;
	return found;
}

/*
 * False: it has changed hands meanwhile. replacement: 0 to take it away. That user space
 * has just seen it is no change.
 */
static __always_inline bool replace_call(struct found_call found, __u64 replacement)
{
	if (!found.place)
		return false;
	return swap(found.place, found.call, replacement) ||
	       swap(found.place, found.call | BIND_CALL_SEEN, replacement);
}

#endif
#endif
