// SPDX-License-Identifier: Apache-2.0
/* Maps are memory files, and the functions of bpf(2) are fakes, which are defined here. */
#include "exporter/attach/maps.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bpf/abi/bind_abi.h"
#include "exporter/attach/config.h"
#include "metrics/pages/exporter_metrics.h"
#include "metrics/rows/ledger.h"
#include "tests/lib/fake_kernel.h"
#include "tests/unit/exporter/attach/open_object.h"
#include "tests/unit/suite.h"

#define BITS     9
#define ENTRIES  (1U << BITS)
#define CPUS     3
#define MAX_ROWS 16
#define FAILURE  (1U << 31) /* CLAIM_FAILURE of bpf/inflight.h */

/* What the kernel says of the maps, by number; their memory is as large. */
static struct bpf_map_info infos[MAPS];
static int files[MAPS];

static struct {
	int info_error, delete_error;
	uint32_t deleted, first, last; /* claims: how many, the lowest and the highest */
} kernel = {.first = UINT32_MAX};

int bpf_obj_get_info_by_fd(int descriptor, void *info, __u32 *length)
{
	if (kernel.info_error) {
		errno = kernel.info_error;
		return -1;
	}
	for (int i = 0; i < MAPS; i++)
		if (files[i] == descriptor)
			memcpy(info, &infos[i], *length);
	return 0;
}

int bpf_map_delete_elem(int map, const void *key)
{
	uint32_t claim = *(const uint32_t *)key;

	ck_assert_int_eq(map, files[MAP_CLAIMS]);
	kernel.deleted++;
	kernel.first = claim < kernel.first ? claim : kernel.first;
	kernel.last = claim > kernel.last ? claim : kernel.last;
	errno = kernel.delete_error;
	return kernel.delete_error ? -1 : 0;
}

static void describe(enum bind_map map, uint32_t value_size, uint32_t entries)
{
	infos[map] = (struct bpf_map_info){
		.type = value_size ? BPF_MAP_TYPE_ARRAY : BPF_MAP_TYPE_HASH,
		.value_size = value_size,
		.max_entries = entries,
	};
}

/* The sizes that bind_maps_prepare() sets. */
static void describe_all(uint32_t labels)
{
	const size_t ledger = ledger_size(MAX_ROWS, labels), row = sizeof(struct ledger_row);

	describe(MAP_TABLE, sizeof(struct bind_entry), 2 * ENTRIES);
	describe(MAP_ORIGINS, sizeof(struct bind_origin), labels ? 2 * ENTRIES : 1);
	describe(MAP_ATTEMPTS, sizeof(uint64_t), CPUS * 2 * ENTRIES);
	describe(MAP_OVERFLOW, sizeof(uint64_t), CPUS * BIND_CATEGORIES * BIND_FAMILIES);
	describe(MAP_FAILURES, sizeof(struct bind_failure), 2 * ENTRIES);
	describe(MAP_FAILURE_OVERFLOW, sizeof(uint64_t), BIND_CATEGORIES * BIND_FAMILIES);
	describe(MAP_CALLS, sizeof(struct bind_calls), 1U << BIND_CALL_GROUPS_BITS);
	describe(MAP_MISSED, sizeof(uint64_t), CPUS * BIND_MISSED_REASONS);
	describe(MAP_CONTROL, sizeof(struct bind_control), 1);
	describe(MAP_LEDGER, (uint32_t)row, 2 * (uint32_t)((ledger + row - 1) / row));
	describe(MAP_CLAIMS, 0, 4 * ENTRIES);
	describe(MAP_PENDING, 0, 1024);
}

static size_t bytes_of(enum bind_map map)
{
	return (size_t)infos[map].max_entries * ((infos[map].value_size + 7U) & ~7U);
}

static int adopt(struct bind_maps *maps, uint32_t labels)
{
	for (int i = 0; i < MAPS; i++) {
		files[i] = memfd_create(bind_maps_name(i), MFD_CLOEXEC);
		ck_assert_int_ge(files[i], 0);
		ck_assert_int_eq(ftruncate(files[i], (off_t)bytes_of(i)), 0);
	}
	*maps = (struct bind_maps){
		.table_bits = BITS,
		.cpus = CPUS,
		.max_rows = MAX_ROWS,
		.labels = labels,
	};
	return bind_maps_adopt(maps, files);
}

