// SPDX-License-Identifier: Apache-2.0
#include "fake_kernel.h"

#include <stdlib.h>
#include <string.h>

static void *allocate(size_t count, size_t size)
{
	void *memory = calloc(count, size);

	if (!memory)
		abort();
	return memory;
}

void fake_kernel_init(struct fake_kernel *kernel, uint32_t table_bits, uint32_t cpus)
{
	size_t entries = (size_t)1 << table_bits;

	kernel->table = allocate(entries, sizeof(*kernel->table));
	kernel->attempts = allocate(cpus * entries, sizeof(*kernel->attempts));
	kernel->overflow =
		allocate((size_t)cpus * BIND_CATEGORIES * BIND_FAMILIES, sizeof(*kernel->overflow));
	kernel->missed = allocate((size_t)cpus * BIND_MISSED_REASONS, sizeof(*kernel->missed));
	kernel->view = (struct bind_view){
		.table = kernel->table,
		.attempts = kernel->attempts,
		.overflow = kernel->overflow,
		.missed = kernel->missed,
		.table_bits = table_bits,
		.cpus = cpus,
	};
}

void fake_kernel_free(struct fake_kernel *kernel)
{
	free(kernel->table);
	free(kernel->attempts);
	free(kernel->overflow);
	free(kernel->missed);
}

static void check_range(const struct fake_kernel *kernel, uint32_t entry, uint32_t cpu)
{
	if (entry >> kernel->view.table_bits || cpu >= kernel->view.cpus)
		abort();
}

void fake_kernel_claim(struct fake_kernel *kernel, uint32_t entry, uint8_t category,
		       uint16_t family, const char *comm, uint64_t first_ns)
{
	struct bind_entry new = {
		.key.kind = bind_kind(category, family),
		.first_ns = first_ns,
	};

	check_range(kernel, entry, 0);
	memcpy(new.key.comm, comm, strnlen(comm, BIND_COMM_SIZE - 1));
	kernel->table[entry] = new;
}

void fake_kernel_count(struct fake_kernel *kernel, uint32_t entry, uint32_t cpu, uint64_t attempts)
{
	check_range(kernel, entry, cpu);
	kernel->attempts[cpu << kernel->view.table_bits | entry] += attempts;
}

void fake_kernel_overflow(struct fake_kernel *kernel, uint32_t cpu, uint8_t category,
			  uint16_t family, uint64_t attempts)
{
	check_range(kernel, 0, cpu);
	kernel->overflow[bind_overflow_index(cpu, category, family)] += attempts;
}
