/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The period: a thread that reads the counters, makes rows of them, encodes
 * them and publishes the page; and that lets the source check itself. It is the
 * only one to touch the source while it runs. Thread-safe.
 */
#ifndef COLLECTOR_H
#define COLLECTOR_H

#include <stdbool.h>
#include <stdint.h>

struct bind_view;
struct collector;
struct exporter_identity;
struct page;

/* Where counts come from. Functions return 0 or -errno. */
struct collector_source {
	void *context;
	int (*view)(void *context, struct bind_view *ret_view);
	int (*selfcheck)(void *context);
};

struct collector_config {
	struct collector_source source;
	const struct exporter_identity *identity; /* outlives the collector */
	uint64_t interval_ns;                     /* 0: collect whenever a page is asked for */
	uint64_t selfcheck_interval_ns;
	uint32_t table_bits;
	bool exporter_metrics; /* also the families about the exporter and its process */
};

/*
 * Collects for the first time, then starts the thread. The source must have
 * been checked just before. 0 or -errno.
 */
int collector_start(const struct collector_config *config, struct collector **ret_collector);

/* Ends the thread and frees everything: nobody may ask for a page any more. NULL is allowed. */
void collector_stop(struct collector *collector);

/*
 * The page as last published, with a reference for the caller; with an interval
 * of 0, one collected after the call began.
 */
struct page *collector_page(struct collector *collector);

/* NULL: counting, checked and collected. Else what is wrong, a static string. */
const char *collector_unready(struct collector *collector);

#endif