START_TEST(adopts_what_is_pinned)
{
	struct bind_maps maps;

	describe_all(BIND_LABELS_OWNER);
	ck_assert_int_eq(adopt(&maps, BIND_LABELS_OWNER), 0);
	for (int i = 0; i < MAPS; i++) {
		bool mapped = i != MAP_CLAIMS && i != MAP_PENDING;

		ck_assert_msg((maps.of[i].memory != NULL) == mapped, "%s", bind_maps_name(i));
		ck_assert_uint_eq(maps.of[i].length, mapped ? bytes_of(i) : 0);
		ck_assert_uint_eq(maps.of[i].entries, infos[i].max_entries);
	}
	bind_maps_control(&maps)->generation = 7;
	bind_maps_unmap(&maps);
	for (int i = 0; i < MAPS; i++)
		ck_assert(!maps.of[i].memory && fcntl(files[i], F_GETFD) < 0);
}
END_TEST

static const struct {
	enum bind_map map;
	uint32_t value_size, entries;
	int error;
} strangers[] = {
	{MAP_TABLE, sizeof(struct bind_entry), 2 * ENTRIES - 1, -EPROTO},
	{MAP_TABLE, sizeof(struct bind_entry) - 8, 2 * ENTRIES, -EPROTO},
	{MAP_TABLE, 0, 2 * ENTRIES, -EPROTO}, /* a hash */
	{MAP_MISSED, sizeof(uint64_t), 1, -EPROTO},
	{MAP_LEDGER, sizeof(struct ledger_row), 1, -EPROTO},
	{MAP_CONTROL, sizeof(struct bind_control) + 8, 1, -EPROTO},
	/* The size of calls is the object's, and before 5.12 it is a hash. */
	{MAP_CALLS, 0, 64, 0},
	{MAP_CALLS, sizeof(struct bind_calls), 64, 0},
	{MAP_CALLS, sizeof(uint64_t), 64, -EPROTO},
	{MAP_PENDING, 0, 1, 0},
};

START_TEST(refuses_maps_of_another_size)
{
	struct bind_maps maps;

	describe_all(BIND_LABELS_OWNER);
	describe(strangers[_i].map, strangers[_i].value_size, strangers[_i].entries);
	ck_assert_int_eq(adopt(&maps, BIND_LABELS_OWNER), strangers[_i].error);
	bind_maps_unmap(&maps);
	for (int i = 0; i < MAPS; i++)
		ck_assert_int_lt(fcntl(files[i], F_GETFD), 0);
}
END_TEST

START_TEST(refuses_what_is_no_map)
{
	struct bind_maps maps;

	describe_all(BIND_LABELS_OWNER);
	kernel.info_error = EINVAL;
	ck_assert_int_eq(adopt(&maps, BIND_LABELS_OWNER), -EINVAL);
	bind_maps_unmap(&maps);
}
END_TEST

START_TEST(shows_its_memory)
{
	struct bind_maps maps;
	struct bind_view view;

	describe_all(BIND_LABELS_OWNER);
	ck_assert_int_eq(adopt(&maps, BIND_LABELS_OWNER), 0);
	bind_maps_control(&maps)->generation = 5;
	bind_maps_view(&maps, &view);
	ck_assert_ptr_eq(view.table, maps.of[MAP_TABLE].memory);
	ck_assert_ptr_eq(view.origins, maps.of[MAP_ORIGINS].memory);
	ck_assert_ptr_eq(view.attempts, maps.of[MAP_ATTEMPTS].memory);
	ck_assert_ptr_eq(view.failures, maps.of[MAP_FAILURES].memory);
	ck_assert_ptr_eq(view.overflow, maps.of[MAP_OVERFLOW].memory);
	ck_assert_ptr_eq(view.failure_overflow, maps.of[MAP_FAILURE_OVERFLOW].memory);
	ck_assert_ptr_eq(view.missed, maps.of[MAP_MISSED].memory);
	ck_assert_ptr_eq(view.calls, maps.of[MAP_CALLS].memory);
	ck_assert_ptr_eq(view.control, maps.of[MAP_CONTROL].memory);
	ck_assert_uint_eq(view.table_bits, BITS);
	ck_assert_uint_eq(view.cpus, CPUS);
	ck_assert_uint_eq(view.generation, 5);
	ck_assert_uint_eq(view.recursion_misses, 0);
	maps.labels = 0;
	bind_maps_view(&maps, &view);
	ck_assert_ptr_null(view.origins);
	bind_maps_unmap(&maps);
}
END_TEST

