/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The order in which other CPUs see an entry being written: kind is last.
 *
 * x86 keeps stores in order, and loads in order. arm64 keeps neither. There, atomic instructions
 * that return the old value are barriers, and a load is not made before the address that it
 * depends on is known.
 *
 * Everything else that counting needs to be in order already is: memory that depends on
 * control.generation is addressed by it, a call in flight changes by compare-and-swap, and any
 * other change by user space is followed by an RCU grace period.
 */
#ifndef BIND_ORDER_H
#define BIND_ORDER_H

#include "bpf/claim.h"

#ifdef __TARGET_ARCH_x86

/*
 * Lets other CPUs read the entry, which was claimed as index and is complete except for its kind.
 */
static __always_inline void publish(struct bind_entry *entry, __u64 kind, __u32 index)
{
	barrier();
	*(volatile __u64 *)&entry->key.kind = kind;
}

/*
 * Returns the entry. Loads through the returned pointer happen after the load of kind, which the
 * caller has just read from it.
 */
static __always_inline const struct bind_entry *entry_after(const struct bind_entry *entry,
							    __u64 kind)
{
	return entry;
}

#else

static __always_inline void publish(struct bind_entry *entry, __u64 kind, __u32 index)
{
#ifdef BIND_BEFORE_5_12
	/* This instruction set has no such atomics. Releasing a lock and then taking one is a
	 * barrier, too. */
	claim_once(index);
	claim_once(index);
	*(volatile __u64 *)&entry->key.kind = kind;
#else
	__sync_lock_test_and_set(&entry->key.kind, kind);
#endif
}

/* Adds a 0 that neither the compiler nor the verifier removes. */
static __always_inline const struct bind_entry *entry_after(const struct bind_entry *entry,
							    __u64 kind)
{
	asm volatile("%0 &= 0" : "+r"(kind));
	return (const struct bind_entry *)((const char *)entry + kind);
}

#endif
#endif
