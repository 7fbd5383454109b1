/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The period: a thread that reads the counters (reader.h), encodes the rows, publishes the pages,
 * and lets the source check itself. While it runs, no other thread may use the source. Thread-safe.
 */
#ifndef COLLECTOR_H
#define COLLECTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "common/page.h"
#include "exporter/collect/reader.h"
#include "exporter/collect/render.h"
#include "metrics/rows/snapshot.h"

struct collector;
struct container_logs;

struct collector_config {
	struct reader_source source;
	struct render_config pages; /* identity outlives the collector */
	uint64_t page_idle_ns;      /* kinds of pages not requested for so long are not made */
	uint64_t interval_ns;       /* 0: collect whenever a page is requested */
	uint64_t selfcheck_interval_ns;
	struct snapshot_config rows;
	struct container_logs *container_logs; /* read for rows.owners; NULL: there are none */
	bool last_attempt;
};

/*
 * Collects for the first time, then starts the thread. The source must have been checked just
 * before. 0 or -errno.
 */
int collector_start(const struct collector_config *config, struct collector **ret_collector);

/* Stops the thread and frees everything. No thread may request a page any more. Accepts NULL. */
void collector_stop(struct collector *collector);

/*
 * Returns the page last published, with a reference for the caller. With an interval of 0, or if
 * this kind was not made yet, the page is of a collection that began after the call. NULL: out of
 * memory, or the collection took too long.
 */
struct page *collector_page(struct collector *collector, enum page_kind kind);

/* NULL: counting, checked and collected. Otherwise the problem, a static string. */
const char *collector_unready(struct collector *collector);

/* How long the thread has been working, or is overdue, nanoseconds. 0: it waits, as it should. */
uint64_t collector_late_ns(struct collector *collector);

#endif
