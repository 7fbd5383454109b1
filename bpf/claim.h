/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Claims: when several tasks race for a free entry of the table, or for a free element of
 * failures, exactly one of them may write it.
 *
 * BPF programs can compare and swap since Linux 5.12. An object compiled with BIND_BEFORE_5_12
 * uses a hash map instead, because its updates and deletions are single steps, too.
 */
#ifndef BIND_CLAIM_H
#define BIND_CLAIM_H

#include "bpf/counters.h"

#ifdef BIND_BEFORE_5_12

/* Keys: the index of an entry, or BIND_CLAIM_FAILURE | the index of a failure. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u8);
} claims SEC(".maps");

static __always_inline bool claim_once(__u32 claim)
{
	__u8 one = 1;

	return bpf_map_update_elem(&claims, &claim, &one, BPF_NOEXIST) == 0;
}

static __always_inline bool claim_entry(struct bind_entry *entry, __u32 index)
{
	return claim_once(index);
}

static __always_inline bool claim_failure(struct bind_failure *failure, __u32 index, __u64 key)
{
	if (!claim_once(BIND_CLAIM_FAILURE | index))
		return false;
	*(volatile __u64 *)&failure->key = key;
	return true;
}

#else

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

#endif
#endif
