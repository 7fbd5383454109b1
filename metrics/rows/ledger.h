/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What halves of the table that were forgotten had counted. Memory that may be
 * pinned, and read by another build, or after a crash: it exists twice, and one
 * word, bind_control.ledger, tells which copy is valid and which halves are in it.
 * A copy is written whole, then that word; so at any instant every bind
 * is either in the valid copy or in a half that is not yet in it.
 */
#ifndef LEDGER_H
#define LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/abi/bind_abi.h"
#include "metrics/owners/owner.h"

#define LEDGER_SLOTS (BIND_CATEGORIES * BIND_FAMILIES) /* bind_overflow_index(0, …) */

/* flags of a row; above them, those of enum bind_label that its key has values of. */
#define LEDGER_ROW_OTHER       1
#define LEDGER_ROW_CAPABLE     2
#define LEDGER_ROW_FOLDED      4 /* its owner is what it is shown as, not who its cgroup is */
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

/* By category and family. */
struct ledger_totals {
	uint64_t retired[LEDGER_SLOTS];
	uint64_t retired_failures[LEDGER_SLOTS];
	uint64_t filtered[LEDGER_SLOTS];
	/* Of predecessors; what the present programs count of these is in maps that are never
	 * emptied. */
	uint64_t overflow[LEDGER_SLOTS];
	uint64_t failure_overflow[LEDGER_SLOTS];
	uint64_t missed[BIND_MISSED_REASONS];
	uint64_t recursion_misses; /* as bind_view has it */
};

struct ledger {
	uint64_t predecessor; /* identity of the maps whose counts are in here, too; 0: none */
	uint32_t max_rows;    /* that there is room for */
	uint32_t rows;
	uint32_t failures;
	uint32_t owners; /* 1: rows' owners are kept, too */
	struct ledger_totals totals;
	/* Room for max_rows; then for as many ledger_failure; then for as many struct owner. */
	struct ledger_row row[];
};

_Static_assert(sizeof(struct ledger_row) == 72, "struct ledger_element of the BPF object");

/* Bytes of one copy. owners: with room for them. */
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

/* By row. */
static inline struct owner *ledger_owners(struct ledger *ledger)
{
	return (struct owner *)(ledger_failures(ledger) + ledger->max_rows);
}

/* The word: which copy (0, 1) is valid, and that all generations below are in it. */
static inline uint64_t ledger_word(unsigned int copy, uint64_t generations)
{
	return generations << 1 | copy;
}

#endif
