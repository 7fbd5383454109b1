/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The kernel's table: keys, entries, where their cgroups are, failures, and how many of each there
 * may be. Part of bind_abi.h, which see. */
#ifndef BIND_ABI_TABLE_H
#define BIND_ABI_TABLE_H

#include <linux/types.h>

#include "bpf/abi/kind.h"

#define BIND_COMM_SIZE      16 /* TASK_COMM_LEN, with the terminating NUL */
#define BIND_PROBES         32 /* entries looked at before a bind overflows */
#define BIND_FAILURE_PROBES 16 /* likewise for a failure */
#define BIND_TABLE_BITS_MIN 9  /* halves are powers of two */
#define BIND_TABLE_BITS_MAX 18

/* Slots of missed, by CPU. The first three are attempts in no row. */
enum bind_missed {
	BIND_MISSED_ADDRESS = 0, /* tracepoint mode: the address was not readable */
	BIND_MISSED_PENDING = 1, /* tracepoint mode: no room to remember the call */
	BIND_MISSED_EXIT = 2,    /* tracepoint mode: the exit of the call was not seen */
	BIND_MISSED_RESULT = 3,  /* attempts whose result was not seen */
	BIND_MARKS_LEFT = 4, /* calls that kept BIND_CALL_MARKED: exit_socket_bind was skipped */
	BIND_MISSED_REASONS = 8,
};

/*
 * What is counted separately; words, so that comparing takes few loads. kind:
 * see bind_kind(); 0 means "no key", BIND_BEING_WRITTEN that one is on its way.
 * Dimensions that are off are 0.
 */
struct bind_key {
	__u64 comm[2]; /* BIND_COMM_SIZE bytes, NUL-padded */
	__u64 kind;
	__u64 owner;  /* uid | network namespace << 32 */
	__u64 cgroup; /* id of the caller's, in the v2 hierarchy */
};

#define BIND_KEY_WORDS     5
#define BIND_BEING_WRITTEN (~0ULL)

/* bind_entry.flags: the claimer could have bound any port of the initial user namespace. */
#define BIND_ENTRY_CAPABLE 1

/*
 * One entry of the table. Written once, by the program that claimed it: all but
 * kind, then, last, kind. A reader that sees a kind (acquire) sees a complete
 * entry, of which nothing but last_s changes until the half is forgotten.
 */
struct bind_entry {
	struct bind_key key;
	__u64 first_ns; /* CLOCK_BOOTTIME of the claim, nanoseconds */
	__u64 last_s;   /* CLOCK_BOOTTIME of the last attempt, seconds; 0: not kept */
	__u64 flags;
};

/* What the bytes of a struct bind_origin are. */
enum bind_origin_state {
	BIND_ORIGIN_NONE = 0,
	/*
	 * By the claimer, before it publishes the entry: names of cgroups, each with its NUL: the
	 * caller's own, its parent's, and so on, an empty one or the end after the last. Complete:
	 * up to below the root. Cut: they tell nothing, since there are too many.
	 */
	BIND_ORIGIN_COMPLETE = 1,
	BIND_ORIGIN_CUT = 2,
	/*
	 * By user space, before it shows the entry's counts for the first time: a struct owner,
	 * which is to stay whatever becomes known later, also to a successor. Deciding: it was not
	 * shown yet.
	 */
	BIND_ORIGIN_DECIDING = 3,
	BIND_ORIGIN_DECIDED = 4,
	/*
	 * By the claimer: names again, but some are left out behind the first, which is the
	 * caller's own (empty: left out, too). Those behind go up to below the root.
	 */
	BIND_ORIGIN_MIDDLE_OUT = 5,
};

#define BIND_ORIGIN_BYTES  508
#define BIND_ORIGIN_LEVELS 64 /* names at most: the caller's own cgroup and 63 ancestors */

/* A name is read in pieces, for each of which there must be room; in this much, there always is. */
#define BIND_ORIGIN_PIECE 64
#define BIND_ORIGIN_ROOM  (BIND_ORIGIN_BYTES - BIND_ORIGIN_PIECE)

/* With its NUL: a longer name of the caller's own is left out before those nearest to the root. */
#define BIND_ORIGIN_OWN_MAX 128

/* Of the entry with the same index; in both halves, and emptied with them. */
struct bind_origin {
	__u32 state; /* enum bind_origin_state */
	char bytes[BIND_ORIGIN_BYTES];
};

/* Failures of one entry, or of the overflow of one kind, with one errno. */
struct bind_failure {
	__u64 key; /* bind_failure_key(); 0: free */
	__u64 count;
};

/*
 * How many of a half's entries kinds that are not bind_is_reserved() may take, and as many of
 * its failures; and how many all tasks that are not capable. The first is more than the rows
 * that ordinary kinds may have, the second more than those of all these tasks. With more of
 * them taken than that by a flood, the others would not find one within BIND_PROBES.
 */
static inline __u64 bind_ordinary_limit(__u64 half)
{
	return half / 2;
}

static inline __u64 bind_incapable_limit(__u64 half)
{
	return half / 2 + half / 8;
}

/* Families beyond the table's end share its slot 0, which no socket has. */
static inline __u32 bind_overflow_index(__u32 cpu, __u8 category, __u16 family)
{
	__u32 slot = family < BIND_FAMILIES ? family : 0;

	return (cpu * BIND_CATEGORIES + ((category - 1) & (BIND_CATEGORIES - 1))) * BIND_FAMILIES +
	       slot;
}

_Static_assert(sizeof(struct bind_key) == 8 * BIND_KEY_WORDS, "compared without padding");
_Static_assert(sizeof(struct bind_entry) == 64, "a power of two: indexing is a shift");
_Static_assert(sizeof(struct bind_origin) == 512, "likewise");

#endif
