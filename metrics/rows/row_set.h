/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A limited, sorted set of rows. Each row is a label text with its count. Rows of their own are
 * given first come, first served, except for two reserved quotas: one for kinds that are
 * bind_is_reserved(), and a part of it for capable claimers. A row keeps its number for life.
 */
#ifndef ROW_SET_H
#define ROW_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "bpf/abi/bind_abi.h"

struct owner;

struct row {
	char *labels;        /* {category="…",…}, as on the page; owned by the set */
	uint64_t count;      /* kept, current, and attempts that found no entry */
	uint64_t kept;       /* from earlier halves */
	uint64_t current;    /* from the half that counts now */
	uint64_t first_ns;   /* CLOCK_BOOTTIME, nanoseconds */
	uint64_t last_s;     /* CLOCK_BOOTTIME, seconds; 0: not kept */
	uint64_t changed_s;  /* CLOCK_BOOTTIME when it was last seen to grow, seconds */
	struct bind_key key; /* one of those that have these labels */
	struct owner *owner; /* that labels show, if not key.cgroup's; owned by the set */
	uint32_t error;      /* failures only: errno; UINT32_MAX: any */
	uint32_t parent;     /* failures only: the row of their attempts */
	uint32_t known;      /* labels (enum bind_label) that key has values of */
	uint32_t position;   /* index in the ledger last written */
	bool other;          /* "(other)": counts keys that have no row of their own */
	bool capable;        /* see BIND_ENTRY_CAPABLE */
};

struct row_set {
	struct row *rows;
	uint32_t *order; /* numbers, sorted by labels */
	uint32_t *free;  /* numbers of rows that were removed */
	uint32_t count;
	uint32_t used; /* numbers below this were given out */
	uint32_t free_count;
	uint32_t named;     /* rows inserted as named */
	uint32_t ordinary;  /* of those, not bind_is_reserved() */
	uint32_t incapable; /* of those, not capable */
	uint32_t max;
};

/*
 * The number of rows that are kept free for "(other)": one for each category that classification
 * can give in each family. inet, inet6, smc and rds have five, unix four, every other family and
 * "other" two ("none", "invalid").
 */
#define ROW_SET_OTHERS 106

/* max: number of rows, including "(other)". 0 or -ENOMEM. */
int row_set_init(struct row_set *set, uint32_t max);
void row_set_free(struct row_set *set);

/* Returns whether there is a row with these labels, and its position or that for inserting one. */
bool row_set_find(const struct row_set *set, const char *labels, uint32_t *ret_position);

/* Whether the quotas allow one more row of this kind, or of any kind. */
bool row_set_has_room_for(const struct row_set *set, uint64_t kind, bool capable);
bool row_set_has_room(const struct row_set *set);

/*
 * Inserts a row at a position from row_set_find(), and takes ownership of row->labels. named: it is
 * not an "(other)" row, and counts towards the quotas. Returns its number. UINT32_MAX: the set is
 * full, and nothing was taken.
 */
uint32_t row_set_insert(struct row_set *set, uint32_t position, const struct row *row, bool named);

/* Removes rows that were inserted as named. gone: by number, for all below used. */
void row_set_remove(struct row_set *set, const bool *gone);

/* Positions are in the order of labels. */
struct row *row_set_at(const struct row_set *set, uint32_t position);

#endif
