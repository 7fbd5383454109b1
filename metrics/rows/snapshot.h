/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of counts, made from the kernel's counters: sums over CPUs, merges entries with equal
 * labels, sorts them, and keeps within a limit.
 *
 * The snapshot remembers the row of each entry. Thus a collection only costs additions, and a key
 * that was once folded into "(other)" stays there. If the name of an entry's owner may become
 * known soon, the entry waits for its row, with its counts. Not thread-safe: one thread collects
 * and encodes, and publishes the pages.
 */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>

#include "metrics/rows/collection.h"
#include "metrics/rows/ledger.h"
#include "metrics/rows/row_set.h"
#include "metrics/rows/view.h"

struct filter;
struct owners;
struct snapshot;
struct unit_fold;

struct snapshot_config {
	uint32_t table_bits;
	uint32_t max_rows; /* including "(other)"; for attempts, and as many for failures */
	uint32_t labels;   /* enum bind_label */
	const struct filter *filter; /* NULL: every row is shown; outlives the snapshot */
	uint64_t idle_s;             /* rows idle for so long are retired, seconds; 0: never */
	struct owners *owners;       /* for BIND_LABELS_OWNER; NULL: these are empty; outlives it */
	const struct unit_fold *unit_fold; /* NULL: every unit has its own name; outlives it */
	bool at_once; /* name owners by what is known now: nothing waits for a name */
};

#define SNAPSHOT_MAX_ROWS_MIN 256
#define SNAPSHOT_MAX_ROWS_MAX 100000

/*
 * The number of bits for which a half of 1 << bits entries holds max_rows at a load that keeps
 * probes short: the next power of two above 1.6 times max_rows.
 */
uint32_t snapshot_table_bits(uint32_t max_rows);

/* NULL: out of memory. */
struct snapshot *snapshot_new(const struct snapshot_config *config);
void snapshot_free(struct snapshot *snapshot);

/*
 * 0; -ENOMEM; -ERANGE: the counters are not what classification gives. On failure, the rows' counts
 * are those of the last collection.
 */
int snapshot_collect(struct snapshot *snapshot, const struct bind_view *view);

/*
 * Whether the number of skipped runs is settled. The first collections see too few of them; a page
 * made earlier could show counters that are too low.
 */
bool snapshot_is_settled(const struct snapshot *snapshot);

/* Whether entries have no row yet because their owner's name may become known soon. */
bool snapshot_is_waiting(const struct snapshot *snapshot);

/* Whether a row or an entry has been idle for so long that its half should be forgotten. */
bool snapshot_is_due(const struct snapshot *snapshot, uint64_t now_ns);

/*
 * How full the half of view->generation was at the last collection: the highest of the shares that
 * are taken, in percent of their limits.
 */
uint32_t snapshot_fill(const struct snapshot *snapshot, const struct bind_view *view);

/*
 * Forgets the half of view->generation, which no program counts in any more: collects it a last
 * time, retires idle rows, and writes everything that must be kept to ret_ledger. Entries that
 * waited in it wait no longer. The next collection must be of the next generation. Returns 0, or an
 * error as snapshot_collect(), with nothing forgotten.
 */
int snapshot_forget(struct snapshot *snapshot, const struct bind_view *view,
		    struct ledger *ret_ledger);

/*
 * Starts a fresh snapshot with the content of a ledger, which has room for at most max_rows. 0,
 * -ENOMEM, or -ERANGE: the content is not valid.
 */
int snapshot_load(struct snapshot *snapshot, const struct ledger *ledger, uint32_t max_rows,
		  uint64_t now_ns);

/*
 * Writes everything that was collected, as if the maps of the view had never existed, for a
 * successor with maps of its own. predecessor: the identity of the present maps. hooks_too: the
 * successor also has hooks of its own, and their skipped runs begin at 0. ret_ledger: with room for
 * as many rows as the snapshot may have. Requires at_once, so that nothing waits.
 */
void snapshot_hand_over(struct snapshot *snapshot, uint64_t predecessor, bool hooks_too,
			struct ledger *ret_ledger);

/* The result of the last collection; valid until the next one. */
const struct collection *snapshot_collection(const struct snapshot *snapshot);

#endif
