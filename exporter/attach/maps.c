// SPDX-License-Identifier: Apache-2.0
#include "exporter/attach/maps.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include "bpf/abi/bind_abi.h"
#include "exporter/attach/config.h"
#include "exporter/attach/cpu_mask.h"
#include "exporter/attach/explain.h"
#include "exporter/attach/machine.h"
#include "metrics/pages/exporter_metrics.h"
#include "metrics/rows/ledger.h"
#include "metrics/rows/view.h"

static const struct map_kind {
	const char *name; /* as a pin, on the page, and in the object unless it is in a section */
	int protection;   /* of the mapping; 0: not mapped */
	uint32_t value_size;
	const char *section; /* of the object: the map's name there; NULL: name */
} kinds[] = {
	[MAP_TABLE] = {"table", PROT_READ | PROT_WRITE, sizeof(struct bind_entry)},
	[MAP_ORIGINS] = {"origins", PROT_READ | PROT_WRITE, sizeof(struct bind_origin)},
	[MAP_ATTEMPTS] = {"attempts", PROT_READ | PROT_WRITE, sizeof(uint64_t)},
	[MAP_OVERFLOW] = {"overflow", PROT_READ, sizeof(uint64_t)},
	[MAP_FAILURES] = {"failures", PROT_READ | PROT_WRITE, sizeof(struct bind_failure)},
	[MAP_FAILURE_OVERFLOW] = {"failure_overflow", PROT_READ, sizeof(uint64_t)},
	[MAP_CALLS] = {"calls", PROT_READ | PROT_WRITE, sizeof(struct bind_calls)},
	[MAP_MISSED] = {"missed", PROT_READ | PROT_WRITE, sizeof(uint64_t)},
	[MAP_CONTROL] = {"control", PROT_READ | PROT_WRITE, sizeof(struct bind_control),
			 .section = ".data.control"},
	[MAP_LEDGER] = {"ledger", PROT_READ | PROT_WRITE, sizeof(struct ledger_row)},
	[MAP_CLAIMS] = {"claims"},
	[MAP_PENDING] = {"pending"},
};

_Static_assert(sizeof(kinds) / sizeof(*kinds) == MAPS, "every map has a row");
_Static_assert(MAPS <= EXPORTER_MAPS_MAX, "the page has room for all of them");

const char *bind_maps_name(enum bind_map map)
{
	return kinds[map].name;
}

static struct bpf_map *find_map(const struct bpf_object *object, enum bind_map map)
{
	const struct map_kind *kind = &kinds[map];

	return bpf_object__find_map_by_name(object, kind->section ? kind->section : kind->name);
}

/* Counters are indexed by CPU number, and numbers may be missing in between. */
int bind_maps_cpus(uint32_t *ret_cpus)
{
	return cpu_mask_end("/sys/devices/system/cpu/possible", ret_cpus);
}

/* Settings are rodata: the verifier treats them as constants and prunes the dead branches. */
static int write_settings(struct bpf_object *object, const struct bind_source_config *config,
			  bool results)
{
	struct bpf_map *map = bpf_object__find_map_by_name(object, ".rodata.settings");
	struct bind_settings settings = {
		.table_bits = config->table_bits,
		.table_mask = (1U << config->table_bits) - 1,
		.hash_shift = 64 - config->table_bits,
		.comm_of_thread = config->comm_of_thread,
		.comm_unpadded = kernel_older_than(5, 17),
		.labels = config->labels,
		.last_attempt = config->last_attempt,
		.results = results,
		.pinned = config->pins != NULL,
	};

	if (!map)
		return -EINVAL;
	if (getrandom(settings.hash_multiplier, sizeof(settings.hash_multiplier), 0) < 0)
		return -errno;
	for (int i = 0; i < BIND_KEY_WORDS; i++)
		settings.hash_multiplier[i] |= 1;
	return bpf_map__set_initial_value(map, &settings, sizeof(settings));
}

static bool has_owners(const struct bind_maps *maps)
{
	return maps->labels & BIND_LABELS_OWNER;
}

/*
 * The number of elements of one of the ledger's two copies. A copy takes many elements, since
 * kernels limit the size of one.
 */
static size_t ledger_elements(const struct bind_maps *maps)
{
	size_t size = ledger_size(maps->max_rows, has_owners(maps));

	return (size + sizeof(struct ledger_row) - 1) / sizeof(struct ledger_row);
}

