/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The result of a collection, as plain data: everything that pages show of binds. The snapshot
 * fills it. Encoders read only this, and do not know the snapshot.
 */
#ifndef COLLECTION_H
#define COLLECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "metrics/rows/ledger.h"
#include "metrics/rows/view.h"

struct row_set;

/* Sums since the counters began, including forgotten halves and predecessors. */
struct totals {
	uint64_t overflow; /* attempts that found no entry; part of the "(other)" rows */
	uint64_t missed[BIND_MISSED_REASONS];
	uint64_t recursion_misses;       /* attempts lost to runs that the kernel skipped */
	uint64_t filtered[LEDGER_SLOTS]; /* by category and family: bind_overflow_index(0, …) */
	uint64_t retired[LEDGER_SLOTS];
	uint64_t retired_failures[LEDGER_SLOTS];
};

struct collection {
	const struct row_set *rows;     /* attempts, in the order of labels; not owned */
	const struct row_set *failures; /* the same for failures */
	struct totals totals;
	uint32_t entries; /* of the table, in use */
	uint32_t failure_entries;
	uint32_t unresolved; /* cgroups of containers with unknown names */
	bool owned;          /* unresolved is valid: owners are resolved */
	bool results;        /* failures are seen */
	uint32_t program_count;
	struct bind_program_stats programs[BIND_PROGRAMS_MAX];
};

#endif
