/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The order in which other CPUs see an entry being written: its words first, kind last.
 * x86 keeps the order of stores, and of loads. arm64 keeps neither; but atomics that
 * fetch are barriers there, and a load is not made before the address that it is
 * made from is known.
 *
 * All else that counting needs to be in order is: what depends on control.generation is
 * addressed by it, a call changes hands by compare-and-swap, and what user space
 * changes otherwise is followed by a grace period.
 */
#ifndef BIND_ORDER_H
#define BIND_ORDER_H

#include "bpf/inflight.h"

#ifdef __TARGET_ARCH_x86

/* entry, claimed as index, has its key, of this kind, and may be read from now on. */
static __always_inline void publish(struct bind_entry *entry, __u64 kind, __u32 index)
{
	barrier();
	*(volatile __u64 *)&entry->key.kind = kind;
}

/* The entry for reading what was written before its kind, which has just been read. */
static __always_inline const struct bind_entry *entry_after(const struct bind_entry *entry,
							    __u64 kind)
{
	return entry;
}

#else

static __always_inline void publish(struct bind_entry *entry, __u64 kind, __u32 index)
{
#ifdef BIND_BEFORE_5_12
	/* Nothing fetches there. Leaving a lock and then taking one is a barrier, too. */
	take_once(index);
	take_once(index);
	*(volatile __u64 *)&entry->key.kind = kind;
#else
	__sync_lock_test_and_set(&entry->key.kind, kind);
#endif
}

/* Adds a 0 that neither the compiler nor the verifier takes out. */
static __always_inline const struct bind_entry *entry_after(const struct bind_entry *entry,
							    __u64 kind)
{
	asm volatile("%0 &= 0" : "+r"(kind));
	return (const struct bind_entry *)((const char *)entry + kind);
}

#endif
#endif
