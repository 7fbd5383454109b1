/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the kernel side and user space share: keys, table layout, settings.
 *
 * A bind is counted under a key of {comm, kind, owner, cgroup}. Keys live in a
 * fixed-size open-addressed table of two halves, of which programs fill one; an
 * entry's counters live in a second array, one per CPU, laid out CPU by CPU.
 * All are memory-mapped by the exporter. With i = half << bits | entry and a
 * half of 2^bits entries:
 *
 *   table[i]                      who: key and first attempt of an entry
 *   origins[i]                    where its cgroup is (where BIND_LABELS_OWNER are on)
 *   attempts[cpu << bits + 1 | i] how often, on that CPU
 *   overflow[bind_overflow_index] binds that found no entry
 *   failures[half << bits | f]    how often binds of an entry failed, by errno
 *   failure_overflow[...]         failures that found no place there
 *   calls[g]                      binds whose result is not known yet, by thread
 *   missed[cpu * 8 + reason]      binds seen, but not attributable
 *
 * Worked example: with halves of 4096 entries (bits = 12), nginx binding port 80
 * on CPU 3, whose key sits in entry 77 of half 1, adds one to
 * attempts[3 << 13 | 1 << 12 | 77]. The total of the key is the sum over all
 * possible CPUs, plus that of any other entry with the same key: two tasks that
 * race for a new key may create two entries, which the reader adds up. If that
 * bind fails with EADDRINUSE (98), the element of failures whose key is
 * 77 << 16 | 98 is increased.
 *
 * All integers are in host byte order unless a type says otherwise (__be16).
 * Enumerations are append-only: their numbers are in pinned and mapped memory.
 */
#ifndef BIND_ABI_H
#define BIND_ABI_H

#include <linux/types.h>

/* Of everything in this file, and of metrics/ledger.h: pinned counters of another are refused. */
#define BIND_ABI_VERSION 2

#define BIND_COMM_SIZE      16 /* TASK_COMM_LEN, with the terminating NUL */
#define BIND_PROBES         32 /* entries looked at before a bind overflows */
#define BIND_FAILURE_PROBES 16 /* likewise for a failure */
#define BIND_TABLE_BITS_MIN 9  /* halves are powers of two */
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

/* How far an IP address reaches. 0: the address is none. */
enum bind_scope {
	BIND_SCOPE_ANY = 1,        /* 0.0.0.0, :: */
	BIND_SCOPE_LOOPBACK = 2,   /* 127.0.0.0/8, ::1 */
	BIND_SCOPE_LINK_LOCAL = 3, /* 169.254.0.0/16, fe80::/10 */
	BIND_SCOPE_PRIVATE = 4,    /* RFC 1918, RFC 6598, fc00::/7, fec0::/10 */
	BIND_SCOPE_MULTICAST = 5,  /* 224.0.0.0/4, 255.255.255.255, ff00::/8 */
	BIND_SCOPE_GLOBAL = 6,     /* all others */
};

/* Dimensions that are counted on demand: bits of bind_settings.labels. */
enum bind_label {
	BIND_LABEL_PROTOCOL = 1 << 0, /* sk_protocol of inet and inet6 sockets */
	BIND_LABEL_SCOPE = 1 << 1,
	BIND_LABEL_UID = 1 << 2,   /* the caller's real uid in the initial user namespace */
	BIND_LABEL_PORT = 1 << 3,  /* the port asked for */
	BIND_LABEL_NETNS = 1 << 4, /* the socket's network namespace, by inode number */
	/* Whose bind it was, by the caller's cgroup: counted is the cgroup, named is its owner. */
	BIND_LABEL_CONTAINER = 1 << 5,
	BIND_LABEL_POD = 1 << 6,
	BIND_LABEL_NAMESPACE = 1 << 7,
	BIND_LABEL_UNIT = 1 << 8, /* of systemd */
};

#define BIND_LABELS_OWNER \
	(BIND_LABEL_CONTAINER | BIND_LABEL_POD | BIND_LABEL_NAMESPACE | BIND_LABEL_UNIT)

