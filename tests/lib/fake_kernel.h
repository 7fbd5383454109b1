/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's side of the table in plain memory, as if programs had counted. */
#ifndef LIB_FAKE_KERNEL_H
#define LIB_FAKE_KERNEL_H

#include <stdint.h>

#include "metrics/rows/view.h"

struct fake_kernel {
	struct bind_view view; /* pass this to the code under test */
	struct bind_entry *table;
	struct bind_origin *origins;
	uint64_t *attempts;
	struct bind_failure *failures;
	uint64_t *overflow;
	uint64_t *failure_overflow;
	uint64_t *missed;
	struct bind_calls *calls;
	struct bind_control control; /* only the numbers of claims, by half */
};

void fake_kernel_init(struct fake_kernel *kernel, uint32_t table_bits, uint32_t cpus);
void fake_kernel_free(struct fake_kernel *kernel);

/*
 * All functions below use the half of view.generation.
 *
 * Claims an entry, for a task that is capable. comm is cut to 15 bytes. Aborts if the entry is out
 * of range.
 */
void fake_kernel_claim(struct fake_kernel *kernel, uint32_t entry, uint8_t category,
		       uint16_t family, const char *comm, uint64_t first_ns);
/* Moves the claimer of an entry into a cgroup. path: see origin_of(). */
void fake_kernel_place(struct fake_kernel *kernel, uint32_t entry, uint64_t cgroup,
		       const char *path);
void fake_kernel_count(struct fake_kernel *kernel, uint32_t entry, uint32_t cpu, uint64_t attempts);
/* element: any of failures that is free or already of this entry and errno. */
void fake_kernel_fail(struct fake_kernel *kernel, uint32_t element, uint32_t entry, uint32_t error,
		      uint64_t failures);
/* Lets programs count in the other half, emptied. */
void fake_kernel_turn(struct fake_kernel *kernel);
void fake_kernel_overflow(struct fake_kernel *kernel, uint32_t cpu, uint8_t category,
			  uint16_t family, uint64_t attempts);

#endif
