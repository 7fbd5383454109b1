/* SPDX-License-Identifier: Apache-2.0 */
/* What a source of counts is asked for: settings of the programs, and where they are pinned. */
#ifndef ATTACH_CONFIG_H
#define ATTACH_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

struct filter;
struct owners;
struct pins;
struct unit_fold;

struct bind_source_config {
	const char *btf_path; /* external BTF; NULL: the kernel's own */
	bool comm_of_thread;
	bool results;      /* see the results of binds, where that is possible */
	bool last_attempt; /* keep the time of every row's last attempt */
	bool stats;        /* switch the kernel's BPF statistics on while this runs */
	uint32_t labels;   /* enum bind_label */
	uint32_t table_bits;
	uint32_t max_rows;
	const struct pins *pins;     /* where programs and counters are pinned; NULL: nowhere */
	const struct filter *filter; /* for counts that are carried over; NULL: all have rows */
	struct owners *owners;       /* likewise; NULL: rows of any owner become one */
	const struct unit_fold *unit_fold; /* likewise; NULL: every unit has its own name */
};

#endif