/* Slots of missed, by CPU. The first three are attempts in no row. */
enum bind_missed {
	BIND_MISSED_ADDRESS = 0, /* tracepoint mode: the address was not readable */
	BIND_MISSED_PENDING = 1, /* tracepoint mode: no room to remember the call */
	BIND_MISSED_EXIT = 2,    /* tracepoint mode: the exit of the call was not seen */
	BIND_MISSED_RESULT = 3,  /* attempts whose result was not seen */
	BIND_LEFT_MARKED = 4, /* calls that kept BIND_CALL_MARKED: exit_socket_bind was skipped */
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
 * A call between its attempt and its result, one word, so that it changes hands
 * in one instruction: every call that was put down is taken away exactly once, by its
 * result or by being displaced, which counts as BIND_MISSED_RESULT.
 *
 *   bits 0-17   index of the entry in its half, or of the overflow
 *   bits 18-23  BIND_CALL_*
 *   bits 24-31  generation, low bits: which half
 *   bits 32-63  the kernel's thread id, as in the initial PID namespace
 */
#define BIND_CALL_INDEX            0x3ffffULL
#define BIND_CALL_OVERFLOW         (1ULL << 18) /* index is bind_overflow_index(0, ...) */
#define BIND_CALL_RESERVED         (1ULL << 19) /* its kind is bind_is_reserved() */
#define BIND_CALL_MARKED           (1ULL << 20) /* counted, security_socket_bind() not left yet */
#define BIND_CALL_ABANDONED        (1ULL << 21) /* by user space: a missed result, whatever comes */
#define BIND_CALL_SELFCHECK        (1ULL << 22) /* the exporter's own */
#define BIND_CALL_SEEN             (1ULL << 23) /* by user space: no call that begins has it */
#define BIND_CALL_GENERATION_SHIFT 24
#define BIND_CALL_GENERATION_MASK  0xffULL

/* Calls of one group of threads; a thread's group is a hash of its id. */
#define BIND_CALL_WAYS        7
#define BIND_CALL_GROUPS_BITS 11

struct bind_calls {
	__u64 call[BIND_CALL_WAYS];
	__u64 unplaced; /* marked calls that found no place and are not known to have left the hook
			 */
};

/* Constants of a loaded program (rodata): set between open and load. */
struct bind_settings {
	/*
	 * Random, odd. Which names share a chain of probes must not be
	 * predictable, or a process could crowd another's name into "(other)".
	 */
	__u64 hash_multiplier[BIND_KEY_WORDS];
	__u32 table_bits;     /* log2 of the size of a half */
	__u32 table_mask;     /* size of a half - 1 */
	__u32 hash_shift;     /* 64 - table_bits */
	__u32 comm_of_thread; /* 0: the thread-group leader's comm, 1: the caller's */
	__u32 comm_unpadded;  /* 1: the kernel leaves older bytes behind the NUL (before 5.17) */
	__u32 labels;         /* enum bind_label */
	__u32 last_attempt;   /* 1: keep bind_entry.last_s */
	__u32 results;        /* 1: programs that see results are loaded, too */
	__u32 pinned;         /* 1: attached are stubs, see bind_slots.h */
	__u32 reserved;
};

/*
 * Variables of a loaded program, mapped writable by the exporter.
 *
 * The first are for the exporter's own bind, by which it checks that the hook
 * still fires: an abstract UNIX address of exactly 16 bytes, whose last eight are
 * the nonce. A pid would not do: it means something else in every PID namespace.
 */
struct bind_control {
	__u64 selfcheck_nonce;   /* 0: no check is going on */
	__u64 selfcheck_seen;    /* binds recognised by the nonce, counted nowhere else */
	__u64 selfcheck_caught;  /* those that only exit_socket_bind saw */
	__u64 selfcheck_results; /* results of such binds */
	__u64 zero;              /* always 0, which the verifier cannot know */
	/*
	 * Programs count in half generation & 1. Halves of generations below
	 * ledger >> 1 are in the ledger, whose valid copy is ledger & 1: see
	 * metrics/ledger.h.
	 */
	__u64 generation;
	__u64 ledger;
	/* By half: what was claimed by kinds that are not bind_is_reserved(), and by what is not
	 * CAPABLE. */
	__u64 ordinary[2];
	__u64 incapable[2];
	__u64 ordinary_failures[2];
	__u64 catching; /* 1: a call that leaves security_socket_bind() unmarked is to be counted */
	__u64 crowded;  /* before 5.12: calls that found no place, and might be unmarked for that
			   reason */
	__u64 drained;  /* results of calls of generations below are not counted any more */
	__u64 no_attempts; /* user space's: skipped runs that were no attempts to be counted */
};

/*
 * What a set of pinned maps is: element 0 of its map "identity". Of other
 * versions of this file only the first two words are known.
 */
struct bind_identity {
	__u64 abi;         /* BIND_ABI_VERSION */
	__u64 id;          /* random, never 0 */
	__u64 fingerprint; /* of the programs, and of the settings that they and maps depend on */
	__u64 predecessor; /* id of the set whose place it takes; 0: none */
	__u64 begun_s; /* CLOCK_REALTIME when these counts began, or those of its predecessors */
	__u32 table_bits;
	__u32 max_rows;
	__u32 labels;
	__u32 cpus;
	__u32 results;
	__u32 reserved;
};

/* Where a stub jumps to, see bind_slots.h. */
#define BIND_SLOT_PRESENT 0
#define BIND_SLOT_EARLIER 1
#define BIND_SLOTS        2

#define BIND_SELFCHECK_LENGTH 16 /* bytes of the address, sa_family included */

/*
 * bits 0-7 category, 8-23 family, 24-31 scope, 32-47 protocol, 48-63 port. The
 * last three are 0 where they are off or do not apply; the port is in host byte order.
 */
static inline __u64 bind_kind(__u8 category, __u16 family, __u8 scope, __u16 protocol, __u16 port)
{
	return category | (__u64)family << 8 | (__u64)scope << 24 | (__u64)protocol << 32 |
	       (__u64)port << 48;
}

static inline __u8 bind_kind_category(__u64 kind)
{
	return (__u8)kind;
}

static inline __u16 bind_kind_family(__u64 kind)
{
	return (__u16)(kind >> 8);
}

static inline __u8 bind_kind_scope(__u64 kind)
{
	return (__u8)(kind >> 24);
}

static inline __u16 bind_kind_protocol(__u64 kind)
{
	return (__u16)(kind >> 32);
}

static inline __u16 bind_kind_port(__u64 kind)
{
	return (__u16)(kind >> 48);
}

/*
 * A quarter of the rows and half of the table are kept for these: names that
 * flood other categories take nothing from them. Half of that is kept for those
 * who may bind privileged ports in earnest (BIND_ENTRY_CAPABLE): others may attempt it
 * as often as they like, and pathnames are anybody's.
 */
static inline int bind_is_reserved(__u64 kind)
{
	__u8 category = bind_kind_category(kind);

	return category == BIND_WELL_KNOWN || category == BIND_PATHNAME;
}

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

/* target: index and BIND_CALL_OVERFLOW of a call. error: a positive errno, below 4096. */
static inline __u64 bind_failure_key(__u64 target, __u32 error)
{
	return (target & (BIND_CALL_INDEX | BIND_CALL_OVERFLOW)) << 16 | error;
}

_Static_assert(sizeof(struct bind_key) == 8 * BIND_KEY_WORDS, "compared without padding");
_Static_assert(sizeof(struct bind_entry) == 64, "a power of two: indexing is a shift");
_Static_assert(sizeof(struct bind_origin) == 512, "likewise");
_Static_assert(sizeof(struct bind_calls) == 64, "a group is a cache line");
_Static_assert(sizeof(struct bind_settings) == 80, "rodata layout");
_Static_assert(sizeof(struct bind_control) == 136, "mapped layout");
_Static_assert(sizeof(struct bind_identity) == 64, "pinned layout");
_Static_assert((BIND_CATEGORIES & (BIND_CATEGORIES - 1)) == 0, "masked in bind_overflow_index");

#endif
