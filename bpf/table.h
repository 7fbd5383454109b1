/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The table of attempts: entries, each with one key, and a counter per entry and CPU. Counting is
 * one atomic add. Claiming an entry happens once per key.
 */
#ifndef BIND_TABLE_H
#define BIND_TABLE_H

#include "bpf/order.h"
#include "bpf/origin.h"
#include "bpf/task.h"

/* Whether a new key of this kind may take an entry of the half: see bind_is_reserved(). */
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
 * Claims an entry for a new key, which complete() then publishes. Runs once per key. slot: index in
 * both halves. False: the entry is taken or being taken, or this kind may not have one.
 *
 * Not static, with words as arguments: the verifier checks such a function once, for any values.
 * Otherwise it would follow every kind of bind through all probes. The same goes for count() and
 * begin_call().
 */
__noinline int claim(__u64 comm0, __u64 comm1, __u64 kind, __u64 owner, __u32 slot)
{
	struct bind_entry *entry = bpf_map_lookup_elem(&table, &slot);
	__u32 half = slot >> settings.table_bits & 1;
	bool capable = is_capable();

	if (!entry || !has_room(kind, capable, half) || !claim_entry(entry, slot))
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
 * Reads the origin of a claimed entry and publishes the entry. False: there is no such slot.
 *
 * Separate from claim() because the stacks of functions that call each other may add up to 512
 * bytes at most, and reading names takes some of that.
 */
__noinline int complete(__u64 kind, __u32 slot)
{
	struct bind_entry *entry = bpf_map_lookup_elem(&table, &slot);

	if (!entry)
		return false;
	entry->key.cgroup = capture_origin(slot);
	publish(entry, kind, slot);
	return true;
}

static __always_inline bool same_key(const struct bind_entry *entry, __u64 kind,
				     const struct bind_key *key, bool owned)
{
	return kind == key->kind && entry->key.comm[0] == key->comm[0] &&
	       entry->key.comm[1] == key->comm[1] && entry->key.owner == key->owner &&
	       (!owned || entry->key.cgroup == key->cgroup);
}

/* Mixes the upper half into the lower: keys that differ in a few bytes only would cluster. */
static __always_inline __u64 mix(__u64 sum)
{
	return (sum ^ sum >> 32) * settings.hash_multiplier[2];
}

static __always_inline __u32 first_probe(__u64 hash)
{
	return hash >> settings.hash_shift;
}

/*
 * Every key moves through the table by a step of its own, which is odd, so that it reaches every
 * entry. With runs of neighbours, one in 25 keys would find no free entry in a table that is
 * three quarters full. With steps, and five eighths taken, it is one in three million.
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
	return mix(sum);
}

/* In seconds, and stored once a second: a store at every bind would cost its cache line. */
static __always_inline void keep_last(struct bind_entry *entry)
{
	__u64 now;

	if (!settings.last_attempt)
		return;
	now = bpf_ktime_get_boot_ns() / 1000000000;
	if (entry->last_s != now)
		entry->last_s = now;
}

/*
 * Counts an attempt. Returns its index and BIND_CALL_OVERFLOW, as in the word of a call in flight.
 * owned: the cgroup is part of the key.
 */
static __always_inline int count_key(const struct bind_key *key, __u64 generation, bool owned)
{
	const __u32 bits = settings.table_bits;
	__u32 half = (generation & 1) << bits;
	__u32 cpu = bpf_get_smp_processor_id();
	__u64 hash = hash_of(key, owned);
	__u32 index = first_probe(hash);

	for (int probe = 0; probe < BIND_PROBES; probe++) {
		__u32 slot = half | index;
		struct bind_entry *entry = bpf_map_lookup_elem(&table, &slot);
		__u64 found;

		if (!entry)
			break;
		found = barrier_read(entry->key.kind);
		if (same_key(entry_after(entry, found), found, key, owned) ||
		    (found == 0 && claim(key->comm[0], key->comm[1], key->kind, key->owner, slot) &&
		     complete(key->kind, slot))) {
			add_here(&attempts, cpu << (bits + 1) | slot, slot);
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

/* Separate from count(), so that counting without cgroups does not pay for them. */
__noinline int count_owned(__u64 comm0, __u64 comm1, __u64 kind, __u64 owner, __u64 generation)
{
	const struct bind_key key = {{comm0, comm1}, kind, owner, current_cgroup()};

	return count_key(&key, generation, true);
}

#endif
