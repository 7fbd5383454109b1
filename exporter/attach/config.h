/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The settings of a source of counts: what its programs count, and where they are pinned. Pointers
 * are borrowed until the source is open.
 */
#ifndef ATTACH_CONFIG_H
#define ATTACH_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "exporter/attach/mode.h"

struct filter;
struct owners;
struct pins;
struct unit_fold;

struct bind_source_config {
	const char *btf_path; /* external BTF; NULL: the kernel's own */
	bool comm_of_thread;
	bool results;      /* count the results of binds, where the kernel allows it */
	bool last_attempt; /* keep the time of every row's last attempt */
	bool stats;        /* the kernel's BPF statistics are on while the source is open */
	uint32_t labels;   /* enum bind_label */
	uint32_t table_bits;
	uint32_t max_rows;
	const struct pins *pins; /* where programs and counters are pinned; NULL: nowhere */
	/* For counts that are carried over from a previous set: */
	const struct filter *filter;       /* NULL: all counts have rows */
	struct owners *owners;             /* NULL: the rows of all owners become one */
	const struct unit_fold *unit_fold; /* NULL: every unit keeps its own name */
};

/* One way to attach with these settings. */
struct attach_plan {
	const struct bind_source_config *config;
	enum bind_mode mode;
	bool results; /* count them: asked for in config, and possible in this mode */
};

#endif
