// SPDX-License-Identifier: Apache-2.0
#include "metrics/rows/row_set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int row_set_init(struct row_set *set, uint32_t max)
{
	*set = (struct row_set){
		.rows = calloc(max, sizeof(*set->rows)),
		.order = calloc(max, sizeof(*set->order)),
		.free = calloc(max, sizeof(*set->free)),
		.max = max,
	};
	if (set->rows && set->order && set->free)
		return 0;
	row_set_free(set);
	return -ENOMEM;
}

static void free_row(struct row *row)
{
	free(row->labels);
	free(row->owner);
	*row = (struct row){0};
}

void row_set_free(struct row_set *set)
{
	for (uint32_t number = 0; number < set->used; number++)
		free_row(&set->rows[number]);
	free(set->rows);
	free(set->order);
	free(set->free);
	*set = (struct row_set){0};
}

bool row_set_find(const struct row_set *set, const char *labels, uint32_t *ret_position)
{
	uint32_t low = 0, high = set->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = strcmp(row_set_at(set, middle)->labels, labels);

		if (order == 0) {
			*ret_position = middle;
			return true;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*ret_position = low;
	return false;
}

bool row_set_has_room(const struct row_set *set)
{
	return set->named < set->max - ROW_SET_OTHERS;
}

/* A flood of names must not keep a privileged port from getting a row of its own. */
bool row_set_has_room_for(const struct row_set *set, uint64_t kind, bool capable)
{
	uint32_t limit = set->max - ROW_SET_OTHERS;

	if (!row_set_has_room(set))
		return false;
	if (!bind_is_reserved(kind) && set->ordinary >= limit - set->max / 4)
		return false;
	return capable || set->incapable < limit - set->max / 8;
}

static void count_quotas(struct row_set *set, const struct row *row, int32_t change)
{
	set->named += change;
	set->ordinary += bind_is_reserved(row->key.kind) ? 0 : change;
	set->incapable += row->capable ? 0 : change;
}

uint32_t row_set_insert(struct row_set *set, uint32_t position, const struct row *row, bool named)
{
	uint32_t *slot = set->order + position;
	uint32_t number;

	if (set->count == set->max)
		return UINT32_MAX;
	number = set->free_count ? set->free[--set->free_count] : set->used++;
	set->rows[number] = *row;
	memmove(slot + 1, slot, (set->count - position) * sizeof(*slot));
	*slot = number;
	set->count++;
	if (named)
		count_quotas(set, row, 1);
	return number;
}

void row_set_remove(struct row_set *set, const bool *gone)
{
	uint32_t kept = 0;

	for (uint32_t position = 0; position < set->count; position++) {
		uint32_t number = set->order[position];
		struct row *row = &set->rows[number];

		if (!gone[number]) {
			set->order[kept++] = number;
			continue;
		}
		count_quotas(set, row, -1);
		free_row(row);
		set->free[set->free_count++] = number;
	}
	set->count = kept;
}

struct row *row_set_at(const struct row_set *set, uint32_t position)
{
	return &set->rows[set->order[position]];
}
