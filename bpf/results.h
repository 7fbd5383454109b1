/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Results: a counted call is in flight until its result is known. A failure is then counted, a
 * success is not.
 */
#ifndef BIND_RESULTS_H
#define BIND_RESULTS_H

#include "bpf/inflight.h"
#include "bpf/table.h"

static __always_inline void missed_result(__u64 call)
{
	if (call && !(call & BIND_CALL_SELFCHECK))
		add_missed(BIND_MISSED_RESULT);
}

/* Counts a mark left behind: exit_socket_bind() would have removed it. */
static __always_inline void end_mark(__u64 call)
{
	if (call & BIND_CALL_MARKED)
		add_missed(BIND_MARKS_LEFT);
}

/*
 * Inserts a call of this thread. The result of a call that overflows, or is displaced, is missed.
 */
__noinline int begin_call(__u64 call)
{
	__u64 displaced = 0;

	call |= bpf_get_current_pid_tgid() << 32;
	if (inflight_insert(call, &displaced)) {
		end_mark(displaced);
		missed_result(displaced);
		return 0;
	}
	missed_result(call & ~BIND_CALL_MARKED);
	return 0;
}

/*
 * One counter for all CPUs: failures are few, and few CPUs have the same one at the same time.
 * False: no element of failures is free for the key.
 */
static __always_inline bool count_failure_of(__u64 call, __u64 key)
{
	__u32 half = call >> BIND_CALL_GENERATION_SHIFT & 1;
	__u64 hash = mix(key * settings.hash_multiplier[0]);
	__u32 index = first_probe(hash);

	for (int probe = 0; probe < BIND_FAILURE_PROBES; probe++) {
		__u32 slot = half << settings.table_bits | index;
		struct bind_failure *failure = bpf_map_lookup_elem(&failures, &slot);
		__u64 found, limit = bind_ordinary_limit(settings.table_mask + 1);

		if (!failure)
			return false;
		found = barrier_read(failure->key);
		if (found == 0 &&
		    ((call & BIND_CALL_RESERVED) ||
		     barrier_read(*of_half(control.ordinary_failures, half)) < limit) &&
		    claim_failure(failure, slot, key)) {
			if (!(call & BIND_CALL_RESERVED))
				__atomic_fetch_add(of_half(control.ordinary_failures, half), 1,
						   __ATOMIC_RELAXED);
			found = key;
		}
		if (found == key) {
			__atomic_fetch_add(&failure->count, 1, __ATOMIC_RELAXED);
			return true;
		}
		index = next_probe(hash, index);
	}
	return false;
}

/* call: its word while in flight. error: a positive errno. */
__noinline int count_failure(__u64 call, __u32 error)
{
	__u32 index = call & BIND_CALL_INDEX;

	if (count_failure_of(call, bind_failure_key(call, error)))
		return 0;
	if (!(call & BIND_CALL_OVERFLOW)) {
		__u32 half = call >> BIND_CALL_GENERATION_SHIFT & 1;
		__u32 slot = half << settings.table_bits | (index & settings.table_mask);
		struct bind_entry *entry = bpf_map_lookup_elem(&table, &slot);

		if (!entry) {
			add_missed(BIND_MISSED_RESULT);
			return 0;
		}
		index = bind_overflow_index(0, bind_kind_category(entry->key.kind),
					    bind_kind_family(entry->key.kind));
	}
	if (!add_one(&failure_overflow, index))
		add_missed(BIND_MISSED_RESULT);
	return 0;
}

/* The call's half is being emptied, or was: its entry may belong to another key by now. */
static __always_inline bool is_forgotten(__u64 call)
{
	__u8 generation = call >> BIND_CALL_GENERATION_SHIFT;

	return (__s8)(generation - (__u8)barrier_read(control.drained)) < 0;
}

/*
 * Removes this thread's call and counts its failure. result: 0 or -errno. False: the call is not
 * known, because its attempt was not counted here.
 */
static __always_inline bool end_call(int result)
{
	struct inflight_bind found = inflight_find(bpf_get_current_pid_tgid());

	if (!found.call)
		return false;
	if ((found.call & BIND_CALL_ABANDONED) || !inflight_remove(found))
		return true;
	end_mark(found.call);
	if (found.call & BIND_CALL_SELFCHECK)
		__atomic_fetch_add(&control.selfcheck_results, 1, __ATOMIC_RELAXED);
	else if (is_forgotten(found.call))
		add_missed(BIND_MISSED_RESULT);
	else if (result < 0 && result > -4096)
		count_failure(found.call, -result);
	return true;
}

#endif
