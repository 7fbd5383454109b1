/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What snapshot.c (collecting), assign.c (which row), row_owners.c (whose), missed.c (what was
 * not counted) and forget.c (forgetting) share, and nobody else.
 */
#ifndef SNAPSHOT_PRIVATE_H
#define SNAPSHOT_PRIVATE_H

#include "metrics/rows/snapshot.h"

/* In place of a row's number. */
#define ROW_NONE     UINT32_MAX       /* not seen yet */
#define ROW_FILTERED (UINT32_MAX - 1) /* shown in the filtered totals only */

/* A key whose counts went to "(other)", so that it never gets a row while it lives. */
struct folded_key {
	struct bind_key key;
	uint64_t changed_s;
};

/* Why an attempt that the kernel skipped is shown late: see missed.c, settle_recursion_misses(). */
#define RECURSION_SAMPLES 4

struct snapshot {
	struct snapshot_config config;
	struct row_set rows;
	struct row_set failures;
	uint32_t *row_of_entry;   /* [half << bits | entry] */
	uint32_t *row_of_failure; /* likewise, numbers in failures */
	/* By category and family; of what found no entry, and of its failures. */
	uint32_t row_of_overflow[LEDGER_SLOTS];
	uint32_t row_of_failure_overflow[LEDGER_SLOTS];
	uint64_t *sums;            /* by entry of the half last collected */
	uint64_t *scratch;         /* by entry */
	uint64_t *changed_s;       /* by entry: CLOCK_BOOTTIME when its sum was last seen to grow */
	uint32_t *fresh;           /* entries without a row yet; scratch */
	uint32_t waiting;          /* of those, that got none, since their owner has no name */
	bool deciding;             /* nothing waits any more */
	struct folded_key *folded; /* sorted by key */
	uint32_t folded_count;
	uint64_t predecessor;
	struct ledger_totals kept; /* of forgotten halves and predecessors */
	struct ledger_totals read; /* of the maps, without kept */
	uint64_t recursion_misses[RECURSION_SAMPLES];
	uint32_t samples;
	struct snapshot_totals totals;
};

static inline uint32_t half_of(const struct snapshot *snapshot, uint64_t generation)
{
	return (uint32_t)(generation & 1) << snapshot->config.table_bits;
}

static inline uint32_t slot_of(uint64_t kind)
{
	return bind_overflow_index(0, bind_kind_category(kind), bind_kind_family(kind));
}

/* Every counter is a word that only grows, so a sum is never below an earlier one. */
static inline uint64_t sum_over_cpus(const uint64_t *counters, uint32_t stride, uint32_t index,
				     uint32_t cpus)
{
	uint64_t sum = 0;

	for (uint32_t cpu = 0; cpu < cpus; cpu++)
		sum += __atomic_load_n(&counters[(size_t)cpu * stride + index], __ATOMIC_RELAXED);
	return sum;
}

/* Gives every entry and failure of the half its row. 0, -ENOMEM, -ERANGE. */
int assign_half(struct snapshot *snapshot, const struct bind_view *view);

/* The same, and rows for what found no entry. */
int assign_all(struct snapshot *snapshot, const struct bind_view *view);

/* Whether rows of the family of slot, a bind_overflow_index(0, …), are shown. */
bool passes_family(const struct snapshot *snapshot, uint32_t slot);

/* What was missed so far, to read and to the totals. */
void read_missed(struct snapshot *snapshot, const struct bind_view *view);

/* What is kept and read, by category and family, to the totals that are shown. */
void set_totals(struct snapshot *snapshot);

/* Whether keys have owners, who are asked for and kept. */
static inline bool has_owners(const struct snapshot *snapshot)
{
	return snapshot->config.owners && (snapshot->config.labels & BIND_LABELS_OWNER);
}

/* Forgets who has neither a row nor an entry of the half that view is of. */
void forget_owners(const struct snapshot *snapshot, const struct bind_view *view);

/* The owner as labels show it, and as filters match it: itself, or scratch. NULL: there is none. */
const struct owner *shown_owner(const struct snapshot *snapshot, const struct owner *owner,
				struct owner *scratch);

/* shown: by the labels of a row, which keeps it if it is not that of its cgroup. 0 or -ENOMEM. */
int keep_owner(const struct snapshot *snapshot, const struct owner *shown, struct row *row);

/* Of a row; empty if it has none. */
void save_owner(const struct snapshot *snapshot, const struct row *row, struct owner *ret_owner);

/* Of a row of the ledger: scratch, or kept by owners; NULL: it has none. 0 or -ENOMEM. */
int restore_owner(struct snapshot *snapshot, const struct ledger *ledger, uint32_t position,
		  struct owner *scratch, const struct owner **ret_owner);

/*
 * The row of a key: one with its labels, a new one, "(other)", or ROW_FILTERED. owner: the
 * key's; NULL: it has none.
 */
int assign_row(struct snapshot *snapshot, const struct row *like, const struct owner *owner,
	       uint32_t *ret_row);

/* The row of the failures of a row with an errno, or of its "(other)". */
int assign_failure(struct snapshot *snapshot, const struct row *parent, uint32_t parent_number,
		   uint32_t error, uint32_t *ret_row);

/* The number of the "(other)" row of a category and family. */
int other_row(struct snapshot *snapshot, uint64_t kind, uint64_t now_ns, uint32_t *ret_row);

#endif
