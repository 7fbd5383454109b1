/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * In-flight binds: calls that were counted and whose result is not known yet, in the map calls.
 * Every inserted call is removed exactly once, however many tasks work on it at the same time.
 *
 * Since Linux 5.12, a call is one word of a group of slots, and changes by compare-and-swap. An
 * object compiled with BIND_BEFORE_5_12 uses a hash map with the thread as its key. Such a kernel
 * never skips a BPF program, and never pre-empts one.
 */
#ifndef BIND_INFLIGHT_H
#define BIND_INFLIGHT_H

#include "bpf/claim.h"

static __always_inline __u32 call_thread(__u64 call)
{
	return call >> 32;
}

struct inflight_bind {
	__u64 call;  /* 0: the thread has none */
	__u64 *slot; /* where the call is; NULL before 5.12 */
};

static __always_inline __u64 call_generation(__u64 generation)
{
	return (generation & BIND_CALL_GENERATION_MASK) << BIND_CALL_GENERATION_SHIFT;
}

#ifdef BIND_BEFORE_5_12

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, BIND_CALL_WAYS << BIND_CALL_GROUPS_BITS);
	__type(key, __u32); /* thread */
	__type(value, __u64);
} calls SEC(".maps");

/* False: no room. *ret_displaced: the thread's earlier call, or 0. */
static __always_inline bool inflight_insert(__u64 call, __u64 *ret_displaced)
{
	__u32 thread = call_thread(call);
	__u64 *found = bpf_map_lookup_elem(&calls, &thread);

	*ret_displaced = found ? *found : 0;
	if (bpf_map_update_elem(&calls, &thread, &call, BPF_ANY) == 0)
		return true;
	__atomic_fetch_add(&control.inflight_overflowed, 1, __ATOMIC_RELAXED);
	return false;
}

/*
 * Whether the thread's call may be a marked one that overflowed. After the first overflow, any
 * call may be.
 */
static __always_inline bool inflight_take_overflowed(__u32 thread)
{
	return barrier_read(control.inflight_overflowed);
}

static __always_inline struct inflight_bind inflight_find(__u32 thread)
{
	__u64 *call = bpf_map_lookup_elem(&calls, &thread);

	return (struct inflight_bind){.call = call ? *call : 0};
}

/* False: the call is no longer there. replacement: 0 removes it. */
static __always_inline bool inflight_replace(struct inflight_bind found, __u64 replacement)
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

/* Loops over a group are unrolled: verifiers before 6.3 take some such loops for endless ones. */

/* A thread's group is a random hash of its id, so that no process can choose its group. */
static __always_inline __u64 *group_of(__u32 thread)
{
	__u32 index = thread * settings.hash_multiplier[0] >> (64 - BIND_CALL_GROUPS_BITS);
	struct bind_calls *group = bpf_map_lookup_elem(&calls, &index);

	return (__u64 *)group;
}

#define NO_WAY BIND_CALL_WAYS

/*
 * Added to the number of a way, hides it from the verifier, which would otherwise follow the
 * program once for every way.
 */
static __always_inline __u64 unknown_zero(void)
{
	return barrier_read(control.zero);
}

/*
 * NULL: way is NO_WAY. The verifier learns a range only from a mask, applied to the very value
 * that is added to the pointer. The comparison makes the mask redundant: clang 16 and newer would
 * drop the mask, and add before they compare. So the compiler must not see that both concern the
 * same value.
 */
static __always_inline __u64 *slot_of(__u64 *group, __u64 way)
{
	__u64 masked = way & 7;

	barrier_var(masked);
	return way < NO_WAY ? &group[masked] : NULL;
}

/* The slot with the thread's call, or NULL. */
static __always_inline __u64 *own_slot(__u64 *group, __u32 thread)
{
	__u64 own = NO_WAY;

#pragma unroll
	for (int way = 0; way < BIND_CALL_WAYS; way++)
		if (call_thread(barrier_read(group[way])) == thread)
			own = way;
	return slot_of(group, own + unknown_zero());
}

/*
 * The way of a call that may be displaced, so that its result is missed: preferably an abandoned
 * one. NO_WAY: all calls are marked. Displacing one of them would make the exit fallback count it
 * a second time.
 */
