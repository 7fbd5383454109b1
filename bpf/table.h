/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The table of attempts: which keys have an entry, and a counter for each on every
 * CPU. Counting is one atomic add; claiming an entry happens once per key.
 */
#ifndef BIND_TABLE_H
#define BIND_TABLE_H

#include "bpf/order.h"
#include "bpf/origin.h"
#include "bpf/task.h"

/* Whether a new key of this kind may take an entry: see bind_is_reserved(). */
static __always_inline bool has_room(__u64 kind, bool capable, __u32 half)
{
	__u64 size = settings.table_mask + 1;

	if (!bind_is_reserved(kind) &&
	    barrier_read(*of_half(control.ordinary, half)) >= bind_ordinary_limit(size))
		return false;
	return capable ||
	       barrier_read(*of_half(control.incapable, half)) < bind_incapable_limit(size);
}

/*
 * The rare path, once per new key, before complete(). False: the entry is taken, being taken, or
 * not for this kind. Not static, and words for arguments: such a function is verified once, for any
 * values, where the verifier would otherwise follow every kind of bind through all probes (as are
 * count() and begin_call()).
 */
__noinline int claim(__u64 comm0, __u64 comm1, __u64 kind, __u64 owner, __u32 place)
{
	struct bind_entry *entry = bpf_map_lookup_elem(&table, &place);
	__u32 half = place >> settings.table_bits & 1;
	bool capable = is_capable();

	if (!entry || !has_room(kind, capable, half) || !claim_entry(entry, place))
		return false;
	if (!bind_is_reserved(kind))
		__atomic_fetch_add(of_half(control.ordinary, half), 1, __ATOMIC_RELAXED);
	if (!capable)
		__atomic_fetch_add(of_half(control.incapable, half), 1, __ATOMIC_RELAXED);
	entry->key.comm[0] = comm0;
	entry->key.comm[1] = comm1;
	entry->key.owner = owner;
	entry->first_ns = bpf_ktime_get_boot_ns();
	entry->flags = capable ? BIND_ENTRY_CAPABLE : 0;
	return true;
}

/*
 * The rest of it. Apart, since stacks of functions that call each other add up to 512 bytes at
 * most, and those of reading names come on top of it. False: it cannot be.
 */
__noinline int complete(__u64 kind, __u32 place)
{
	struct bind_entry *entry = bpf_map_lookup_elem(&table, &place);

	if (!entry)
		return false;
	entry->key.cgroup = capture_origin(place);
	publish(entry, kind, place);
	return true;
}

static __always_inline bool same_key(const struct bind_entry *entry, __u64 kind,
				     const struct bind_key *key, bool owned)
{
	return kind == key->kind && entry->key.comm[0] == key->comm[0] &&
	       entry->key.comm[1] == key->comm[1] && entry->key.owner == key->owner &&
	       (!owned || entry->key.cgroup == key->cgroup);
}

/* Folded, or keys that differ in a few bytes only would cluster. */
static __always_inline __u64 fold(__u64 sum)
{
	return (sum ^ sum >> 32) * settings.hash_multiplier[2];
}

static __always_inline __u32 first_probe(__u64 hash)
{
	return hash >> settings.hash_shift;
}

/*
 * Every key goes through the table at its own pace, odd so that it comes everywhere: in
 * runs of neighbours, one in 25 keys would find no free entry in a table that
 * is three quarters full; so, with five eighths taken, it is one in three million.
 */
static __always_inline __u32 next_probe(__u64 hash, __u32 index)
{
	return (index + (hash >> 20 | 1)) & settings.table_mask;
}

static __always_inline __u64 hash_of(const struct bind_key *key, bool owned)
{
	__u64 sum = key->comm[0] * settings.hash_multiplier[0] +
		    key->comm[1] * settings.hash_multiplier[1] +
		    key->kind * settings.hash_multiplier[2] +
		    key->owner * settings.hash_multiplier[3];

	if (owned)
		sum += key->cgroup * settings.hash_multiplier[4];
	return fold(sum);
}

/* To the second, and stored once a second: a store for every bind would cost its cache line. */
static __always_inline void keep_last(struct bind_entry *entry)
{
	__u64 now;

	if (!settings.last_attempt)
		return;
	now = bpf_ktime_get_boot_ns() / 1000000000;
	if (entry->last_s != now)
		entry->last_s = now;
}

/* Returns where: the index and BIND_CALL_OVERFLOW of a call. owned: the cgroup is of the key. */
static __always_inline int count_key(const struct bind_key *key, __u64 generation, bool owned)
{
	const __u32 bits = settings.table_bits;
	__u32 half = (generation & 1) << bits;
	__u32 cpu = bpf_get_smp_processor_id();
	__u64 hash = hash_of(key, owned);
	__u32 index = first_probe(hash);

	for (int probe = 0; probe < BIND_PROBES; probe++) {
		__u32 place = half | index;
		struct bind_entry *entry = bpf_map_lookup_elem(&table, &place);
		__u64 found;

		if (!entry)
			break;
		found = barrier_read(entry->key.kind);
		if (same_key(entry_after(entry, found), found, key, owned) ||
		    (found == 0 &&
		     claim(key->comm[0], key->comm[1], key->kind, key->owner, place) &&
		     complete(key->kind, place))) {
			add_here(&attempts, cpu << (bits + 1) | place, place);
			keep_last(entry);
			return index;
		}
		index = next_probe(hash, index);
	}
	index = bind_overflow_index(0, bind_kind_category(key->kind), bind_kind_family(key->kind));
	add_here(&overflow, cpu * BIND_CATEGORIES * BIND_FAMILIES + index, index);
	return BIND_CALL_OVERFLOW | index;
}

__noinline int count(__u64 comm0, __u64 comm1, __u64 kind, __u64 owner, __u64 generation)
{
	const struct bind_key key = {{comm0, comm1}, kind, owner, 0};

	return count_key(&key, generation, false);
}

/* Apart, so that whoever does not count by cgroup pays nothing for it. */
__noinline int count_owned(__u64 comm0, __u64 comm1, __u64 kind, __u64 owner, __u64 generation)
{
	const struct bind_key key = {{comm0, comm1}, kind, owner, current_cgroup()};

	return count_key(&key, generation, true);
}

#endif
