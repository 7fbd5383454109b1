/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Memory that the programs share with user space: settings, control, and the maps of counters.
 * These are definitions, not declarations: only one source of an object can include this file.
 */
#ifndef BIND_COUNTERS_H
#define BIND_COUNTERS_H

#include "bpf/abi/bind_abi.h"

#define barrier_read(variable) (*(volatile __typeof__(variable) *)&(variable))

/*
 * Reduces *value to max if it is more. max: a constant below 2^31. This is assembly because the
 * verifier learns the range of the compared register only. A compiler that saw the comparison
 * could continue with a copy from before it.
 */
static __always_inline void at_most(__u64 *value, const __u64 max)
{
	asm volatile("if %0 <= %1 goto +1\n\t%0 = %1" : "+r"(*value) : "i"(max));
}

const volatile struct bind_settings settings SEC(".rodata.settings");
struct bind_control control SEC(".data.control");

/* The exporter sets all sizes before loading, from the limit of rows and the possible CPUs. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct bind_entry);
} table SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct bind_origin);
} origins SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct bind_failure);
} failures SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} attempts SEC(".maps"), overflow SEC(".maps"), failure_overflow SEC(".maps"), missed SEC(".maps");

/* Written by user space only (metrics/rows/ledger.h); it is a map so that it can be pinned. */
struct ledger_element {
	__u64 words[9];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct ledger_element);
} ledger SEC(".maps");

/*
 * The element of a pair in control that belongs to the half. The mask comes last, so that the
 * verifier knows the range whatever it knew of half before.
 */
static __always_inline __u64 *of_half(__u64 *pair, __u64 half)
{
	half &= 1;
	barrier_var(half);
	return &pair[half];
}

/* False: there is no such counter. */
static __always_inline bool add_one(void *map, __u32 index)
{
	__u64 *value = bpf_map_lookup_elem(map, &index);

	if (!value)
		return false;
	__atomic_fetch_add(value, 1, __ATOMIC_RELAXED);
	return true;
}

/*
 * here: index of this CPU's counter. first: index of CPU 0's, which always exists, and counts for a
 * CPU without a counter. The sum stays right, since all adds are atomic and readers sum over CPUs.
 */
static __always_inline void add_here(void *map, __u32 here, __u32 first)
{
	if (!add_one(map, here))
		add_one(map, first);
}

static __always_inline void add_missed(enum bind_missed reason)
{
	add_here(&missed, bpf_get_smp_processor_id() * BIND_MISSED_REASONS + reason, reason);
}

#endif
