/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the kernel side and user space share: keys, table layout, settings.
 *
 * A bind is counted under a key of {category, family, comm}. Keys live in a
 * fixed-size open-addressed table; an entry's counters live in a second array,
 * one per CPU, laid out CPU by CPU. Both are memory-mapped by the exporter:
 *
 *   table[e]                      who: key and first attempt of entry e
 *   attempts[cpu << bits | e]     how often, on that CPU (2^bits = table size)
 *   overflow[bind_overflow_index] binds that found no entry
 *   missed[cpu * 8 + reason]      binds seen, but not attributable
 *
 * Worked example: with a table of 4096 entries (bits = 12), nginx binding port
 * 80 on CPU 3, whose key sits in entry 77, adds one to attempts[3 << 12 | 77].
 * The total of the key is the sum of attempts[c << 12 | 77] over all possible
 * CPUs c, plus that of any other entry with the same key: two tasks that race
 * for a new key may create two entries, which the reader adds up.
 *
 * All integers are in host byte order unless a type says otherwise (__be16).
 * Enumerations are append-only: their numbers are in pinned and mapped memory.
 */
#ifndef BIND_ABI_H
#define BIND_ABI_H

#include <linux/types.h>

#define BIND_COMM_SIZE      16 /* TASK_COMM_LEN, with the terminating NUL */
#define BIND_PROBES         32 /* entries looked at before a bind overflows */
#define BIND_TABLE_BITS_MIN 9  /* table sizes are powers of two */
#define BIND_TABLE_BITS_MAX 18

/* The kind of local name that was asked for. Never 0: see bind_key.kind. */
enum bind_category {
	BIND_WELL_KNOWN = 1, /* port 1-1023 (IANA: system ports) */
	BIND_REGISTERED = 2, /* port 1024-49151 (IANA: user ports) */
	BIND_DYNAMIC = 3,    /* port 49152-65535 (IANA: dynamic ports) */
	BIND_AUTO = 4,       /* the kernel picks: port 0, or an unnamed UNIX address */
	BIND_PATHNAME = 5,   /* UNIX socket in the file system */
	BIND_ABSTRACT = 6,   /* UNIX socket in the abstract namespace */
	BIND_NONE = 7,       /* a family without such a notion */
	BIND_INVALID = 8,    /* too short, or of a family that the socket refuses */
	BIND_CATEGORIES = 8,
};

/*
 * Address families as sk_family numbers them (AF_* in the kernel's
 * include/linux/socket.h). Only those that classification treats by name.
 */
enum bind_family {
	BIND_AF_UNSPEC = 0,
	BIND_AF_UNIX = 1,
	BIND_AF_INET = 2,
	BIND_AF_INET6 = 10,
	BIND_AF_NETLINK = 16,
	BIND_AF_PACKET = 17,
	BIND_AF_RDS = 21,
	BIND_AF_CAN = 29,
	BIND_AF_TIPC = 30,
	BIND_AF_ALG = 38,
	BIND_AF_VSOCK = 40,
	BIND_AF_QIPCRTR = 42,
	BIND_AF_SMC = 43,
	BIND_AF_XDP = 44,
	BIND_FAMILIES = 64, /* AF_MAX is 46 (Linux 7.x); the rest is room to grow */
};

/* Attempts that were noticed but could not be attributed to a row. */
enum bind_missed {
	BIND_MISSED_ADDRESS = 0, /* tracepoint mode: the address was not readable */
	BIND_MISSED_PENDING = 1, /* tracepoint mode: no room to remember the call */
	BIND_MISSED_EXIT = 2,    /* tracepoint mode: the exit of the call was not seen */
	BIND_MISSED_REASONS = 8, /* slots per CPU */
};

/* What is counted separately; three words so that comparing takes three loads. */
struct bind_key {
	__u64 comm[2]; /* BIND_COMM_SIZE bytes, NUL-padded */
	__u64 kind;    /* category | family << 8; 0 means "no key" */
};

/*
 * One entry of the table. Written once, by the program that claimed it: comm
 * and first_ns, then, last, kind. A reader that sees kind != 0 (acquire) sees a
 * complete entry, and no entry changes after that.
 */
struct bind_entry {
	struct bind_key key;
	__u64 first_ns; /* CLOCK_BOOTTIME of the claim, nanoseconds */
};

/* Constants of a loaded program (rodata): set between open and load. */
struct bind_settings {
	/*
	 * Random, odd. Which names share a chain of probes must not be
	 * predictable, or a process could crowd another's name into "(other)".
	 */
	__u64 hash_multiplier[3];
	__u32 table_bits;     /* log2 of the table size */
	__u32 table_mask;     /* table size - 1 */
	__u32 hash_shift;     /* 64 - table_bits */
	__u32 comm_of_thread; /* 0: the thread-group leader's comm, 1: the caller's */
	__u32 comm_unpadded;  /* 1: the kernel leaves older bytes behind the NUL (before 5.17) */
	__u32 reserved;
};

/*
 * Variables of a loaded program, mapped writable by the exporter.
 *
 * The first two are for the exporter's own bind, by which it checks that the
 * hook still fires: an abstract UNIX address of exactly 16 bytes, whose last
 * eight are the nonce. A pid would not do: it means something else in every PID
 * namespace.
 */
struct bind_control {
	__u64 selfcheck_nonce; /* 0: no check is going on */
	__u64 selfcheck_seen;  /* binds recognised by the nonce, counted nowhere else */
	__u64 zero;            /* always 0, which the verifier cannot know */
	__u64 ordinary;        /* entries claimed by kinds that are not bind_is_reserved() */
};

#define BIND_SELFCHECK_LENGTH 16 /* bytes of the address, sa_family included */

static inline __u64 bind_kind(__u8 category, __u16 family)
{
	return category | (__u64)family << 8;
}

static inline __u8 bind_kind_category(__u64 kind)
{
	return (__u8)kind;
}

static inline __u16 bind_kind_family(__u64 kind)
{
	return (__u16)(kind >> 8);
}

/*
 * A quarter of the rows and half of the table are kept for these: names that
 * flood other categories take nothing from them. (Anyone may *attempt* to bind a
 * privileged port: a flood of such attempts does fill them.)
 */
static inline int bind_is_reserved(__u64 kind)
{
	__u8 category = bind_kind_category(kind);

	return category == BIND_WELL_KNOWN || category == BIND_PATHNAME;
}

/* Families beyond the table's end share its slot 0, which no socket has. */
static inline __u32 bind_overflow_index(__u32 cpu, __u8 category, __u16 family)
{
	__u32 slot = family < BIND_FAMILIES ? family : 0;

	return (cpu * BIND_CATEGORIES + ((category - 1) & (BIND_CATEGORIES - 1))) * BIND_FAMILIES +
	       slot;
}

_Static_assert(sizeof(struct bind_key) == 24, "keys are compared word by word, without padding");
_Static_assert(sizeof(struct bind_entry) == 32, "a power of two: indexing is a shift");
_Static_assert(sizeof(struct bind_settings) == 48, "rodata layout");
_Static_assert(sizeof(struct bind_control) == 32, "mapped layout");
_Static_assert((BIND_CATEGORIES & (BIND_CATEGORIES - 1)) == 0, "masked in bind_overflow_index");

#endif
