/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by snapshot.c (collecting), assign.c (which row), row_owners.c (the rows' owners),
 * missed.c (what was not counted) and forget.c (forgetting).
 */
#ifndef SNAPSHOT_PRIVATE_H
#define SNAPSHOT_PRIVATE_H

#include "metrics/rows/snapshot.h"

/* Values that are not the number of a row. */
#define ROW_NONE     UINT32_MAX       /* not seen yet */
#define ROW_FILTERED (UINT32_MAX - 1) /* counted in the filtered totals only */

/* A key that was counted under "(other)". It never gets a row of its own while it is active. */
struct folded_key {
	struct bind_key key;
	uint64_t changed_s;
};

/*
 * Delays the count of attempts that the kernel skipped: see settle_recursion_misses() in missed.c.
 */
#define RECURSION_SAMPLES 4

struct snapshot {
	struct snapshot_config config;
	struct row_set rows;
	struct row_set failures;
	uint32_t *row_of_entry;   /* [half << bits | entry] */
	uint32_t *row_of_failure; /* the same, numbers in failures */
	/* By category and family: rows of attempts that found no entry, and of their failures. */
	uint32_t row_of_overflow[LEDGER_SLOTS];
	uint32_t row_of_failure_overflow[LEDGER_SLOTS];
	uint64_t *sums;      /* by entry of the half last collected */
	uint64_t *scratch;   /* by entry */
	uint64_t *changed_s; /* by entry: CLOCK_BOOTTIME when its sum was last seen to grow */
	uint32_t *fresh;     /* entries without a row yet; scratch */
	uint32_t waiting;    /* number of those that got none, since their owner has no name yet */
	bool deciding;       /* nothing waits any more */
	struct folded_key *folded; /* sorted by key */
	uint32_t folded_count;
	uint64_t predecessor;
	struct ledger_totals kept; /* of forgotten halves and predecessors */
	struct ledger_totals read; /* of the maps, without kept */
	uint64_t recursion_misses[RECURSION_SAMPLES];
	uint32_t samples;
	struct collection collection;
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

/* Assigns a row to every entry and failure of the half. 0, -ENOMEM or -ERANGE. */
int assign_half(struct snapshot *snapshot, const struct bind_view *view);

/* The same, and rows for attempts and failures that found no entry. */
int assign_all(struct snapshot *snapshot, const struct bind_view *view);

/* Whether the filter lets the family of slot pass. slot: a bind_overflow_index(0, …). */
bool passes_family(const struct snapshot *snapshot, uint32_t slot);

/* Adds up what was missed so far, in read and in the totals. */
void read_missed(struct snapshot *snapshot, const struct bind_view *view);

/* Sets the totals by category and family from kept and read. */
void set_totals(struct snapshot *snapshot);

/* Whether keys have owners, which are resolved and kept. */
static inline bool has_owners(const struct snapshot *snapshot)
{
	return snapshot->config.owners && (snapshot->config.labels & BIND_LABELS_OWNER);
}

/*
 * Forgets the owners of cgroups that have neither a row nor an entry in the half of
 * view->generation.
 */
void forget_owners(const struct snapshot *snapshot, const struct bind_view *view);

/*
 * The owner as labels show it and filters match it: owner itself, or scratch. NULL: there is none.
 */
const struct owner *shown_owner(const struct snapshot *snapshot, const struct owner *owner,
				struct owner *scratch);

/* Keeps a copy of shown with the row, if it is not the owner of the row's cgroup. 0 or -ENOMEM. */
int keep_owner(const struct snapshot *snapshot, const struct owner *shown, struct row *row);

/* The owner of a row; empty if it has none. */
void save_owner(const struct snapshot *snapshot, const struct row *row, struct owner *ret_owner);

/* The owner of a row of the ledger, in scratch or in owners. NULL: it has none. 0 or -ENOMEM. */
int restore_owner(struct snapshot *snapshot, const struct ledger *ledger, uint32_t position,
		  struct owner *scratch, const struct owner **ret_owner);

/*
 * The row of a key: an existing one with its labels, a new one, "(other)", or ROW_FILTERED. owner:
 * the key's; NULL: it has none.
 */
int assign_row(struct snapshot *snapshot, const struct row *like, const struct owner *owner,
	       uint32_t *ret_row);

/* The row for the failures of a row with an errno, or that of its "(other)". */
int assign_failure(struct snapshot *snapshot, const struct row *parent, uint32_t parent_number,
		   uint32_t error, uint32_t *ret_row);

/* The number of the "(other)" row of a category and family. */
int other_row(struct snapshot *snapshot, uint64_t kind, uint64_t now_ns, uint32_t *ret_row);

#endif