/* Sets how many elements each map has; 0: the number in the object. */
static void set_sizes(struct bind_maps *maps)
{
	uint32_t table = 1U << maps->table_bits;
	const uint32_t entries[MAPS] = {
		[MAP_TABLE] = 2 * table,
		[MAP_ORIGINS] = has_owners(maps) ? 2 * table : 1,
		[MAP_ATTEMPTS] = maps->cpus * 2 * table,
		[MAP_OVERFLOW] = maps->cpus * BIND_CATEGORIES * BIND_FAMILIES,
		[MAP_FAILURES] = 2 * table,
		[MAP_FAILURE_OVERFLOW] = BIND_CATEGORIES * BIND_FAMILIES,
		[MAP_MISSED] = maps->cpus * BIND_MISSED_REASONS,
		[MAP_CONTROL] = 1,
		[MAP_LEDGER] = 2 * ledger_elements(maps),
		[MAP_CLAIMS] = 4 * table, /* entries and failures */
	};

	for (int i = 0; i < MAPS; i++)
		maps->of[i].entries = entries[i];
}

int bind_maps_prepare(struct bind_maps *maps, struct bpf_object *object,
		      const struct bind_source_config *config, bool results)
{
	int error = bind_maps_cpus(&maps->cpus);

	if (error)
		return error;
	maps->table_bits = config->table_bits;
	maps->max_rows = config->max_rows;
	maps->labels = config->labels;
	set_sizes(maps);
	for (int i = 0; i < MAPS && !error; i++) {
		struct bpf_map *map = find_map(object, i);

		if (map && maps->of[i].entries)
			error = bpf_map__set_max_entries(map, maps->of[i].entries);
	}
	return error ? error : write_settings(object, config, results);
}

/* A pinned map may be of any kind; memory that is mapped must have the size that the code reads. */
static bool is_as_expected(const struct bind_maps *maps, enum bind_map which,
			   const struct bpf_map_info *info)
{
	uint32_t entries = maps->of[which].entries;

	if (!kinds[which].protection || (which == MAP_CALLS && info->type == BPF_MAP_TYPE_HASH))
		return true;
	return info->type == BPF_MAP_TYPE_ARRAY && info->value_size == kinds[which].value_size &&
	       (!entries || info->max_entries == entries);
}

/* BPF arrays round their elements up to 8 bytes. Before 5.12 calls is a hash, and not mapped. */
static int map_one(struct bind_maps *maps, enum bind_map which)
{
	struct bpf_map_info info = {0};
	__u32 size = sizeof(info);
	size_t length;
	void *memory;

	if (bpf_obj_get_info_by_fd(maps->of[which].descriptor, &info, &size))
		return -errno;
	if (!is_as_expected(maps, which, &info))
		return -EPROTO;
	maps->of[which].entries = info.max_entries;
	if (!kinds[which].protection || info.type != BPF_MAP_TYPE_ARRAY)
		return 0;
	length = (size_t)info.max_entries * ((info.value_size + 7U) & ~7U);
	memory = mmap(NULL, length, kinds[which].protection, MAP_SHARED, maps->of[which].descriptor,
		      0);
	if (memory == MAP_FAILED)
		return -errno;
	maps->of[which].memory = memory;
	maps->of[which].length = length;
	return 0;
}

static int map_all(struct bind_maps *maps)
{
	int error = 0;

	for (int i = 0; i < MAPS && !error; i++)
		if (maps->of[i].descriptor >= 0)
			error = map_one(maps, i);
	return error;
}

int bind_maps_map(struct bind_maps *maps, struct bpf_object *object)
{
	for (int i = 0; i < MAPS; i++) {
		struct bpf_map *map = find_map(object, i);

		/* Newer libbpf gives a map that is not created a placeholder for a descriptor. */
		maps->of[i].descriptor = map && bpf_map__autocreate(map) ? bpf_map__fd(map) : -1;
	}
	return map_all(maps);
}

int bind_maps_adopt(struct bind_maps *maps, const int descriptors[MAPS])
{
	maps->owned = true;
	set_sizes(maps);
	for (int i = 0; i < MAPS; i++)
		maps->of[i].descriptor = descriptors[i];
	return map_all(maps);
}

void bind_maps_unmap(struct bind_maps *maps)
{
	for (int i = 0; i < MAPS; i++) {
		if (maps->of[i].memory)
			munmap(maps->of[i].memory, maps->of[i].length);
		maps->of[i].memory = NULL;
		if (maps->owned && maps->of[i].descriptor >= 0)
			close(maps->of[i].descriptor);
	}
	maps->owned = false;
}

