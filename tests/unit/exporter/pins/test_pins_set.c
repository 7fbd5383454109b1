// SPDX-License-Identifier: Apache-2.0
#include "exporter/pins/set.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "exporter/pins/dispatcher.h"
#include "exporter/pins/pin_owner.h"
#include "metrics/rows/ledger.h"
#include "metrics/rows/snapshot.h"
#include "tests/unit/exporter/pins/pins_fixture.h"
#include "tests/unit/suite.h"

static struct pinned_set set;

static void begin(void)
{
	struct attach_plan plan;

	pins_fixture_begin();
	plan = pins_plan(BIND_MODE_LSM, /* results= */ true);
	pins_create(&plan, /* predecessor= */ NULL, &set);
}

static void end(void)
{
	pinned_set_close(&set);
	pins_fixture_end();
}

static void unpin(const char *directory, const char *name)
{
	char path[3 * FAKE_PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s/%s", pins_path, directory, name);
	ck_assert_int_eq(unlink(path), 0);
}

/* Another map takes the name of one that is pinned. */
static void replace(const char *name, enum bpf_map_type type, uint32_t value_size, uint32_t entries)
{
	char path[3 * FAKE_PATH_MAX];
	int map = bpf_map_create(type, NULL, sizeof(uint32_t), value_size, entries, NULL);

	unpin(set.directory, name);
	snprintf(path, sizeof(path), "%s/%s/%s", pins_path, set.directory, name);
	ck_assert_int_eq(bpf_obj_pin(map, path), 0);
	close(map);
}

static void write_identity(const struct pinned_set *of, const struct bind_identity *identity)
{
	int map = pins_get(pins, of->directory, PIN_IDENTITY);

	ck_assert_int_eq(pwrite(map, identity, sizeof(*identity), 0), sizeof(*identity));
	close(map);
}

START_TEST(opens_what_was_created)
{
	struct pinned_set again;

	begin();
	ck_assert_uint_eq(set.identity.abi, BIND_ABI_VERSION);
	ck_assert_uint_ne(set.identity.id, 0);
	ck_assert_uint_eq(set.identity.predecessor, 0);
	ck_assert_uint_ne(set.identity.begun_s, 0);
	ck_assert_uint_eq(set.identity.results, 1);
	ck_assert_uint_eq(set.maps.table_bits, BIND_TABLE_BITS_MIN);
	ck_assert_int_eq(set.hooks.count, 3);
	ck_assert_str_eq(set.hooks.names[2], "lsm_socket_bind");
	ck_assert_ptr_nonnull(pinned_set_control(&set));
	ck_assert_uint_eq(pinned_set_ledger(&set)->rows, 0);
	pinned_set_control(&set)->generation = 7;
	ck_assert_int_eq(pinned_set_open(pins, set.directory, &again), 0);
	ck_assert_uint_eq(pinned_set_control(&again)->generation, 7); /* the same memory */
	for (int hook = 0; hook < 3; hook++) {
		ck_assert_uint_ne(pinned_set_program(&set, hook), 0);
		ck_assert_uint_eq(pinned_set_program(&set, hook), fake_id(again.programs[hook]));
		ck_assert_int_ge(again.hooks.slots[hook], 0);
		ck_assert_uint_eq(dispatcher_get(&again.hooks, hook, BIND_SLOT_CURRENT), 0);
	}
	ck_assert(pinned_set_same_last_hook(&set, &again));
	pinned_set_close(&again);
	end();
}
END_TEST

static const struct {
	size_t offset;
	size_t size;
	uint64_t value;
} foreign[] = {
#define FIELD(name, foreign_value)                                                               \
	{                                                                                        \
		offsetof(struct bind_identity, name), sizeof(((struct bind_identity *)0)->name), \
			foreign_value                                                            \
	}
	FIELD(abi, BIND_ABI_VERSION - 1),
	FIELD(abi, BIND_ABI_VERSION + 1),
	FIELD(table_bits, 0),
	FIELD(table_bits, BIND_TABLE_BITS_MAX + 1),
	FIELD(max_rows, SNAPSHOT_MAX_ROWS_MIN - 1),
	FIELD(max_rows, SNAPSHOT_MAX_ROWS_MAX + 1),
	FIELD(cpus, 0),
	FIELD(cpus, 1U << 20),
	FIELD(table_bits, BIND_TABLE_BITS_MIN + 1), /* maps of another size */
};

START_TEST(refuses_the_identity_of_another_version)
{
	struct bind_identity identity;
	struct pinned_set sets[2];

	begin();
	identity = set.identity;
	memcpy((char *)&identity + foreign[_i].offset, &foreign[_i].value, foreign[_i].size);
	write_identity(&set, &identity);
	ck_assert_int_eq(pinned_set_open(pins, set.directory, &sets[0]), -EPROTO);
	ck_assert_int_eq(pinned_set_find(pins, sets), -EPROTO);
	end();
}
END_TEST

static const struct {
	const char *name;
	enum bpf_map_type type;
	uint32_t value_size;
	uint32_t entries;
} other_maps[] = {
	{PIN_IDENTITY, BPF_MAP_TYPE_HASH, sizeof(struct bind_identity), 1},
	{PIN_IDENTITY, BPF_MAP_TYPE_ARRAY, 4, 1},
	{PIN_IDENTITY, BPF_MAP_TYPE_ARRAY, 8192, 1},
	{PIN_IDENTITY, BPF_MAP_TYPE_ARRAY, sizeof(struct bind_identity) + 8, 1},
	{"table", BPF_MAP_TYPE_ARRAY, sizeof(struct bind_entry), 1},
	{"ledger", BPF_MAP_TYPE_ARRAY, 8, 1},
	{"control", BPF_MAP_TYPE_HASH, sizeof(struct bind_control), 1},
};

START_TEST(refuses_other_maps)
{
	struct pinned_set again;

	begin();
	replace(other_maps[_i].name, other_maps[_i].type, other_maps[_i].value_size,
		other_maps[_i].entries);
	ck_assert_int_eq(pinned_set_open(pins, set.directory, &again), -EPROTO);
	end();
}
END_TEST

static const struct {
	const char *name;
	int expected;
} missing[] = {
	{PIN_IDENTITY, -ENOENT}, {"table", -ENOENT},           {"ledger", -ENOENT},
	{"control", -ENOENT},    {"lsm_socket_bind", -ENOENT}, {"exit_sys_bind", 0},
};

START_TEST(needs_its_parts)
{
	struct pinned_set again;

	begin();
	unpin(set.directory, missing[_i].name);
	ck_assert_int_eq(pinned_set_open(pins, set.directory, &again), missing[_i].expected);
	if (!missing[_i].expected)
		pinned_set_close(&again);
	end();
}
END_TEST

START_TEST(fails_where_the_kernel_does)
{
	static const char *const calls[] = {"bpf_obj_get_info_by_fd", "bpf_map_lookup_elem"};
	struct pinned_set again;

	begin();
	fake = (struct fake_behaviour){.failing = calls[_i], .countdown = 1, .error = EPERM};
	ck_assert_int_eq(pinned_set_open(pins, set.directory, &again), -EPERM);
	fake = (struct fake_behaviour){
		.failing = "bpf_obj_get_info_by_fd", .countdown = 2, .error = EPERM};
	ck_assert_int_eq(pinned_set_open(pins, set.directory, &again), -EPERM); /* of a map */
	fake = (struct fake_behaviour){
		.failing = "bpf_obj_get_info_by_fd", .countdown = 1, .error = EPERM};
	ck_assert_uint_eq(pinned_set_program(&set, 0), 0);
	end();
}
END_TEST

START_TEST(finds_none)
{
	struct pinned_set sets[2];

	pins_fixture_begin();
	ck_assert_int_eq(pinned_set_find(pins, sets), 0);
	pins_fixture_end();
}
END_TEST

/* Ids are random: in whatever order the directories are listed. */
START_TEST(finds_the_previous_set_first)
{
	struct attach_plan plan;
	struct pinned_set next, sets[2];

	begin();
	plan = pins_plan(BIND_MODE_FENTRY, /* results= */ false);
	pins_create(&plan, &set, &next);
	ck_assert_uint_eq(next.identity.predecessor, set.identity.id);
	ck_assert_uint_eq(next.identity.begun_s, set.identity.begun_s);
	ck_assert_int_eq(pinned_set_find(pins, sets), 2);
	ck_assert_str_eq(sets[0].directory, set.directory);
	ck_assert_str_eq(sets[1].directory, next.directory);
	ck_assert(!pinned_set_same_last_hook(&sets[0], &sets[1]));
	pinned_set_close(&sets[0]);
	pinned_set_close(&sets[1]);
	pinned_set_close(&next);
	end();
}
END_TEST

START_TEST(refuses_two_sets_that_are_not_related)
{
	struct attach_plan plan;
	struct pinned_set other, sets[2];

	begin();
	plan = pins_plan(BIND_MODE_LSM, /* results= */ true);
	pins_create(&plan, /* predecessor= */ NULL, &other);
	ck_assert_int_eq(pinned_set_find(pins, sets), -EEXIST);
	unpin(other.directory, "table"); /* one that cannot be opened */
	ck_assert_int_eq(pinned_set_find(pins, sets), -ENOENT);
	pinned_set_close(&other);
	end();
}
END_TEST

static const struct {
	const char *failing;
	unsigned int call;
	bool pinning;
} failures[] = {
	{"bpf_object__load", 1, false}, {"bpf_obj_get_info_by_fd", 1, false},
	{"bpf_map_create", 1, true},    {"bpf_map_update_elem", 1, true},
	{"bpf_obj_pin", 1, true},       {"bpf_obj_pin", 2, true},
	{"bpf_obj_pin", 13, true},
};

START_TEST(says_what_failed)
{
	struct attach_plan plan;
	char directory[PINS_NAME_MAX] = "";
	bool pinning = false;

	begin();
	plan = pins_plan(BIND_MODE_LSM, /* results= */ true);
	fake = (struct fake_behaviour){
		.failing = failures[_i].failing, .countdown = failures[_i].call, .error = ENOMEM};
	ck_assert_int_eq(
		pinned_set_create(&plan, &set.hooks, /* predecessor= */ NULL, directory, &pinning),
		-ENOMEM);
	ck_assert_int_eq(pinning, failures[_i].pinning);
	ck_assert_int_eq(pins_count(PIN_SET), 1);
	end();
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{opens_what_was_created, 0},
		{refuses_the_identity_of_another_version, ARRAY_SIZE(foreign)},
		{refuses_other_maps, ARRAY_SIZE(other_maps)},
		{needs_its_parts, ARRAY_SIZE(missing)},
		{fails_where_the_kernel_does, 2},
		{finds_none, 0},
		{finds_the_previous_set_first, 8},
		{refuses_two_sets_that_are_not_related, 0},
		{says_what_failed, ARRAY_SIZE(failures)},
	};

	return run_suite("pinned_set", tests, ARRAY_SIZE(tests));
}
