/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of counts, made from what the kernel counted: sums over CPUs, merges
 * entries whose labels are equal, sorts, and keeps within a bound.
 *
 * It remembers which entry belongs to which row, so that collecting costs
 * additions only, and so that a row once folded into "(other)" stays there. An entry whose
 * owner's name may become known soon waits for its row, with its counts. Not
 * thread-safe: one thread collects and encodes, and publishes what it encoded.
 */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>

#include "metrics/rows/ledger.h"
#include "metrics/rows/row_set.h"
#include "metrics/rows/view.h"

struct filter;
struct owners;
struct snapshot;
struct unit_fold;

struct snapshot_config {
	uint32_t table_bits;
	uint32_t max_rows;           /* "(other)" included; of attempts, and as many of failures */
	uint32_t labels;             /* enum bind_label */
	const struct filter *filter; /* NULL: every row is shown; outlives the snapshot */
	uint64_t idle_s;             /* rows idle for so long are retired, seconds; 0: never */
	struct owners *owners;       /* for BIND_LABELS_OWNER; NULL: these are empty; outlives it */
	const struct unit_fold *unit_fold; /* NULL: every unit has its own name; outlives it */
	bool at_once; /* name owners by what is known now: nothing waits for a name */
};

/* Sums since the counters began, those of forgotten halves and predecessors included. */
struct snapshot_totals {
	uint64_t overflow; /* attempts that found no entry; part of the "(other)" rows */
	uint64_t missed[BIND_MISSED_REASONS];
	uint64_t recursion_misses;       /* attempts lost to runs that the kernel skipped */
	uint64_t filtered[LEDGER_SLOTS]; /* by category and family: bind_overflow_index(0, …) */
	uint64_t retired[LEDGER_SLOTS];
	uint64_t retired_failures[LEDGER_SLOTS];
	uint32_t entries; /* of the table, in use */
	uint32_t failure_entries;
	uint32_t unresolved; /* cgroups in a container whose names are not known */
	bool owned;          /* unresolved is of use: owners are asked for */
	bool results;        /* failures are seen */
	uint32_t program_count;
	struct bind_program_stats programs[BIND_PROGRAMS_MAX];
};

#define SNAPSHOT_MAX_ROWS_MIN 256
#define SNAPSHOT_MAX_ROWS_MAX 100000

/*
 * A half of 1 << bits entries suffices for max_rows at a load that keeps
 * probes short: the next power of two above 1.6 times as many.
 */
uint32_t snapshot_table_bits(uint32_t max_rows);

/* NULL: out of memory. */
struct snapshot *snapshot_new(const struct snapshot_config *config);
void snapshot_free(struct snapshot *snapshot);

/*
 * 0; -ENOMEM; -ERANGE: the counters are not what classification gives. On
 * failure the rows' counts are those of the last collection.
 */
int snapshot_collect(struct snapshot *snapshot, const struct bind_view *view);

/*
 * Whether skipped runs are settled, of which the first collections see too few: until
 * then counters that go on may begin too low.
 */
bool snapshot_is_settled(const struct snapshot *snapshot);

/* Whether entries have no row yet, since their owner's name may become known soon. */
bool snapshot_is_waiting(const struct snapshot *snapshot);

/* Whether something has been idle for so long that its half should be forgotten. */
bool snapshot_is_due(const struct snapshot *snapshot, uint64_t now_ns);

/*
 * How full the half is that view is of, as collected last: in percent of what may be taken, of that
 * of which the most is.
 */
uint32_t snapshot_fill(const struct snapshot *snapshot, const struct bind_view *view);

/*
 * Of a half that no program counts in any more, that of view->generation:
 * collects it a last time, retires the rows that are idle, and writes all that
 * must be kept to ret_ledger. The next collection must be of the next generation. 0 or as
 * snapshot_collect(), with nothing forgotten. What waited in it waits no longer.
 */
int snapshot_forget(struct snapshot *snapshot, const struct bind_view *view,
		    struct ledger *ret_ledger);

/*
 * Starts with what a ledger holds, which has room for at most max_rows. To a fresh
 * snapshot; 0, -ENOMEM, or -ERANGE: it is not what was written.
 */
int snapshot_load(struct snapshot *snapshot, const struct ledger *ledger, uint32_t max_rows,
		  uint64_t now_ns);

/*
 * Writes everything that was collected, as if the maps of the view had never
 * been: for a successor with maps of its own, predecessor being the identity of
 * these. To be called where nothing waits (at_once). hooks_too: it has hooks of its own as well,
 * whose skipped runs begin at 0. ret_ledger: with room for as many rows as the snapshot may have.
 */
void snapshot_hand_over(struct snapshot *snapshot, uint64_t predecessor, bool hooks_too,
			struct ledger *ret_ledger);

/* Rows in the order of their labels; valid until the next collection. */
const struct row_set *snapshot_rows(const struct snapshot *snapshot);
const struct row_set *snapshot_failures(const struct snapshot *snapshot);

const struct snapshot_totals *snapshot_totals(const struct snapshot *snapshot);

#endif
