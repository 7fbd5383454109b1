/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A collection added up by category, family and process, biggest first, for drawing on the status
 * page. Points into the collection, and is valid as long as that is.
 */
#ifndef TALLY_H
#define TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/abi/bind_abi.h"
#include "metrics/rows/names.h"

struct collection;

struct tally_bar {
	const char *name; /* not NUL-terminated; escaped as a label's value */
	size_t name_length;
	uint64_t attempts;
	uint64_t failures;
	uint32_t rows;
	const char *comm; /* of one of these rows, as in the kernel; NULL: not a process */
	bool other;       /* counts keys that have no row of their own */
};

/* The failures of one row. */
struct tally_failures {
	uint64_t count;
	uint64_t top_count;
	uint32_t top_error; /* the most frequent: errno, or BIND_ANY_ERROR */
};

struct tally {
	/* Sums, including retired rows. Their processes are not known any more. */
	uint64_t attempts;
	uint64_t failures;
	uint64_t retired;
	uint64_t first_ns; /* earliest of the rows, CLOCK_BOOTTIME; UINT64_MAX: there are none */
	struct tally_bar categories[BIND_CATEGORIES];
	struct tally_bar families[BIND_NAMED_FAMILIES + 1];
	struct tally_bar *processes; /* without retired rows */
	uint32_t category_count;
	uint32_t family_count;
	uint32_t process_count;
	uint32_t *order;                  /* numbers of all rows, most attempts first */
	struct tally_failures *failed_by; /* by number */
};

/* 0 or -ENOMEM. tally_free() frees it. */
int tally_init(struct tally *tally, const struct collection *collection);
void tally_free(struct tally *tally);

#endif
