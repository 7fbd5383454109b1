/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How a call that was counted ended: remembered by thread until its result is
 * known, then counted as a failure, or forgotten.
 */
#ifndef BIND_RESULTS_H
#define BIND_RESULTS_H

#include "bpf/table.h"

static __always_inline void missed_result(__u64 call)
{
	if (call && !(call & BIND_CALL_SELFCHECK))
		add_missed(BIND_MISSED_RESULT);
}

/* exit_socket_bind() would have taken the mark away. */
static __always_inline void end_mark(__u64 call)
{
	if (call & BIND_CALL_MARKED)
		add_missed(BIND_MARKS_LEFT);
}

/* Of a call that found no place the result is missed. */
__noinline int begin_call(__u64 call)
{
	__u64 displaced = 0;

	call |= bpf_get_current_pid_tgid() << 32;
	if (put_call(call, &displaced)) {
		end_mark(displaced);
		missed_result(displaced);
		return 0;
	}
	missed_result(call & ~BIND_CALL_MARKED);
	return 0;
}

/* Failures are few, and few CPUs have the same one at the same time: one counter for all. */
static __always_inline bool count_failure_of(__u64 call, __u64 key)
{
	__u32 half = call >> BIND_CALL_GENERATION_SHIFT & 1;
	__u64 hash = fold(key * settings.hash_multiplier[0]);
	__u32 index = first_probe(hash);

	for (int probe = 0; probe < BIND_FAILURE_PROBES; probe++) {
		__u32 place = half << settings.table_bits | index;
		struct bind_failure *failure = bpf_map_lookup_elem(&failures, &place);
		__u64 found, limit = bind_ordinary_limit(settings.table_mask + 1);

		if (!failure)
			return false;
		found = barrier_read(failure->key);
		if (found == 0 &&
		    ((call & BIND_CALL_RESERVED) ||
		     barrier_read(*of_half(control.ordinary_failures, half)) < limit) &&
		    claim_failure(failure, place, key)) {
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

__noinline int count_failure(__u64 call, __u32 error)
{
	__u32 index = call & BIND_CALL_INDEX;

	if (count_failure_of(call, bind_failure_key(call, error)))
		return 0;
	if (!(call & BIND_CALL_OVERFLOW)) {
		__u32 half = call >> BIND_CALL_GENERATION_SHIFT & 1;
		__u32 place = half << settings.table_bits | (index & settings.table_mask);
		struct bind_entry *entry = bpf_map_lookup_elem(&table, &place);

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

/* Its half is about to be forgotten, or is: an entry of it may be somebody else's by now. */
static __always_inline bool is_forgotten(__u64 call)
{
	__u8 generation = call >> BIND_CALL_GENERATION_SHIFT;

	return (__s8)(generation - (__u8)barrier_read(control.drained)) < 0;
}

/* result: 0 or -errno. False: the call is not known, its attempt was not counted here. */
static __always_inline bool end_call(int result)
{
	struct found_call found = find_call(bpf_get_current_pid_tgid());

	if (!found.call)
		return false;
	if ((found.call & BIND_CALL_ABANDONED) || !replace_call(found, 0))
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