struct bind_control *bind_maps_control(const struct bind_maps *maps)
{
	return maps->of[MAP_CONTROL].memory;
}

struct ledger *bind_maps_ledger(const struct bind_maps *maps, unsigned int copy)
{
	struct ledger_row *memory = maps->of[MAP_LEDGER].memory;

	return (struct ledger *)(memory + copy * ledger_elements(maps));
}

void bind_maps_view(const struct bind_maps *maps, struct bind_view *ret_view)
{
	*ret_view = (struct bind_view){
		.table = maps->of[MAP_TABLE].memory,
		.origins = has_owners(maps) ? maps->of[MAP_ORIGINS].memory : NULL,
		.attempts = maps->of[MAP_ATTEMPTS].memory,
		.failures = maps->of[MAP_FAILURES].memory,
		.overflow = maps->of[MAP_OVERFLOW].memory,
		.failure_overflow = maps->of[MAP_FAILURE_OVERFLOW].memory,
		.missed = maps->of[MAP_MISSED].memory,
		.calls = maps->of[MAP_CALLS].memory,
		.control = bind_maps_control(maps),
		.table_bits = maps->table_bits,
		.cpus = maps->cpus,
		.generation =
			__atomic_load_n(&bind_maps_control(maps)->generation, __ATOMIC_ACQUIRE),
	};
}

/* Before 5.12 claims are elements of a hash, which exist only for claimed entries and failures. */
static int clear_claims(const struct bind_maps *maps, uint32_t first)
{
	uint32_t entries = 1U << maps->table_bits;

	if (maps->of[MAP_CLAIMS].descriptor < 0)
		return 0;
	for (uint32_t i = first; i < first + entries; i++) {
		uint32_t failure = BIND_CLAIM_FAILURE | i;

		if ((bpf_map_delete_elem(maps->of[MAP_CLAIMS].descriptor, &i) && errno != ENOENT) ||
		    (bpf_map_delete_elem(maps->of[MAP_CLAIMS].descriptor, &failure) &&
		     errno != ENOENT))
			return -errno;
	}
	return 0;
}

/* Only the elements in use are written: most of the pages were never touched. */
static void clear_origins(const struct bind_maps *maps, size_t first)
{
	struct bind_origin *origins = maps->of[MAP_ORIGINS].memory;

	if (!has_owners(maps))
		return;
	for (size_t i = first; i < first + ((size_t)1 << maps->table_bits); i++)
		if (origins[i].state != BIND_ORIGIN_NONE)
			memset(&origins[i], 0, sizeof(origins[i]));
}

int bind_maps_clear(struct bind_maps *maps, uint64_t generation)
{
	struct bind_control *control = bind_maps_control(maps);
	struct bind_entry *table = maps->of[MAP_TABLE].memory;
	struct bind_failure *failures = maps->of[MAP_FAILURES].memory;
	uint64_t *attempts = maps->of[MAP_ATTEMPTS].memory;
	size_t entries = (size_t)1 << maps->table_bits, half = generation & 1;
	int error;

	memset(table + half * entries, 0, entries * sizeof(*table));
	clear_origins(maps, half * entries);
	memset(failures + half * entries, 0, entries * sizeof(*failures));
	for (uint32_t cpu = 0; cpu < maps->cpus; cpu++)
		memset(attempts + (2 * cpu + half) * entries, 0, entries * sizeof(*attempts));
	error = clear_claims(maps, (uint32_t)(half * entries));
	control->ordinary[half] = 0;
	control->incapable[half] = 0;
	control->ordinary_failures[half] = 0;
	return error;
}

/*
 * The memory of a map according to the kernel (memlock in fdinfo), in bytes: exact from 6.4 on, an
 * estimate from keys and values before. 0: unknown.
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

	for (int i = 0; i < MAPS && count < max; i++) {
		uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
		uint64_t mapped = (maps->of[i].length + page - 1) / page * page;

		if (maps->of[i].descriptor < 0 || (i == MAP_ORIGINS && !has_owners(maps)))
			continue;
		ret_maps[count++] = (struct exporter_map){
			.name = kinds[i].name,
			.capacity = maps->of[i].entries,
			.bytes = mapped ? mapped : charged_bytes(maps->of[i].descriptor),
		};
	}
	return count;
}
