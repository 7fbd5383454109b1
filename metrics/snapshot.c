// SPDX-License-Identifier: Apache-2.0
#include "snapshot.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "bind_names.h"
#include "label.h"
#include "text.h"

#define NO_ROW UINT32_MAX

struct snapshot {
	struct snapshot_row *rows; /* in order of creation: a row never moves */
	uint32_t *order;           /* row numbers, sorted by labels */
	uint32_t *row_of_entry;    /* NO_ROW until the entry was seen */
	uint64_t *sums;            /* by entry; scratch of one collection */
	uint32_t *fresh;           /* entries seen for the first time; scratch */
	uint32_t count;
	uint32_t named;    /* rows that are not "(other)" */
	uint32_t ordinary; /* of those, neither well_known nor pathname */
	uint32_t max_rows;
	uint32_t table_bits;
	struct snapshot_totals totals;
};

uint32_t snapshot_table_bits(uint32_t max_rows)
{
	uint32_t bits = BIND_TABLE_BITS_MIN;

	while ((1U << bits) < max_rows + max_rows / 5 * 3)
		bits++;
	return bits;
}

struct snapshot *snapshot_new(uint32_t table_bits, uint32_t max_rows)
{
	size_t entries = (size_t)1 << table_bits;
	struct snapshot *new = calloc(1, sizeof(*new));

	if (!new)
		return NULL;
	new->max_rows = max_rows;
	new->table_bits = table_bits;
	new->rows = calloc(max_rows, sizeof(*new->rows));
	new->order = calloc(max_rows, sizeof(*new->order));
	new->row_of_entry = malloc(entries * sizeof(*new->row_of_entry));
	new->sums = calloc(entries, sizeof(*new->sums));
	new->fresh = calloc(entries, sizeof(*new->fresh));
	if (!new->rows || !new->order || !new->row_of_entry || !new->sums || !new->fresh) {
		snapshot_free(new);
		return NULL;
	}
	memset(new->row_of_entry, 0xff, entries * sizeof(*new->row_of_entry));
	return new;
}

void snapshot_free(struct snapshot *snapshot)
{
	if (!snapshot)
		return;
	for (uint32_t row = 0; row < snapshot->count; row++)
		free(snapshot->rows[row].labels);
	free(snapshot->rows);
	free(snapshot->order);
	free(snapshot->row_of_entry);
	free(snapshot->sums);
	free(snapshot->fresh);
	free(snapshot);
}

/* comm: a label value, not yet escaped. NULL: out of memory. */
static char *format_labels(uint64_t kind, const char *comm)
{
	char escaped[LABEL_ESCAPED_MAX];
	struct text text = {0};

	label_escape(comm, escaped);
	text_append_string(&text, "{category=\"");
	text_append_string(&text, bind_category_name(bind_kind_category(kind)));
	text_append_string(&text, "\",family=\"");
	text_append_string(&text, bind_family_name(bind_kind_family(kind)));
	text_append_string(&text, "\",comm=\"");
	text_append_string(&text, escaped);
	text_append(&text, "\"}", sizeof("\"}"));
	if (text.failed) {
		text_free(&text);
		return NULL;
	}
	char *labels = strdup(text.data);

	text_free(&text);
	return labels;
}

/* The position in order at which labels stands, or would have to be inserted. */
static uint32_t find_position(const struct snapshot *snapshot, const char *labels, bool *ret_found)
{
	uint32_t low = 0, high = snapshot->count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		int order = strcmp(snapshot->rows[snapshot->order[middle]].labels, labels);

		if (order == 0) {
			*ret_found = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*ret_found = false;
	return low;
}

/* Takes ownership of labels. */
static uint32_t insert_row(struct snapshot *snapshot, uint32_t position, char *labels,
			   uint64_t first_ns)
{
	uint32_t *place = snapshot->order + position;
	uint32_t row = snapshot->count++;

	snapshot->rows[row] = (struct snapshot_row){.labels = labels, .first_ns = first_ns};
	memmove(place + 1, place, (row - position) * sizeof(*place));
	*place = row;
	return row;
}

/* A flood of names must not keep a privileged port from getting a row of its own. */
static bool take_named_row(struct snapshot *snapshot, uint64_t kind)
{
	uint32_t limit = snapshot->max_rows - SNAPSHOT_OTHER_ROWS;

	if (snapshot->named >= limit)
		return false;
	if (!bind_is_reserved(kind)) {
		if (snapshot->ordinary >= limit - snapshot->max_rows / 4)
			return false;
		snapshot->ordinary++;
	}
	snapshot->named++;
	return true;
}

static int other_row(struct snapshot *snapshot, uint64_t kind, uint64_t first_ns, uint32_t *ret_row)
{
	char *labels = format_labels(kind, LABEL_OTHER);
	uint32_t position;
	bool found;

	if (!labels)
		return -ENOMEM;
	position = find_position(snapshot, labels, &found);
	if (found) {
		*ret_row = snapshot->order[position];
		free(labels);
		return 0;
	}
	if (snapshot->count == snapshot->max_rows) {
		free(labels);
		return -ERANGE; /* a combination that classification does not give */
	}
	*ret_row = insert_row(snapshot, position, labels, first_ns);
	return 0;
}

/* The row of an entry seen for the first time: one with its labels, a new one, or "(other)". */
static int assign_row(struct snapshot *snapshot, const struct bind_entry *entry, uint32_t *ret_row)
{
	char comm[LABEL_COMM_MAX], *labels;
	uint32_t position;
	bool found;

	label_from_comm((const char *)entry->key.comm, BIND_COMM_SIZE, comm);
	labels = format_labels(entry->key.kind, comm);
	if (!labels)
		return -ENOMEM;
	position = find_position(snapshot, labels, &found);
	if (!found && take_named_row(snapshot, entry->key.kind)) {
		*ret_row = insert_row(snapshot, position, labels, entry->first_ns);
		return 0;
	}
	free(labels);
	if (!found)
		return other_row(snapshot, entry->key.kind, entry->first_ns, ret_row);
	*ret_row = snapshot->order[position];
	return 0;
}

static int by_first_attempt(const void *left, const void *right, void *table)
{
	const struct bind_entry *entries = table;
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	if (entries[a].first_ns != entries[b].first_ns)
		return entries[a].first_ns < entries[b].first_ns ? -1 : 1;
	return a < b ? -1 : a > b;
}

/* First come, first named: within one collection too. */
static int assign_fresh_entries(struct snapshot *snapshot, const struct bind_view *view)
{
	uint32_t count = 0;

	for (uint32_t entry = 0; entry < 1U << snapshot->table_bits; entry++) {
		/* Acquire: an entry with a kind is complete and changes no more. */
		if (snapshot->row_of_entry[entry] == NO_ROW &&
		    __atomic_load_n(&view->table[entry].key.kind, __ATOMIC_ACQUIRE))
			snapshot->fresh[count++] = entry;
	}
	qsort_r(snapshot->fresh, count, sizeof(*snapshot->fresh), by_first_attempt,
		(void *)view->table);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t entry = snapshot->fresh[i], row;
		int error = assign_row(snapshot, &view->table[entry], &row);

		if (error)
			return error;
		snapshot->row_of_entry[entry] = row;
		snapshot->totals.entries++;
	}
	return 0;
}

