/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of counts, made from what the kernel counted: sums over CPUs, merges
 * entries whose labels are equal, sorts, and keeps within a bound.
 *
 * It remembers which entry belongs to which row, so that collecting costs
 * additions only, and so that a row once folded into "(other)" stays there. Not
 * thread-safe: one thread collects and encodes, and publishes what it encoded.
 */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include <stdint.h>

#include "bind_view.h"

struct snapshot;

struct snapshot_row {
	char *labels; /* {category="…",family="…",comm="…"}, as on the page */
	uint64_t attempts;
	uint64_t first_ns; /* CLOCK_BOOTTIME, nanoseconds */
};

struct snapshot_totals {
	uint64_t overflow; /* attempts that found no entry; part of the "(other)" rows */
	uint64_t missed[BIND_MISSED_REASONS];
	uint64_t recursed; /* attempts lost to runs that the kernel skipped */
	uint32_t entries;  /* of the table, in use */
};

/*
 * The rows that are kept free for "(other)": one for every category that
 * classification can give in every family. inet, inet6, smc and rds have five, unix
 * four, every other family and "other" two ("none", "invalid").
 */
#define SNAPSHOT_OTHER_ROWS 106

#define SNAPSHOT_MAX_ROWS_MIN 256
#define SNAPSHOT_MAX_ROWS_MAX 100000

/*
 * A table of 1 << bits entries suffices for max_rows at a load that keeps
 * probes short: the next power of two above 1.6 times as many.
 */
uint32_t snapshot_table_bits(uint32_t max_rows);

/*
 * max_rows: how many rows there may be, "(other)" included; a quarter is
 * reserved for well_known and pathname. Between the limits above. NULL: out of
 * memory.
 */
struct snapshot *snapshot_new(uint32_t table_bits, uint32_t max_rows);
void snapshot_free(struct snapshot *snapshot);

/*
 * 0; -ENOMEM; -ERANGE: the counters are not what classification gives. On
 * failure the rows' counts are those of the last collection.
 */
int snapshot_collect(struct snapshot *snapshot, const struct bind_view *view);

/* Rows in the order of their labels; valid until the next collection. */
uint32_t snapshot_rows(const struct snapshot *snapshot);
const struct snapshot_row *snapshot_row(const struct snapshot *snapshot, uint32_t position);

const struct snapshot_totals *snapshot_totals(const struct snapshot *snapshot);

#endif
