// SPDX-License-Identifier: Apache-2.0
/* The sorted set of rows: order, numbers, and quotas. */
#include "metrics/rows/row_set.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "metrics/owners/owner.h"
#include "tests/unit/suite.h"

#define MAX   256
#define LIMIT (MAX - ROW_SET_OTHERS)

static struct row_set set;

static void begin(void)
{
	ck_assert_int_eq(row_set_init(&set, MAX), 0);
}

/* Returns its number. */
static uint32_t insert(const char *labels, uint8_t category, bool capable)
{
	const struct row row = {
		.labels = strdup(labels),
		.key.kind = bind_kind(category, AF_INET),
		.capable = capable,
	};
	uint32_t position;

	ck_assert(!row_set_find(&set, labels, &position));
	return row_set_insert(&set, position, &row, /* named= */ true);
}

static void insert_many(uint32_t count, uint8_t category, bool capable)
{
	char labels[32];

	for (uint32_t i = 0; i < count; i++) {
		snprintf(labels, sizeof(labels), "%u,%u,%u", category, capable, i);
		insert(labels, category, capable);
	}
}

START_TEST(rows_are_sorted)
{
	const char *const sorted[] = {"a", "b", "b,c", "d"};
	uint32_t position;

	begin();
	ck_assert(!row_set_find(&set, "a", &position));
	ck_assert_uint_eq(position, 0);
	ck_assert_uint_eq(insert("d", BIND_AUTO, true), 0);
	ck_assert_uint_eq(insert("b", BIND_AUTO, true), 1);
	ck_assert_uint_eq(insert("a", BIND_AUTO, true), 2);
	ck_assert_uint_eq(insert("b,c", BIND_AUTO, true), 3);
	for (uint32_t i = 0; i < ARRAY_SIZE(sorted); i++) {
		ck_assert_str_eq(row_set_at(&set, i)->labels, sorted[i]);
		ck_assert(row_set_find(&set, sorted[i], &position));
		ck_assert_uint_eq(position, i);
	}
	ck_assert(!row_set_find(&set, "c", &position));
	ck_assert_uint_eq(position, 3);
	row_set_free(&set);
}
END_TEST

START_TEST(a_number_is_for_life)
{
	bool gone[MAX] = {[1] = true};

	begin();
	insert("c", BIND_AUTO, true);
	insert("b", BIND_AUTO, true);
	insert("a", BIND_AUTO, true);
	set.rows[1].owner = calloc(1, sizeof(struct owner));
	row_set_remove(&set, gone);
	ck_assert_uint_eq(set.count, 2);
	ck_assert_str_eq(set.rows[0].labels, "c");
	ck_assert_ptr_null(set.rows[1].labels);
	ck_assert_ptr_null(set.rows[1].owner);
	ck_assert_str_eq(set.rows[2].labels, "a");
	ck_assert_str_eq(row_set_at(&set, 1)->labels, "c");
	ck_assert_uint_eq(insert("bb", BIND_AUTO, true), 1);
	ck_assert_uint_eq(insert("bbb", BIND_AUTO, true), 3);
	row_set_free(&set);
}
END_TEST

static const struct {
	uint8_t category;
	bool capable;
	uint32_t quota;
} quotas[] = {
	{BIND_AUTO, true, LIMIT - MAX / 4},
	{BIND_WELL_KNOWN, false, LIMIT - MAX / 8},
	{BIND_WELL_KNOWN, true, LIMIT},
};

START_TEST(quotas_hold)
{
	uint64_t kind = bind_kind(quotas[_i].category, AF_INET);
	bool gone[MAX] = {true};

	begin();
	insert_many(quotas[_i].quota - 1, quotas[_i].category, quotas[_i].capable);
	ck_assert(row_set_has_room_for(&set, kind, quotas[_i].capable));
	insert("last", quotas[_i].category, quotas[_i].capable);
	ck_assert(!row_set_has_room_for(&set, kind, quotas[_i].capable));
	ck_assert_int_eq(row_set_has_room(&set), quotas[_i].quota < LIMIT);
	row_set_remove(&set, gone);
	ck_assert(row_set_has_room_for(&set, kind, quotas[_i].capable));
	row_set_free(&set);
}
END_TEST

START_TEST(others_have_room)
{
	struct row other = {.labels = NULL};
	char labels[32];

	begin();
	insert_many(LIMIT, BIND_WELL_KNOWN, true);
	ck_assert(!row_set_has_room(&set));
	for (uint32_t i = 0; i < ROW_SET_OTHERS; i++) {
		snprintf(labels, sizeof(labels), "z%03u", i);
		other.labels = strdup(labels);
		ck_assert_uint_eq(row_set_insert(&set, LIMIT + i, &other, /* named= */ false),
				  LIMIT + i);
	}
	ck_assert_uint_eq(row_set_insert(&set, 0, &other, /* named= */ false), UINT32_MAX);
	ck_assert_uint_eq(set.count, MAX);
	row_set_free(&set);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{rows_are_sorted, 0},
		{a_number_is_for_life, 0},
		{quotas_hold, ARRAY_SIZE(quotas)},
		{others_have_room, 0},
	};

	return run_suite("row_set", tests, ARRAY_SIZE(tests));
}