static __always_inline __u64 spare_way(const __u64 *group, int first)
{
	__u64 zero = unknown_zero(), abandoned = NO_WAY + zero, other = abandoned;

#pragma unroll
	for (int i = 0; i < BIND_CALL_WAYS; i++) {
		int way = (first + i) % BIND_CALL_WAYS;
		__u64 call = barrier_read(group[way]);

		if (call & BIND_CALL_MARKED)
			continue;
		other = way + zero;
		if (call & BIND_CALL_ABANDONED)
			abandoned = way + zero;
	}
	return abandoned < NO_WAY ? abandoned : other;
}

/*
 * The slot for a new call of the thread. In order of preference: the slot of its own earlier
 * call, a free slot, the slot of another thread's call. NULL: none can be used. The search begins
 * at way first.
 */
static __always_inline __u64 *slot_for(__u64 *group, __u32 thread, int first)
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
		return slot_of(group, own);
	return slot_of(group, free < NO_WAY ? free : spare_way(group, first));
}

/*
 * Decides on the call that is in the chosen slot now; it may have changed since the choice. A
 * call that may still be in flight is displaced by the last try only.
 */
static __always_inline bool may_displace(__u64 call, __u32 thread, bool last)
{
	if (!call || call_thread(call) == thread)
		return true;
	return !(call & BIND_CALL_MARKED) && (last || (call & BIND_CALL_ABANDONED));
}

/*
 * Threads of one group that bind at the same moment choose the same free slot, and only one gets
 * it. So each try begins at another way. A group can also look full while its calls change.
 */
#define INSERT_TRIES 4

/*
 * False: no room; the group counts the call as overflowed if it is marked. *ret_displaced: the
 * call whose result will be missed, or 0.
 */
static __always_inline bool inflight_insert(__u64 call, __u64 *ret_displaced)
{
	__u64 *group = group_of(call_thread(call));

	if (!group)
		return false;
#pragma unroll
	for (int try = 0; try < INSERT_TRIES; try++) {
		__u64 found, *slot = slot_for(group, call_thread(call), 2 * try);

		if (!slot)
			continue;
		found = barrier_read(*slot);
		if (may_displace(found, call_thread(call), try == INSERT_TRIES - 1) &&
		    swap(slot, found, call)) {
			*ret_displaced = found;
			return true;
		}
	}
	if (call & BIND_CALL_MARKED)
		__atomic_fetch_add(&group[BIND_CALL_WAYS], 1, __ATOMIC_RELAXED);
	return false;
}

/*
 * Whether the thread's call may be a marked one that overflowed. If so, its group has one less of
 * them.
 */
static __always_inline bool inflight_take_overflowed(__u32 thread)
{
	__u64 *group = group_of(thread);

	if (!group)
		return false;
#pragma unroll
	for (int try = 0; try < INSERT_TRIES; try++) {
		__u64 overflowed = barrier_read(group[BIND_CALL_WAYS]);

		if (!overflowed)
			return false;
		if (swap(&group[BIND_CALL_WAYS], overflowed, overflowed - 1))
			return true;
	}
	return false;
}

static __always_inline struct inflight_bind inflight_find(__u32 thread)
{
	__u64 *group = group_of(thread);
	struct inflight_bind found = {};

	if (group)
		found.slot = own_slot(group, thread);
	if (found.slot)
		found.call = barrier_read(*found.slot);
	if (call_thread(found.call) != thread)
		found.call = 0;
	return found;
}

/*
 * False: the call is no longer there. replacement: 0 removes it. User space may set BIND_CALL_SEEN
 * meanwhile, which does not make it another call.
 */
static __always_inline bool inflight_replace(struct inflight_bind found, __u64 replacement)
{
	if (!found.slot)
		return false;
	return swap(found.slot, found.call, replacement) ||
	       swap(found.slot, found.call | BIND_CALL_SEEN, replacement);
}

#endif

/* False: the call is no longer there. */
static __always_inline bool inflight_remove(struct inflight_bind found)
{
	return inflight_replace(found, 0);
}

#endif
