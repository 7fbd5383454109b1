/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bounded, sorted set of rows, each a label text with its count. It decides
 * who gets a row of his own: first come, first served, with a part kept for kinds
 * that are bind_is_reserved(), and a part of that for capable claimers. A row
 * keeps its number for life.
 */
#ifndef ROW_SET_H
#define ROW_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "bpf/abi/bind_abi.h"

struct owner;

struct row {
	char *labels;        /* {category="…",…}, as on the page; owned by the set */
	uint64_t count;      /* kept + current + what found no entry */
	uint64_t kept;       /* of earlier halves */
	uint64_t current;    /* of the half that counts now */
	uint64_t first_ns;   /* CLOCK_BOOTTIME, nanoseconds */
	uint64_t last_s;     /* CLOCK_BOOTTIME, seconds; 0: not kept */
	uint64_t changed_s;  /* CLOCK_BOOTTIME when it was last seen to grow, seconds */
	struct bind_key key; /* one of those that have these labels */
	struct owner *owner; /* that labels show, if not key.cgroup's; owned by the set */
	uint32_t error;      /* of failures: errno; UINT32_MAX: any */
	uint32_t parent;     /* of failures: the row of their attempts */
	uint32_t known;      /* labels (enum bind_label) that key has values of */
	uint32_t position;   /* in the ledger last written */
	bool other;          /* "(other)": holds what has no row of its own */
	bool capable;        /* see BIND_ENTRY_CAPABLE */
};

struct row_set {
	struct row *rows;
	uint32_t *order; /* numbers, sorted by labels */
	uint32_t *free;  /* numbers of rows that were removed */
	uint32_t count;
	uint32_t used; /* numbers below this were given out */
	uint32_t free_count;
	uint32_t named;     /* rows that have a place of their own */
	uint32_t ordinary;  /* of those, not bind_is_reserved() */
	uint32_t incapable; /* of those, not capable */
	uint32_t max;
};

/*
 * The rows that are kept free for "(other)": one for every category that
 * classification can give in every family. inet, inet6, smc and rds have five, unix
 * four, every other family and "other" two ("none", "invalid").
 */
#define ROW_SET_OTHERS 106

/* 0 or -ENOMEM. max: rows, the others included. */
int row_set_init(struct row_set *set, uint32_t max);
void row_set_free(struct row_set *set);

/* The position at which labels stands (true), or would have to be inserted (false). */
bool row_set_find(const struct row_set *set, const char *labels, uint32_t *ret_position);

/* Whether one more row of this kind may have a place of its own; and whether any has. */
bool row_set_has_place(const struct row_set *set, uint64_t kind, bool capable);
bool row_set_has_any_place(const struct row_set *set);

/*
 * Inserts a row at a position that row_set_find() gave, and takes ownership of
 * row->labels. named: it takes a place of its own. Returns its number;
 * UINT32_MAX: the set is full, and nothing was taken.
 */
uint32_t row_set_insert(struct row_set *set, uint32_t position, const struct row *row, bool named);

/* Removes rows that were inserted as named. gone: by number, below used. */
void row_set_remove(struct row_set *set, const bool *gone);

/* By position, in the order of labels. */
struct row *row_set_at(const struct row_set *set, uint32_t position);

#endif
