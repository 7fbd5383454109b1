/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a set of pinned maps is. Part of bind_abi.h, which see. */
#ifndef BIND_ABI_IDENTITY_H
#define BIND_ABI_IDENTITY_H

#include <linux/types.h>

/* Of everything in bpf/abi/, and of metrics/rows/ledger.h: pinned counters of another are refused.
 */
#define BIND_ABI_VERSION 2

/*
 * What a set of pinned maps is: element 0 of its map "identity". Of other
 * versions only the first two words are known.
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

_Static_assert(sizeof(struct bind_identity) == 64, "pinned layout");

#endif
