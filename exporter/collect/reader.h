/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the source to rows: reads the counters into a snapshot, with the names of pods as far
 * as they are known by then, and retires from time to time the rows that are idle. Belongs to one
 * thread.
 */
#ifndef READER_H
#define READER_H

#include <stdbool.h>
#include <stdint.h>

#include "metrics/rows/snapshot.h"

struct bind_view;
struct container_logs;
struct ledger;

/* Where counts come from: as the functions of bind_source.h, which see. */
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

	/* Its own. */
	struct reader_source source;
	struct snapshot_config rows;
	struct container_logs *container_logs;
	uint64_t turn_due_ns;    /* CLOCK_BOOTTIME: not before that again; UINT64_MAX: never */
	uint64_t turn_latest_ns; /* likewise, although somebody waits for a name; 0: not due */
	uint64_t early_due_ns;   /* likewise: not before that for want of places */
	uint32_t fill;           /* as last collected: snapshot_fill() */
};

/*
 * Loads what was forgotten earlier, and reads for the first time. container_logs: read for
 * rows->owners; NULL: there are none. 0 or -errno; reader_end() is due in any case.
 */
int reader_begin(struct reader *reader, const struct reader_source *source,
		 const struct snapshot_config *rows, struct container_logs *container_logs);
void reader_end(struct reader *reader);

/* 0; -errno: the rows are as they were. */
int reader_read(struct reader *reader);

#endif