/* Every counter is a word that only grows, so a sum is never below an earlier one. */
static uint64_t sum_over_cpus(const uint64_t *counters, uint32_t stride, uint32_t index,
			      uint32_t cpus)
{
	uint64_t sum = 0;

	for (uint32_t cpu = 0; cpu < cpus; cpu++)
		sum += __atomic_load_n(&counters[(size_t)cpu * stride + index], __ATOMIC_RELAXED);
	return sum;
}

/* CPU by CPU, as the counters lie in memory. */
static void sum_entries(struct snapshot *snapshot, const struct bind_view *view)
{
	size_t entries = (size_t)1 << snapshot->table_bits;

	memset(snapshot->sums, 0, entries * sizeof(*snapshot->sums));
	for (uint32_t cpu = 0; cpu < view->cpus; cpu++) {
		const uint64_t *counters = view->attempts + ((size_t)cpu << snapshot->table_bits);

		for (size_t entry = 0; entry < entries; entry++)
			snapshot->sums[entry] +=
				__atomic_load_n(&counters[entry], __ATOMIC_RELAXED);
	}
}

static void add_entries(struct snapshot *snapshot)
{
	for (uint32_t row = 0; row < snapshot->count; row++)
		snapshot->rows[row].attempts = 0;
	for (uint32_t entry = 0; entry < 1U << snapshot->table_bits; entry++) {
		uint32_t row = snapshot->row_of_entry[entry];

		if (row != NO_ROW)
			snapshot->rows[row].attempts += snapshot->sums[entry];
	}
}

/*
 * What found no entry belongs to "(other)". The sums are kept until the rows
 * of all are known to exist, so that a failure changes no count.
 */
static int collect_overflow(struct snapshot *snapshot, const struct bind_view *view,
			    uint64_t sums[], uint32_t rows[])
{
	const uint32_t slots = BIND_CATEGORIES * BIND_FAMILIES;

	for (uint32_t slot = 0; slot < slots; slot++) {
		uint64_t kind = bind_kind(slot / BIND_FAMILIES + 1, slot % BIND_FAMILIES);
		int error;

		sums[slot] = sum_over_cpus(view->overflow, slots, slot, view->cpus);
		if (!sums[slot])
			continue;
		error = other_row(snapshot, kind, view->now_ns, &rows[slot]);
		if (error)
			return error;
	}
	return 0;
}

static void add_overflow(struct snapshot *snapshot, const uint64_t sums[], const uint32_t rows[])
{
	snapshot->totals.overflow = 0;
	for (uint32_t slot = 0; slot < BIND_CATEGORIES * BIND_FAMILIES; slot++) {
		if (!sums[slot])
			continue;
		snapshot->rows[rows[slot]].attempts += sums[slot];
		snapshot->totals.overflow += sums[slot];
	}
}

int snapshot_collect(struct snapshot *snapshot, const struct bind_view *view)
{
	uint64_t overflow[BIND_CATEGORIES * BIND_FAMILIES];
	uint32_t overflow_rows[BIND_CATEGORIES * BIND_FAMILIES];
	int error = assign_fresh_entries(snapshot, view);

	if (!error)
		error = collect_overflow(snapshot, view, overflow, overflow_rows);
	if (error)
		return error;
	sum_entries(snapshot, view);
	add_entries(snapshot);
	add_overflow(snapshot, overflow, overflow_rows);
	for (uint32_t reason = 0; reason < BIND_MISSED_REASONS; reason++)
		snapshot->totals.missed[reason] =
			sum_over_cpus(view->missed, BIND_MISSED_REASONS, reason, view->cpus);
	snapshot->totals.recursed = view->recursed;
	return 0;
}

uint32_t snapshot_rows(const struct snapshot *snapshot)
{
	return snapshot->count;
}

const struct snapshot_row *snapshot_row(const struct snapshot *snapshot, uint32_t position)
{
	return &snapshot->rows[snapshot->order[position]];
}

const struct snapshot_totals *snapshot_totals(const struct snapshot *snapshot)
{
	return &snapshot->totals;
}