static const struct exporter_map *find(const struct exporter_map *maps, uint32_t count,
				       const char *name)
{
	for (uint32_t i = 0; i < count; i++)
		if (strcmp(maps[i].name, name) == 0)
			return &maps[i];
	return NULL;
}

START_TEST(describes_what_is_used)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	struct exporter_map all[EXPORTER_MAPS_MAX];
	struct bind_maps maps;

	describe_all(BIND_LABELS_OWNER);
	ck_assert_int_eq(adopt(&maps, BIND_LABELS_OWNER), 0);
	ck_assert_uint_eq(bind_maps_describe(&maps, all, EXPORTER_MAPS_MAX), MAPS);
	ck_assert_uint_eq(find(all, MAPS, "table")->capacity, 2 * ENTRIES);
	ck_assert_uint_eq(find(all, MAPS, "table")->bytes, bytes_of(MAP_TABLE));
	ck_assert_uint_eq(find(all, MAPS, "control")->bytes, page);
	ck_assert_uint_eq(find(all, MAPS, "pending")->bytes, 0); /* no memlock in its fdinfo */
	ck_assert_uint_eq(bind_maps_describe(&maps, all, 2), 2);
	maps.labels = 0;
	close(maps.of[MAP_CLAIMS].descriptor);
	maps.of[MAP_CLAIMS].descriptor = -1;
	ck_assert_uint_eq(bind_maps_describe(&maps, all, EXPORTER_MAPS_MAX), MAPS - 2);
	ck_assert_ptr_null(find(all, MAPS - 2, "origins"));
	ck_assert_ptr_null(find(all, MAPS - 2, "claims"));
	bind_maps_unmap(&maps);
}
END_TEST

static const struct {
	uint64_t generation;
	int delete_error, error;
	uint32_t deleted, first, last;
} clears[] = {
	{2, 0, 0, 2 * ENTRIES, 0, FAILURE | (ENTRIES - 1)},
	{3, 0, 0, 2 * ENTRIES, ENTRIES, FAILURE | (2 * ENTRIES - 1)},
	{3, ENOENT, 0, 2 * ENTRIES, ENTRIES, FAILURE | (2 * ENTRIES - 1)},
	{2, EPERM, -EPERM, 1, 0, 0},
};

/* Before 5.12 those of failures are cleared as well. */
START_TEST(clears_the_claims_of_a_half)
{
	struct bind_maps maps;

	describe_all(BIND_LABELS_OWNER);
	ck_assert_int_eq(adopt(&maps, BIND_LABELS_OWNER), 0);
	kernel.delete_error = clears[_i].delete_error;
	ck_assert_int_eq(bind_maps_clear(&maps, clears[_i].generation), clears[_i].error);
	ck_assert_uint_eq(kernel.deleted, clears[_i].deleted);
	ck_assert_uint_eq(kernel.first, clears[_i].first);
	ck_assert_uint_eq(kernel.last, clears[_i].last);
	bind_maps_unmap(&maps);
}
END_TEST

/* Without labels by owner, the map of origins has only one element. */
START_TEST(clears_no_origins_that_are_not_there)
{
	struct bind_origin *origin;
	struct bind_maps maps;

	describe_all(0);
	ck_assert_int_eq(adopt(&maps, 0), 0);
	origin = maps.of[MAP_ORIGINS].memory;
	origin->state = BIND_ORIGIN_COMPLETE;
	ck_assert_int_eq(bind_maps_clear(&maps, 0), 0);
	ck_assert_int_eq(bind_maps_clear(&maps, 1), 0);
	ck_assert_uint_eq(origin->state, BIND_ORIGIN_COMPLETE);
	bind_maps_unmap(&maps);
}
END_TEST

