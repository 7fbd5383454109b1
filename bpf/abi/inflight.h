/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Binds in flight, one word each. Part of bind_abi.h. */
#ifndef BIND_ABI_INFLIGHT_H
#define BIND_ABI_INFLIGHT_H

#include <linux/types.h>

/*
 * A bind in flight: a call that was counted and whose result is not known yet. It is one word, so
 * that one instruction can insert, change or remove it. Every inserted call is removed exactly
 * once: by its result, or by another call that displaces it, which counts as BIND_MISSED_RESULT.
 *
 *   bits 0-17   index of the entry in its half, or of the overflow
 *   bits 18-23  BIND_CALL_*
 *   bits 24-31  generation, low bits: which half
 *   bits 32-63  the kernel's thread id, in the initial PID namespace
 */
#define BIND_CALL_INDEX            0x3ffffULL
#define BIND_CALL_OVERFLOW         (1ULL << 18) /* index is bind_overflow_index(0, ...) */
#define BIND_CALL_RESERVED         (1ULL << 19) /* its kind is bind_is_reserved() */
#define BIND_CALL_MARKED           (1ULL << 20) /* counted, and still inside security_socket_bind() */
#define BIND_CALL_ABANDONED        (1ULL << 21) /* by user space: a missed result, even if it comes */
#define BIND_CALL_SELFCHECK        (1ULL << 22) /* the exporter's self-check */
#define BIND_CALL_SEEN             (1ULL << 23) /* by user space: never set in a new call */
#define BIND_CALL_GENERATION_SHIFT 24
#define BIND_CALL_GENERATION_MASK  0xffULL

/* Slots of a group, and groups: a thread's group is a hash of its id. */
#define BIND_CALL_WAYS        7
#define BIND_CALL_GROUPS_BITS 11

struct bind_calls {
	__u64 call[BIND_CALL_WAYS];
	/* Marked calls that overflowed and are not known to have left the hook. */
	__u64 overflowed;
};

/* target: index and BIND_CALL_OVERFLOW of a call. error: a positive errno, below 4096. */
static inline __u64 bind_failure_key(__u64 target, __u32 error)
{
	return (target & (BIND_CALL_INDEX | BIND_CALL_OVERFLOW)) << 16 | error;
}

_Static_assert(sizeof(struct bind_calls) == 64, "a group is a cache line");

#endif
