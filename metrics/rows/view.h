/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a collection reads: the kernel's counters as plain memory. exporter/source fills it from
 * mapped BPF maps, and tests fill it by hand.
 */
#ifndef BIND_VIEW_H
#define BIND_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "bpf/abi/bind_abi.h"

#define BIND_PROGRAMS_MAX 5

/* The kernel's statistics of one program. */
struct bind_program_stats {
	const char *name; /* static */
	uint64_t run_ns;
	uint64_t runs;
};

struct bind_view {
	const struct bind_entry *table; /* [half << table_bits | entry] */
	struct bind_origin *origins;    /* the same; NULL if BIND_LABELS_OWNER are off */
	const uint64_t *attempts;       /* [cpu << table_bits + 1 | half << table_bits | entry] */
	const struct bind_failure *failures; /* [half << table_bits | failure] */
	const uint64_t *overflow;            /* [bind_overflow_index()] */
	const uint64_t *failure_overflow;    /* [bind_overflow_index(0, …)] */
	const uint64_t *missed;              /* [cpu * BIND_MISSED_REASONS + reason] */
	const struct bind_calls *calls;      /* NULL: the kernel never leaves a call behind */
	const struct bind_control *control;
	uint32_t table_bits;
	uint32_t cpus;             /* possible CPUs: the highest CPU number + 1 */
	uint64_t generation;       /* the half to read is this & 1 */
	uint64_t now_ns;           /* CLOCK_BOOTTIME of the reading, nanoseconds */
	uint64_t recursion_misses; /* skipped runs of the program that sees attempts last */
	bool results;              /* the results of binds are seen */
	uint32_t program_count;    /* 0: statistics are off */
	struct bind_program_stats programs[BIND_PROGRAMS_MAX];
};

#endif
