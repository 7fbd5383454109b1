/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The identity of a set of pinned maps. Part of bind_abi.h. */
#ifndef BIND_ABI_IDENTITY_H
#define BIND_ABI_IDENTITY_H

#include <linux/types.h>

/*
 * The version of everything in bpf/abi/ and of metrics/rows/ledger.h. The exporter refuses pinned
 * counters of another version.
 */
#define BIND_ABI_VERSION 2

/*
 * Element 0 of the set's map "identity". Only the first two words are the same in every version.
 */
struct bind_identity {
	__u64 abi;         /* BIND_ABI_VERSION */
	__u64 id;          /* random, never 0 */
	__u64 fingerprint; /* of the programs, and of settings that they and the maps depend on */
	__u64 predecessor; /* id of the previous set, which this one replaces; 0: none */
	__u64 begun_s;     /* CLOCK_REALTIME when these counts began, or those of predecessors */
	__u32 table_bits;
	__u32 max_rows;
	__u32 labels;
	__u32 cpus;
	__u32 results;
	__u32 reserved;
};

_Static_assert(sizeof(struct bind_identity) == 64, "pinned layout");

#endif
