/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Settings and variables of a loaded program. Part of bind_abi.h, which see. */
#ifndef BIND_ABI_CONTROL_H
#define BIND_ABI_CONTROL_H

#include <linux/types.h>

#include "bpf/abi/table.h"

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
	__u32 pinned;         /* 1: attached are stubs, see bpf/abi/slots.h */
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
	 * metrics/rows/ledger.h.
	 */
	__u64 generation;
	__u64 ledger;
	/* By half: what was claimed by kinds that are not bind_is_reserved(), and by what is not
	 * CAPABLE. */
	__u64 ordinary[2];
	__u64 incapable[2];
	__u64 ordinary_failures[2];
	__u64 exit_fallback; /* 1: a call that leaves security_socket_bind() unmarked is to be
				counted */
	__u64 crowded; /* before 5.12: calls that found no place, and might be unmarked for that
			  reason */
	__u64 drained; /* results of calls of generations below are not counted any more */
	__u64 recursion_baseline; /* user space's: skipped runs that were no attempts to be counted
				   */
};

#define BIND_SELFCHECK_LENGTH 16 /* bytes of the address, sa_family included */

_Static_assert(sizeof(struct bind_settings) == 80, "rodata layout");
_Static_assert(sizeof(struct bind_control) == 136, "mapped layout");

#endif
