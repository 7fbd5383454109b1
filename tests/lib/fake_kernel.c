// SPDX-License-Identifier: Apache-2.0
#include "tests/lib/fake_kernel.h"

#include <stdlib.h>
#include <string.h>

#include "tests/lib/origin.h"

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

	kernel->table = allocate(2 * entries, sizeof(*kernel->table));
	kernel->origins = allocate(2 * entries, sizeof(*kernel->origins));
	kernel->attempts = allocate(2 * cpus * entries, sizeof(*kernel->attempts));
	kernel->failures = allocate(2 * entries, sizeof(*kernel->failures));
	kernel->failure_overflow =
		allocate((size_t)BIND_CATEGORIES * BIND_FAMILIES, sizeof(*kernel->overflow));
	kernel->calls = allocate(1U << BIND_CALL_GROUPS_BITS, sizeof(*kernel->calls));
	kernel->overflow =
		allocate((size_t)cpus * BIND_CATEGORIES * BIND_FAMILIES, sizeof(*kernel->overflow));
	kernel->missed = allocate((size_t)cpus * BIND_MISSED_REASONS, sizeof(*kernel->missed));
	kernel->control = (struct bind_control){.zero = 0};
	kernel->view = (struct bind_view){
		.table = kernel->table,
		.origins = kernel->origins,
		.attempts = kernel->attempts,
		.failures = kernel->failures,
		.overflow = kernel->overflow,
		.failure_overflow = kernel->failure_overflow,
		.calls = kernel->calls,
		.control = &kernel->control,
		.missed = kernel->missed,
		.table_bits = table_bits,
		.cpus = cpus,
	};
}

void fake_kernel_free(struct fake_kernel *kernel)
{
	free(kernel->table);
	free(kernel->origins);
	free(kernel->attempts);
	free(kernel->failures);
	free(kernel->failure_overflow);
	free(kernel->calls);
	free(kernel->overflow);
	free(kernel->missed);
}

static void check_range(const struct fake_kernel *kernel, uint32_t entry, uint32_t cpu)
{
	if (entry >> kernel->view.table_bits || cpu >= kernel->view.cpus)
		abort();
}

static uint32_t half(const struct fake_kernel *kernel)
{
	return (uint32_t)(kernel->view.generation & 1) << kernel->view.table_bits;
}

void fake_kernel_claim(struct fake_kernel *kernel, uint32_t entry, uint8_t category,
		       uint16_t family, const char *comm, uint64_t first_ns)
{
	struct bind_entry new = {
		.key.kind = bind_kind(category, family),
		.first_ns = first_ns,
		.flags = BIND_ENTRY_CAPABLE,
	};

	check_range(kernel, entry, 0);
	memcpy(new.key.comm, comm, strnlen(comm, BIND_COMM_SIZE - 1));
	if (!bind_is_reserved(new.key.kind) && !kernel->table[half(kernel) | entry].key.kind)
		kernel->control.ordinary[kernel->view.generation & 1]++;
	kernel->table[half(kernel) | entry] = new;
}

void fake_kernel_place(struct fake_kernel *kernel, uint32_t entry, uint64_t cgroup,
		       const char *path)
{
	check_range(kernel, entry, 0);
	kernel->table[half(kernel) | entry].key.cgroup = cgroup;
	origin_of(path, &kernel->origins[half(kernel) | entry]);
}

void fake_kernel_count(struct fake_kernel *kernel, uint32_t entry, uint32_t cpu, uint64_t attempts)
{
	check_range(kernel, entry, cpu);
	kernel->attempts[cpu << (kernel->view.table_bits + 1) | half(kernel) | entry] += attempts;
}

void fake_kernel_fail(struct fake_kernel *kernel, uint32_t element, uint32_t entry, uint32_t error,
		      uint64_t failures)
{
	check_range(kernel, entry, 0);
	check_range(kernel, element, 0);
	kernel->failures[half(kernel) | element].key = bind_failure_key(entry, error);
	kernel->failures[half(kernel) | element].count += failures;
}

void fake_kernel_turn(struct fake_kernel *kernel)
{
	size_t entries = (size_t)1 << kernel->view.table_bits;

	kernel->view.generation++;
	kernel->control.ordinary[kernel->view.generation & 1] = 0;
	kernel->control.incapable[kernel->view.generation & 1] = 0;
	kernel->control.ordinary_failures[kernel->view.generation & 1] = 0;
	memset(kernel->table + half(kernel), 0, entries * sizeof(*kernel->table));
	memset(kernel->origins + half(kernel), 0, entries * sizeof(*kernel->origins));
	memset(kernel->failures + half(kernel), 0, entries * sizeof(*kernel->failures));
	for (uint32_t cpu = 0; cpu < kernel->view.cpus; cpu++)
		memset(kernel->attempts + 2 * cpu * entries + half(kernel), 0,
		       entries * sizeof(*kernel->attempts));
}

void fake_kernel_overflow(struct fake_kernel *kernel, uint32_t cpu, uint8_t category,
			  uint16_t family, uint64_t attempts)
{
	check_range(kernel, 0, cpu);
	kernel->overflow[bind_overflow_index(cpu, category, family)] += attempts;
}