static uint32_t entries_of(const struct bpf_object *object, const char *map)
{
	return bpf_map__max_entries(bpf_object__find_map_by_name(object, map));
}

static const struct bpf_object_file *const objects[] = {&bpf_object_5_12, &bpf_object_before_5_12};

START_TEST(prepares_an_object)
{
	struct bpf_object *object = open_object(objects[_i]);
	const struct bind_source_config config = {
		.table_bits = BITS,
		.max_rows = MAX_ROWS,
		.labels = BIND_LABELS_OWNER,
		.last_attempt = true,
		.pins = (const struct pins *)&config,
	};
	const struct bind_settings *settings;
	struct bind_maps maps = {.owned = false};
	size_t size;

	ck_assert_int_eq(bind_maps_prepare(&maps, object, &config, /* results= */ true), 0);
	ck_assert_uint_ge(maps.cpus, 1);
	ck_assert_uint_eq(entries_of(object, "table"), 2 * ENTRIES);
	ck_assert_uint_eq(entries_of(object, "origins"), 2 * ENTRIES);
	ck_assert_uint_eq(entries_of(object, "attempts"), maps.cpus * 2 * ENTRIES);
	ck_assert_uint_eq(entries_of(object, "missed"), maps.cpus * BIND_MISSED_REASONS);
	settings = bpf_map__initial_value(bpf_object__find_map_by_name(object, ".rodata.settings"),
					  &size);
	ck_assert_uint_eq(size, sizeof(*settings));
	ck_assert_uint_eq(settings->table_bits, BITS);
	ck_assert_uint_eq(settings->table_mask, ENTRIES - 1);
	ck_assert_uint_eq(settings->hash_shift, 64 - BITS);
	ck_assert_uint_eq(settings->labels, BIND_LABELS_OWNER);
	ck_assert(settings->last_attempt && settings->results && settings->pinned);
	ck_assert(!settings->comm_of_thread);
	for (int i = 0; i < BIND_KEY_WORDS; i++)
		ck_assert(settings->hash_multiplier[i] & 1);
	bpf_object__close(object);
}
END_TEST

START_TEST(refuses_an_object_without_settings)
{
	struct bpf_object *object = open_object(&bpf_object_grace);
	const struct bind_source_config config = {.table_bits = BITS, .max_rows = MAX_ROWS};
	struct bind_maps maps = {.owned = false};

	ck_assert_int_eq(bind_maps_prepare(&maps, object, &config, /* results= */ false), -EINVAL);
	bpf_object__close(object);
}
END_TEST

/* Nothing of an object that is not loaded can be mapped. */
START_TEST(maps_what_was_created)
{
	struct bpf_object *object = open_object(&bpf_object_5_12);
	struct bind_maps maps = {.owned = false};
	struct bpf_map *map;

	bpf_object__for_each_map(map, object) bpf_map__set_autocreate(map, false);
	ck_assert_int_eq(bind_maps_map(&maps, object), 0);
	for (int i = 0; i < MAPS; i++)
		ck_assert(maps.of[i].descriptor == -1 && !maps.of[i].memory);
	bind_maps_unmap(&maps);
	bpf_object__close(object);
}
END_TEST

START_TEST(are_named)
{
	for (int i = 0; i < MAPS; i++)
		for (int j = 0; j < i; j++)
			ck_assert_str_ne(bind_maps_name(i), bind_maps_name(j));
	ck_assert_str_eq(bind_maps_name(MAP_CONTROL), "control");
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{adopts_what_is_pinned, 0},
		{refuses_maps_of_another_size, ARRAY_SIZE(strangers)},
		{refuses_what_is_no_map, 0},
		{shows_its_memory, 0},
		{describes_what_is_used, 0},
		{clears_the_claims_of_a_half, ARRAY_SIZE(clears)},
		{clears_no_origins_that_are_not_there, 0},
		{prepares_an_object, ARRAY_SIZE(objects)},
		{refuses_an_object_without_settings, 0},
		{maps_what_was_created, 0},
		{are_named, 0},
	};

	return run_suite("maps", tests, ARRAY_SIZE(tests));
}
