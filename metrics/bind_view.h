/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a collection reads: the kernel's counters as plain memory. Filled by
 * exporter/bind_source (where it is a mapping of BPF maps) or by a test.
 */
#ifndef BIND_VIEW_H
#define BIND_VIEW_H

#include <stdint.h>

#include "bind_abi.h"

struct bind_view {
	const struct bind_entry *table; /* 1 << table_bits entries */
	const uint64_t *attempts;       /* [cpu << table_bits | entry] */
	const uint64_t *overflow;       /* [bind_overflow_index()] */
	const uint64_t *missed;         /* [cpu * BIND_MISSED_REASONS + reason] */
	uint32_t table_bits;
	uint32_t cpus;     /* possible CPUs: the highest CPU number + 1 */
	uint64_t now_ns;   /* CLOCK_BOOTTIME of the reading, nanoseconds */
	uint64_t recursed; /* runs that the kernel skipped (bpf_prog_info.recursion_misses) */
};

#endif
