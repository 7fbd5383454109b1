// SPDX-License-Identifier: Apache-2.0
#include "bind_maps.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include "bind_abi.h"
#include "bind_source.h"
#include "bind_view.h"
#include "exporter_metrics.h"
#include "refusal.h"

static const struct map_kind {
	const char *name;  /* in the object */
	const char *shown; /* label value */
	int protection;    /* of the mapping; 0: not mapped */
} kinds[MAPS] = {
	[MAP_TABLE] = {"table", "table", PROT_READ},
	[MAP_ATTEMPTS] = {"attempts", "attempts", PROT_READ},
	[MAP_OVERFLOW] = {"overflow", "overflow", PROT_READ},
	[MAP_MISSED] = {"missed", "missed", PROT_READ},
	[MAP_CONTROL] = {".data.control", "control", PROT_READ | PROT_WRITE},
	[MAP_CLAIMS] = {"claims", "claims", 0},
};

/*
 * The highest CPU number that may ever be used, plus 1: counters are indexed by
 * number, and the mask of possible CPUs ("0-63", "0,2-3") may have holes.
 */
static int possible_cpus(uint32_t *ret_cpus)
{
	FILE *file = fopen("/sys/devices/system/cpu/possible", "re");
	const char *last;
	unsigned int cpu;
	char mask[256];
	int error = 0;

	if (!file)
		return -errno;
	if (!fgets(mask, sizeof(mask), file))
		error = -EIO;
	fclose(file);
	if (error)
		return error;
	for (last = mask; strpbrk(last, "-,"); last = strpbrk(last, "-,") + 1)
		;
	if (sscanf(last, "%u", &cpu) != 1)
		return -EIO;
	*ret_cpus = cpu + 1;
	return 0;
}

/* Settings are rodata: the verifier knows them as constants and prunes what they rule out. */
static int write_settings(struct bpf_object *object, const struct bind_source_config *config)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object, ".rodata.settings");
	struct bind_settings settings = {
		.table_bits = config->table_bits,
		.table_mask = (1U << config->table_bits) - 1,
		.hash_shift = 64 - config->table_bits,
		.comm_of_thread = config->comm_of_thread,
		.comm_unpadded = kernel_older_than(5, 17),
	};

	if (!map)
		return -EINVAL;
	if (getrandom(settings.hash_multiplier, sizeof(settings.hash_multiplier), 0) < 0)
		return -errno;
	for (int i = 0; i < 3; i++)
		settings.hash_multiplier[i] |= 1;
	return bpf_map__set_initial_value(map, &settings, sizeof(settings));
}

int bind_maps_prepare(struct bind_maps *maps, struct bpf_object *object,
		      const struct bind_source_config *config)
{
	uint32_t cpus = 0, table = 1U << config->table_bits;
	int error = possible_cpus(&cpus);

	if (error)
		return error;
	const uint32_t entries[MAPS] = {
		[MAP_TABLE] = table,
		[MAP_ATTEMPTS] = cpus * table,
		[MAP_OVERFLOW] = cpus * BIND_CATEGORIES * BIND_FAMILIES,
		[MAP_MISSED] = cpus * BIND_MISSED_REASONS,
		[MAP_CLAIMS] = table,
	};

	for (int i = 0; i < MAPS; i++) {
		struct bpf_map *map = bpf_object__find_map_by_name(object, kinds[i].name);

		if (!map)
			return -EINVAL;
		maps->of[i].map = map;
		if (entries[i])
			error = bpf_map__set_max_entries(map, entries[i]);
		if (error)
			return error;
	}
	maps->table_bits = config->table_bits;
	maps->cpus = cpus;
	return write_settings(object, config);
}

int bind_maps_map(struct bind_maps *maps)
{
	for (int i = 0; i < MAPS; i++) {
		struct bpf_map *map = maps->of[i].map;
		/* Array elements are rounded up to 8 bytes. */
		size_t length =
			(size_t)bpf_map__max_entries(map) * ((bpf_map__value_size(map) + 7U) & ~7U);
		void *memory;

		if (!kinds[i].protection)
			continue;
		memory = mmap(NULL, length, kinds[i].protection, MAP_SHARED, bpf_map__fd(map), 0);
		if (memory == MAP_FAILED)
			return -errno;
		maps->of[i].memory = memory;
		maps->of[i].length = length;
	}
	return 0;
}

void bind_maps_unmap(struct bind_maps *maps)
{
	for (int i = 0; i < MAPS; i++) {
		if (maps->of[i].memory)
			munmap(maps->of[i].memory, maps->of[i].length);
		maps->of[i].memory = NULL;
	}
}

struct bind_control *bind_maps_control(struct bind_maps *maps)
{
	return maps->of[MAP_CONTROL].memory;
}

void bind_maps_view(const struct bind_maps *maps, struct bind_view *ret_view)
{
	*ret_view = (struct bind_view){
		.table = maps->of[MAP_TABLE].memory,
		.attempts = maps->of[MAP_ATTEMPTS].memory,
		.overflow = maps->of[MAP_OVERFLOW].memory,
		.missed = maps->of[MAP_MISSED].memory,
		.table_bits = maps->table_bits,
		.cpus = maps->cpus,
	};
}

/*
 * fdinfo's memlock is what the kernel says that the map takes, in bytes: exact
 * from 6.4 on, before that an estimate from keys and values.
 */
static uint64_t charged_bytes(int descriptor)
{
	unsigned long long bytes = 0;
	char path[64], line[128];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", descriptor);
	file = fopen(path, "re");
	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "memlock: %llu", &bytes) == 1)
			break;
	fclose(file);
	return bytes;
}

uint32_t bind_maps_describe(const struct bind_maps *maps, struct exporter_map *ret_maps,
			    uint32_t max)
{
	uint32_t count = 0;

	for (; count < MAPS && count < max; count++) {
		const struct bpf_map *map = maps->of[count].map;
		uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
		uint64_t mapped = (maps->of[count].length + page - 1) / page * page;

		ret_maps[count] = (struct exporter_map){
			.name = kinds[count].shown,
			.capacity = bpf_map__max_entries(map),
			.bytes = mapped ? mapped : charged_bytes(bpf_map__fd(map)),
		};
	}
	return count;
}
