/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel's table: keys, entries, origins of their cgroups, failures, and how many of each there
 * can be. Part of bind_abi.h.
 */
#ifndef BIND_ABI_TABLE_H
#define BIND_ABI_TABLE_H

#include <linux/types.h>

#include "bpf/abi/kind.h"

#define BIND_COMM_SIZE      16 /* TASK_COMM_LEN, with the terminating NUL */
#define BIND_PROBES         32 /* entries that a bind looks at before it overflows */
#define BIND_FAILURE_PROBES 16 /* the same for a failure */
#define BIND_TABLE_BITS_MIN 9  /* halves are powers of two */
#define BIND_TABLE_BITS_MAX 18

/* Elements of the map missed, for each CPU. The first three are attempts that are in no row. */
enum bind_missed {
	BIND_MISSED_ADDRESS = 0, /* tracepoint mode: the address was not readable */
	BIND_MISSED_PENDING = 1, /* tracepoint mode: no room to remember the call */
	BIND_MISSED_EXIT = 2,    /* tracepoint mode: the exit of the call was not seen */
	BIND_MISSED_RESULT = 3,  /* attempts whose result was not seen */
	/* Marks left behind: BIND_CALL_MARKED remained, because exit_socket_bind was skipped. */
	BIND_MARKS_LEFT = 4,
	BIND_MISSED_REASONS = 8,
};

/*
 * Attempts with different keys are counted separately. A key consists of words, so that comparing
 * takes few loads. kind: see bind_kind(); 0 means "no key", BIND_BEING_WRITTEN that a key is being
 * written. Labels that are off are 0.
 */
struct bind_key {
	__u64 comm[2]; /* BIND_COMM_SIZE bytes, NUL-padded */
	__u64 kind;
	__u64 owner;  /* uid | network namespace << 32 */
	__u64 cgroup; /* id of the caller's cgroup in the v2 hierarchy */
};

#define BIND_KEY_WORDS     5
#define BIND_BEING_WRITTEN (~0ULL)

/* bind_entry.flags: the claiming task could have bound any port of the initial user namespace. */
#define BIND_ENTRY_CAPABLE 1

/*
 * One entry of the table. The program that claims it writes it once: kind is last. A reader that
 * sees a kind (acquire) sees a complete entry. After that, nothing but last_s changes until the
 * half is emptied.
 */
struct bind_entry {
	struct bind_key key;
	__u64 first_ns; /* CLOCK_BOOTTIME of the claim, nanoseconds */
	__u64 last_s;   /* CLOCK_BOOTTIME of the last attempt, seconds; 0: not kept */
	__u64 flags;
};

/* The meaning of the bytes of a struct bind_origin. */
enum bind_origin_state {
	BIND_ORIGIN_NONE = 0,
	/*
	 * Written by the claiming task before it publishes the entry: names of cgroups, each with
	 * its NUL: its own cgroup, that cgroup's parent, and so on. An empty name, or the end of
	 * the bytes, follows the last one. Complete: the last name is just below the root. Cut:
	 * there were too many names, and the bytes mean nothing.
	 */
	BIND_ORIGIN_COMPLETE = 1,
	BIND_ORIGIN_CUT = 2,
	/*
	 * Written by user space before it first shows the entry's counts: a struct owner. It is
	 * kept whatever becomes known later, and passed on to a successor. Deciding: it was not
	 * shown yet.
	 */
	BIND_ORIGIN_DECIDING = 3,
	BIND_ORIGIN_DECIDED = 4,
	/*
	 * Written by the claiming task: names, but some are left out after the first, which is its
	 * own cgroup (empty: left out as well). The last name is just below the root.
	 */
	BIND_ORIGIN_MIDDLE_OUT = 5,
};

#define BIND_ORIGIN_BYTES  508
#define BIND_ORIGIN_LEVELS 64 /* most names: the caller's own cgroup and 63 ancestors */

/* Names are read in pieces. At any offset up to BIND_ORIGIN_ROOM, a whole piece fits. */
#define BIND_ORIGIN_PIECE 64
#define BIND_ORIGIN_ROOM  (BIND_ORIGIN_BYTES - BIND_ORIGIN_PIECE)

/*
 * Bytes with the NUL. If space is short, a longer name of the caller's own cgroup is left out
 * first.
 */
#define BIND_ORIGIN_OWN_MAX 128

/* Belongs to the entry with the same index in both halves, and is emptied with it. */
struct bind_origin {
	__u32 state; /* enum bind_origin_state */
	char bytes[BIND_ORIGIN_BYTES];
};

/* Failures with one errno, of one entry or of the overflow of one category and family. */
struct bind_failure {
	__u64 key; /* bind_failure_key(); 0: free */
	__u64 count;
};

/*
 * Before 5.12, a claim is an element of the map claims. Its key is the index of an entry, or this
 * bit and the index of a failure, both in both halves.
 */
#define BIND_CLAIM_FAILURE (1U << 31)

/*
 * half: entries of a half. The ordinary limit is the number of entries that kinds that are not
 * bind_is_reserved() can take, and the number of failures. The incapable limit is the number of
 * entries that all tasks without BIND_ENTRY_CAPABLE can take.
 *
 * The first is more than the rows that ordinary kinds may have, the second more than the rows of
 * all these tasks. If a flood could take more, the others would not find a free entry within
 * BIND_PROBES.
 */
static inline __u64 bind_ordinary_limit(__u64 half)
{
	return half / 2;
}

static inline __u64 bind_incapable_limit(__u64 half)
{
	return half / 2 + half / 8;
}

/* Families of BIND_FAMILIES and above share element 0, which no socket has. */
static inline __u32 bind_overflow_index(__u32 cpu, __u8 category, __u16 family)
{
	__u32 slot = family < BIND_FAMILIES ? family : 0;

	return (cpu * BIND_CATEGORIES + ((category - 1) & (BIND_CATEGORIES - 1))) * BIND_FAMILIES +
	       slot;
}

_Static_assert(sizeof(struct bind_key) == 8 * BIND_KEY_WORDS, "compared without padding");
_Static_assert(sizeof(struct bind_entry) == 64, "a power of two: indexing is a shift");
_Static_assert(sizeof(struct bind_origin) == 512, "a power of two: indexing is a shift");

#endif
