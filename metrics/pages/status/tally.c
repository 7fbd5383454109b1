// SPDX-License-Identifier: Apache-2.0
#include "metrics/pages/status/tally.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/label.h"
#include "metrics/rows/collection.h"
#include "metrics/rows/row_set.h"

static int descending(uint64_t a, uint64_t b)
{
	return a > b ? -1 : a < b;
}

static int by_name(const void *left, const void *right)
{
	const struct tally_bar *a = left, *b = right;
	size_t shorter = a->name_length < b->name_length ? a->name_length : b->name_length;
	int order = memcmp(a->name, b->name, shorter);

	return order ? order : (a->name_length > shorter) - (b->name_length > shorter);
}

static int by_attempts(const void *left, const void *right)
{
	const struct tally_bar *a = left, *b = right;
	int order = descending(a->attempts, b->attempts);

	return order ? order : by_name(left, right);
}

/* Sorts bars, with empty ones at the end. Returns the number of those that are not empty. */
static uint32_t rank(struct tally_bar *bars, uint32_t count)
{
	qsort(bars, count, sizeof(*bars), by_attempts);
	while (count && !bars[count - 1].attempts)
		count--;
	return count;
}

static void add(struct tally_bar *bar, uint64_t attempts, uint64_t failures)
{
	bar->attempts += attempts;
	bar->failures += failures;
}

static void add_kind(struct tally *tally, uint8_t category, uint16_t family, uint64_t attempts,
		     uint64_t failures)
{
	add(&tally->categories[category - 1], attempts, failures);
	add(&tally->families[family <= BIND_NAMED_FAMILIES ? family : 0], attempts, failures);
	tally->attempts += attempts;
	tally->failures += failures;
}

static void name_kinds(struct tally *tally)
{
	for (uint8_t i = 0; i < BIND_CATEGORIES; i++) {
		tally->categories[i].name = bind_category_name(i + 1);
		tally->categories[i].name_length = strlen(tally->categories[i].name);
	}
	for (uint16_t i = 0; i <= BIND_NAMED_FAMILIES; i++) {
		tally->families[i].name = bind_family_name(i);
		tally->families[i].name_length = strlen(tally->families[i].name);
	}
}

static void add_retired(struct tally *tally, const struct totals *totals)
{
	for (uint8_t category = 1; category <= BIND_CATEGORIES; category++) {
		for (uint16_t family = 0; family < BIND_FAMILIES; family++) {
			uint32_t slot = bind_overflow_index(0, category, family);

			add_kind(tally, category, family, totals->retired[slot],
				 totals->retired_failures[slot]);
		}
	}
	tally->retired = tally->attempts;
}

static void add_failures(struct tally *tally, const struct row_set *failures)
{
	for (uint32_t i = 0; i < failures->count; i++) {
		const struct row *row = row_set_at(failures, i);
		struct tally_failures *failed = &tally->failed_by[row->parent];

		failed->count += row->count;
		if (row->count > failed->top_count) {
			failed->top_count = row->count;
			failed->top_error = row->error;
		}
	}
}

static void name_process(struct tally_bar *bar, const struct row *row)
{
	struct label label;

	for (const char *at = row->labels; (at = label_next(at, &label));)
		if (label_is_comm(&label))
			break;
	*bar = (struct tally_bar){
		.name = label.value,
		.name_length = label.value_length,
		.rows = 1,
		.comm = row->other ? NULL : (const char *)row->key.comm,
		.other = row->other,
	};
}

static void add_rows(struct tally *tally, const struct row_set *rows)
{
	for (uint32_t i = 0; i < rows->count; i++) {
		const struct row *row = row_set_at(rows, i);
		uint64_t failures = tally->failed_by[rows->order[i]].count;

		name_process(&tally->processes[i], row);
		add(&tally->processes[i], row->count, failures);
		add_kind(tally, bind_kind_category(row->key.kind), bind_kind_family(row->key.kind),
			 row->count, failures);
		if (row->first_ns < tally->first_ns)
			tally->first_ns = row->first_ns;
		tally->order[i] = rows->order[i];
	}
}

/* Merges the rows of a process into one bar. Returns the number of bars. */
static uint32_t merge_processes(struct tally_bar *bars, uint32_t count)
{
	uint32_t merged = 0;

	qsort(bars, count, sizeof(*bars), by_name);
	for (uint32_t i = 0; i < count; i++) {
		if (merged && by_name(&bars[merged - 1], &bars[i]) == 0) {
			add(&bars[merged - 1], bars[i].attempts, bars[i].failures);
			bars[merged - 1].rows++;
		} else {
			bars[merged++] = bars[i];
		}
	}
	return merged;
}

static int rows_by_attempts(const void *left, const void *right, void *context)
{
	const struct row *rows = context;
	const struct row *a = &rows[*(const uint32_t *)left], *b = &rows[*(const uint32_t *)right];
	int order = descending(a->count, b->count);

	return order ? order : strcmp(a->labels, b->labels);
}

int tally_init(struct tally *tally, const struct collection *collection)
{
	const struct row_set *rows = collection->rows;

	*tally = (struct tally){
		.first_ns = UINT64_MAX,
		.processes = calloc(rows->count + 1, sizeof(*tally->processes)),
		.order = calloc(rows->count + 1, sizeof(*tally->order)),
		.failed_by = calloc(rows->used + 1, sizeof(*tally->failed_by)),
	};
	if (!tally->processes || !tally->order || !tally->failed_by) {
		tally_free(tally);
		return -ENOMEM;
	}
	name_kinds(tally);
	add_retired(tally, &collection->totals);
	add_failures(tally, collection->failures);
	add_rows(tally, rows);
	tally->process_count =
		rank(tally->processes, merge_processes(tally->processes, rows->count));
	tally->category_count = rank(tally->categories, BIND_CATEGORIES);
	tally->family_count = rank(tally->families, BIND_NAMED_FAMILIES + 1);
	qsort_r(tally->order, rows->count, sizeof(*tally->order), rows_by_attempts, rows->rows);
	return 0;
}

void tally_free(struct tally *tally)
{
	free(tally->processes);
	free(tally->order);
	free(tally->failed_by);
	*tally = (struct tally){0};
}
