/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the counters of the source into a snapshot, with the names of pods known by then, and
 * retires idle rows from time to time. Belongs to one thread.
 */
#ifndef READER_H
#define READER_H

#include <stdbool.h>
#include <stdint.h>

#include "metrics/rows/snapshot.h"

struct bind_view;
struct container_logs;
struct ledger;

/*
 * The source of the counts. For each function, see its namesake in exporter/source/bind_source.h.
 */
struct reader_source {
	void *context;
	int (*view)(void *context, struct bind_view *ret_view);
	int (*selfcheck)(void *context);
	const struct ledger *(*ledger)(void *context);
	bool (*is_turned)(void *context);
	int (*turn)(void *context);
	int (*settle)(void *context, struct bind_view *ret_view, struct ledger **ret_ledger);
	void (*commit)(void *context);
};

struct reader {
	struct snapshot *snapshot; /* the caller may read it between calls */

	/* Private. */
	struct reader_source source;
	struct snapshot_config rows;
	struct container_logs *container_logs;
	uint64_t turn_due_ns;    /* CLOCK_BOOTTIME: no turn before; UINT64_MAX: never */
	uint64_t turn_latest_ns; /* CLOCK_BOOTTIME: turn even if an entry waits for a name; 0: not
				    due */
	uint64_t early_due_ns;   /* CLOCK_BOOTTIME: no early turn of a full half before */
	uint32_t fill;           /* snapshot_fill() of the last collection */
};

/*
 * Loads the ledger, and reads for the first time. container_logs: read for rows->owners; NULL:
 * there are none. 0 or -errno; the caller must call reader_end() in either case.
 */
int reader_begin(struct reader *reader, const struct reader_source *source,
		 const struct snapshot_config *rows, struct container_logs *container_logs);
void reader_end(struct reader *reader);

/* 0; -errno: the rows are as they were. */
int reader_read(struct reader *reader);

#endif
