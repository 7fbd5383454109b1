/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Settings and variables of a loaded program. Part of bind_abi.h. */
#ifndef BIND_ABI_CONTROL_H
#define BIND_ABI_CONTROL_H

#include <linux/types.h>

#include "bpf/abi/table.h"

/* Constants of a loaded program (rodata), set between open and load. */
struct bind_settings {
	/*
	 * Random and odd. It must not be predictable which names share a chain of probes.
	 * Otherwise a process could crowd another's name into "(other)".
	 */
	__u64 hash_multiplier[BIND_KEY_WORDS];
	__u32 table_bits;     /* log2 of the size of a half */
	__u32 table_mask;     /* size of a half - 1 */
	__u32 hash_shift;     /* 64 - table_bits */
	__u32 comm_of_thread; /* 0: comm of the thread-group leader, 1: of the calling thread */
	__u32 comm_unpadded;  /* 1: the kernel leaves older bytes after the NUL (before 5.17) */
	__u32 labels;         /* enum bind_label */
	__u32 last_attempt;   /* 1: keep bind_entry.last_s */
	__u32 results;        /* 1: programs that see results are loaded as well */
	__u32 pinned;         /* 1: dispatchers are attached, see bpf/abi/slots.h */
	__u32 reserved;
};

/*
 * Variables of a loaded program, mapped writable by the exporter.
 *
 * The first ones are for the self-check, the exporter's own bind, which verifies that the hook
 * still counts: an abstract UNIX address of exactly 16 bytes, of which the last eight are the
 * nonce. A pid would not do, since it means something else in every PID namespace.
 */
struct bind_control {
	__u64 selfcheck_nonce;    /* 0: no self-check is running */
	__u64 selfcheck_seen;     /* binds recognised by the nonce, counted nowhere else */
	__u64 selfcheck_fallback; /* those that only the exit fallback saw */
	__u64 selfcheck_results;  /* results of such binds */
	__u64 zero;               /* always 0, which the verifier cannot know */
	/*
	 * Programs count in half generation & 1. Halves of generations below ledger >> 1 are in the
	 * ledger, whose valid copy is ledger & 1: see metrics/rows/ledger.h.
	 */
	__u64 generation;
	__u64 ledger;
	/*
	 * Claims so far, by half: entries of kinds that are not bind_is_reserved(), entries without
	 * BIND_ENTRY_CAPABLE, and failures of kinds that are not bind_is_reserved().
	 */
	__u64 ordinary[2];
	__u64 incapable[2];
	__u64 ordinary_failures[2];
	/* 1: exit_socket_bind counts calls that leave security_socket_bind() without a mark. */
	__u64 exit_fallback;
	/* Before 5.12: calls that overflowed the map calls, and may lack a mark for that reason. */
	__u64 inflight_overflowed;
	__u64 drained; /* results of calls of earlier generations are no longer counted */
	/* Written by user space: recursion misses that were not attempts to be counted. */
	__u64 recursion_baseline;
};

#define BIND_SELFCHECK_LENGTH 16 /* bytes of the address, sa_family included */

_Static_assert(sizeof(struct bind_settings) == 80, "rodata layout");
_Static_assert(sizeof(struct bind_control) == 136, "mapped layout");

#endif
