/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The period: a thread that reads the counters (reader.h), encodes their rows
 * and publishes the page; and that lets the source check itself. It is the
 * only one to touch the source while it runs. Thread-safe.
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
	uint64_t page_idle_ns;      /* kinds of pages not asked for in that time are not made */
	uint64_t interval_ns;       /* 0: collect whenever a page is asked for */
	uint64_t selfcheck_interval_ns;
	struct snapshot_config rows;
	struct container_logs *container_logs; /* read for rows.owners; NULL: there are none */
	bool last_attempt;
};

/*
 * Collects for the first time, then starts the thread. The source must have
 * been checked just before. 0 or -errno.
 */
int collector_start(const struct collector_config *config, struct collector **ret_collector);

/* Ends the thread and frees everything: nobody may ask for a page any more. NULL is allowed. */
void collector_stop(struct collector *collector);

/*
 * The page as last published, with a reference for the caller; with an interval of
 * 0, or when this kind was not made yet, one collected after the call began. NULL:
 * there was no memory for it, or it took too long.
 */
struct page *collector_page(struct collector *collector, enum page_kind kind);

/* NULL: counting, checked and collected. Else what is wrong, a static string. */
const char *collector_unready(struct collector *collector);

/* For how long it has been at work, or has failed to begin; 0: it waits, as it should. */
uint64_t collector_late_ns(struct collector *collector);

#endif
