/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ledger: the counts of the halves of the table that were forgotten. It lies in memory that may
 * be pinned, and may be read by another build or after a crash. There are two copies. One word,
 * bind_control.ledger, says which copy is valid and which halves are in it. A copy is written
 * completely before that word. Thus, at any instant, every bind is either in the valid copy or in a
 * half that is not in it yet.
 */
#ifndef LEDGER_H
#define LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/abi/bind_abi.h"
#include "metrics/owners/owner.h"

#define LEDGER_SLOTS (BIND_CATEGORIES * BIND_FAMILIES) /* bind_overflow_index(0, …) */

/*
 * flags of a row. The bits from LEDGER_ROW_KNOWN_SHIFT on are the labels (enum bind_label) that its
 * key has values of.
 */
#define LEDGER_ROW_OTHER       1
#define LEDGER_ROW_CAPABLE     2
#define LEDGER_ROW_FOLDED      4 /* its owner is the one shown, not that of its cgroup */
#define LEDGER_ROW_KNOWN_SHIFT 32

struct ledger_row {
	struct bind_key key;
	uint64_t attempts;
	uint64_t first_ns;
	uint64_t last_s;
	uint64_t flags;
};

struct ledger_failure {
	uint64_t count;
	uint32_t row;   /* index of its ledger_row */
	uint32_t error; /* errno; UINT32_MAX: any */
};

/* Sums by category and family. */
struct ledger_totals {
	uint64_t retired[LEDGER_SLOTS];
	uint64_t retired_failures[LEDGER_SLOTS];
	uint64_t filtered[LEDGER_SLOTS];
	/* Of predecessors only. The present programs count these in maps that are never emptied. */
	uint64_t overflow[LEDGER_SLOTS];
	uint64_t failure_overflow[LEDGER_SLOTS];
	uint64_t missed[BIND_MISSED_REASONS];
	uint64_t recursion_misses; /* as in struct bind_view */
};

struct ledger {
	uint64_t predecessor; /* identity of the maps that were folded in; 0: none */
	uint32_t max_rows;    /* capacity */
	uint32_t rows;
	uint32_t failures;
	uint32_t owners; /* 1: the owners of rows are kept, too */
	struct ledger_totals totals;
	/*
	 * Followed by room for max_rows rows, max_rows struct ledger_failure, and max_rows struct
	 * owner.
	 */
	struct ledger_row row[];
};

_Static_assert(sizeof(struct ledger_row) == 72, "struct ledger_element of the BPF object");

/* Bytes of one copy. owners: with room for owners. */
static inline size_t ledger_size(uint32_t max_rows, bool owners)
{
	size_t row = sizeof(struct ledger_row) + sizeof(struct ledger_failure) +
		     (owners ? sizeof(struct owner) : 0);

	return sizeof(struct ledger) + max_rows * row;
}

static inline struct ledger_failure *ledger_failures(struct ledger *ledger)
{
	return (struct ledger_failure *)(ledger->row + ledger->max_rows);
}

/* The owners, by row. */
static inline struct owner *ledger_owners(struct ledger *ledger)
{
	return (struct owner *)(ledger_failures(ledger) + ledger->max_rows);
}

/*
 * The word says which copy (0 or 1) is valid, and that it includes all generations below
 * generations.
 */
static inline uint64_t ledger_word(unsigned int copy, uint64_t generations)
{
	return generations << 1 | copy;
}

#endif
