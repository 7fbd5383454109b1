// SPDX-License-Identifier: Apache-2.0
#include "snapshot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bind_labels.h"
#include "bind_names.h"
#include "filter.h"
#include "label.h"
#include "snapshot_private.h"
#include "units.h"

uint32_t snapshot_table_bits(uint32_t max_rows)
{
	uint32_t bits = BIND_TABLE_BITS_MIN;

	while ((1U << bits) < max_rows + max_rows / 5 * 3)
		bits++;
	return bits;
}

static bool allocate(struct snapshot *new)
{
	size_t entries = (size_t)1 << new->config.table_bits;

	new->row_of_entry = malloc(2 * entries * sizeof(*new->row_of_entry));
	new->row_of_failure = malloc(2 * entries * sizeof(*new->row_of_failure));
	new->sums = calloc(entries, sizeof(*new->sums));
	new->scratch = calloc(entries, sizeof(*new->scratch));
	new->changed_s = calloc(entries, sizeof(*new->changed_s));
	new->fresh = calloc(entries, sizeof(*new->fresh));
	if (!new->row_of_entry || !new->row_of_failure || !new->sums || !new->scratch ||
	    !new->changed_s || !new->fresh)
		return false;
	memset(new->row_of_overflow, 0xff, sizeof(new->row_of_overflow));
	memset(new->row_of_failure_overflow, 0xff, sizeof(new->row_of_failure_overflow));
	memset(new->row_of_entry, 0xff, 2 * entries * sizeof(*new->row_of_entry));
	memset(new->row_of_failure, 0xff, 2 * entries * sizeof(*new->row_of_failure));
	return row_set_init(&new->rows, new->config.max_rows) == 0 &&
	       row_set_init(&new->failures, new->config.max_rows) == 0;
}

struct snapshot *snapshot_new(const struct snapshot_config *config)
{
	struct snapshot *new = calloc(1, sizeof(*new));

	if (!new)
		return NULL;
	new->config = *config;
	if (!allocate(new)) {
		snapshot_free(new);
		return NULL;
	}
	return new;
}

void snapshot_free(struct snapshot *snapshot)
{
	if (!snapshot)
		return;
	row_set_free(&snapshot->rows);
	row_set_free(&snapshot->failures);
	free(snapshot->row_of_entry);
	free(snapshot->row_of_failure);
	free(snapshot->sums);
	free(snapshot->scratch);
	free(snapshot->changed_s);
	free(snapshot->fresh);
	free(snapshot->folded);
	free(snapshot);
}

/* What a new row takes: one that is kept for "(other)", one that is due to its kind, or any. */
enum place { PLACE_OTHER, PLACE_DUE, PLACE_ANY };

static bool has_place(const struct row_set *set, const struct row *row, enum place place)
{
	if (place == PLACE_OTHER)
		return true;
	return place == PLACE_ANY ? row_set_has_any_place(set)
				  : row_set_has_place(set, row->key.kind, row->capable);
}

/*
 * Finds the row of these labels or inserts like with them; takes ownership of
 * labels. -ENOSPC: there is no such place.
 */
static int find_or_insert(struct row_set *set, const struct row *like, char *labels,
			  enum place place, uint32_t *ret_row)
{
	struct row row = *like;
	uint32_t position;

	if (!labels)
		return -ENOMEM;
	if (row_set_find(set, labels, &position)) {
		*ret_row = set->order[position];
		free(labels);
		return 0;
	}
	row.labels = labels;
	if (!has_place(set, &row, place)) {
		free(labels);
		return -ENOSPC;
	}
	*ret_row = row_set_insert(set, position, &row, place != PLACE_OTHER);
	if (*ret_row != UINT32_MAX)
		return 0;
	free(labels);
	return -ERANGE; /* a combination that classification does not give */
}

int other_row(struct snapshot *snapshot, uint64_t kind, uint64_t now_ns, uint32_t *ret_row)
{
	const struct row row = {
		.key.kind = bind_kind(bind_kind_category(kind), bind_kind_family(kind), 0, 0, 0),
		.first_ns = now_ns,
		.other = true,
	};
	char *labels = bind_labels_format(&row.key, snapshot->config.labels, 0, true);

	return find_or_insert(&snapshot->rows, &row, labels, PLACE_OTHER, ret_row);
}

static int compare_keys(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct bind_key));
}

static bool was_folded(const struct snapshot *snapshot, const struct bind_key *key)
{
	return snapshot->folded_count && bsearch(key, snapshot->folded, snapshot->folded_count,
						 sizeof(*snapshot->folded), compare_keys);
}

static bool is_filtered(const struct snapshot *snapshot, const struct bind_key *key)
{
	char comm[LABEL_COMM_MAX];

	if (!snapshot->config.filter)
		return false;
	label_from_comm((const char *)key->comm, BIND_COMM_SIZE, comm);
	return !filter_passes(snapshot->config.filter, comm,
			      bind_family_name(bind_kind_family(key->kind)));
}

int assign_row(struct snapshot *snapshot, const struct row *like, uint32_t *ret_row)
{
	char *labels;
	int error;

	if (like->other)
		return other_row(snapshot, like->key.kind, like->first_ns, ret_row);
	if (is_filtered(snapshot, &like->key)) {
		*ret_row = ROW_FILTERED;
		return 0;
	}
	if (was_folded(snapshot, &like->key))
		return other_row(snapshot, like->key.kind, like->first_ns, ret_row);
	labels = bind_labels_format(&like->key, snapshot->config.labels, like->known, false);
	error = find_or_insert(&snapshot->rows, like, labels, PLACE_DUE, ret_row);
	if (error == -ENOSPC)
		return other_row(snapshot, like->key.kind, like->first_ns, ret_row);
	if (!error && like->first_ns < snapshot->rows.rows[*ret_row].first_ns)
		snapshot->rows.rows[*ret_row].first_ns = like->first_ns;
	return error;
}

/*
 * Under its own row's labels, else there under any errno, for which an eighth of the
 * rows is kept, else under those of its "(other)".
 */
int assign_failure(struct snapshot *snapshot, const struct row *parent, uint32_t parent_number,
		   uint32_t error, uint32_t *ret_row)
{
	struct row row = {
		.key = parent->key,
		.error = error,
		.parent = parent_number,
		.other = parent->other,
	};
	enum place place = error != BIND_ANY_ERROR ? PLACE_DUE
			   : parent->other         ? PLACE_OTHER
						   : PLACE_ANY;
	int result = find_or_insert(&snapshot->failures, &row,
				    bind_labels_with_errno(parent->labels, error), place, ret_row);

	if (result != -ENOSPC)
		return result;
	if (error != BIND_ANY_ERROR)
		return assign_failure(snapshot, parent, parent_number, BIND_ANY_ERROR, ret_row);
	result = other_row(snapshot, row.key.kind, parent->first_ns, &row.parent);
	if (result)
		return result;
	return assign_failure(snapshot, &snapshot->rows.rows[row.parent], row.parent,
			      BIND_ANY_ERROR, ret_row);
}

static bool is_ready(uint64_t kind)
{
	return kind != 0 && kind != BIND_BEING_WRITTEN;
}

static int assign_entry(struct snapshot *snapshot, const struct bind_view *view, uint32_t index)
{
	const struct bind_entry *entry = &view->table[index];
	const struct row like = {
		.key = entry->key,
		.first_ns = entry->first_ns,
		.changed_s = view->now_ns / SECOND_NS,
		.known = snapshot->config.labels,
		.capable = entry->flags & BIND_ENTRY_CAPABLE,
	};

	return assign_row(snapshot, &like, &snapshot->row_of_entry[index]);
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
	uint32_t half = half_of(snapshot, view->generation), count = 0;
	int error = 0;

	for (uint32_t entry = 0; entry < 1U << snapshot->config.table_bits; entry++) {
		/* Acquire: an entry with a kind is complete and changes no more. */
		if (snapshot->row_of_entry[half | entry] == ROW_NONE &&
		    is_ready(
			    __atomic_load_n(&view->table[half | entry].key.kind, __ATOMIC_ACQUIRE)))
			snapshot->fresh[count++] = half | entry;
	}
	qsort_r(snapshot->fresh, count, sizeof(*snapshot->fresh), by_first_attempt,
		(void *)view->table);
	for (uint32_t i = 0; i < count && !error; i++)
		error = assign_entry(snapshot, view, snapshot->fresh[i]);
	return error;
}

/* The row of an entry's failures; the entry itself may have come after the others were assigned. */
static int assign_entry_failure(struct snapshot *snapshot, const struct bind_view *view,
				uint32_t entry, uint32_t error, uint32_t *ret_row)
{
	uint32_t *row = &snapshot->row_of_entry[entry];
	int result = 0;

	if (*row == ROW_NONE)
		result = assign_entry(snapshot, view, entry);
	if (result)
		return result;
	if (*row == ROW_FILTERED) {
		*ret_row = ROW_FILTERED;
		return 0;
	}
	return assign_failure(snapshot, &snapshot->rows.rows[*row], *row, error, ret_row);
}

static uint64_t kind_of_slot(uint32_t slot)
{
	return bind_kind(slot / BIND_FAMILIES + 1, slot % BIND_FAMILIES, 0, 0, 0);
}

static int assign_overflow_failure(struct snapshot *snapshot, const struct bind_view *view,
				   uint32_t slot, uint32_t error, uint32_t *ret_row)
{
	uint32_t row;
	int result = other_row(snapshot, kind_of_slot(slot), view->now_ns, &row);

	if (result)
		return result;
	return assign_failure(snapshot, &snapshot->rows.rows[row], row, error, ret_row);
}

static int assign_fresh_failures(struct snapshot *snapshot, const struct bind_view *view)
{
	uint32_t half = half_of(snapshot, view->generation);
	uint32_t mask = (1U << snapshot->config.table_bits) - 1;
	int result = 0;

	for (uint32_t i = half; i <= (half | mask) && !result; i++) {
		uint64_t key = __atomic_load_n(&view->failures[i].key, __ATOMIC_ACQUIRE);
		uint32_t target = key >> 16 & BIND_CALL_INDEX;

		if (!key || snapshot->row_of_failure[i] != ROW_NONE)
			continue;
		if (key >> 16 & BIND_CALL_OVERFLOW)
			result =
				assign_overflow_failure(snapshot, view, target % LEDGER_SLOTS,
							key & 0xffff, &snapshot->row_of_failure[i]);
		else
			result = assign_entry_failure(snapshot, view, half | (target & mask),
						      key & 0xffff, &snapshot->row_of_failure[i]);
	}
	return result;
}

int assign_half(struct snapshot *snapshot, const struct bind_view *view)
{
	int error = assign_fresh_entries(snapshot, view);

	return error ? error : assign_fresh_failures(snapshot, view);
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
	size_t entries = (size_t)1 << snapshot->config.table_bits;
	uint32_t half = half_of(snapshot, view->generation);

	memset(snapshot->scratch, 0, entries * sizeof(*snapshot->scratch));
	for (uint32_t cpu = 0; cpu < view->cpus; cpu++) {
		const uint64_t *counters = view->attempts + cpu * entries * 2 + half;

		for (size_t entry = 0; entry < entries; entry++)
			snapshot->scratch[entry] +=
				__atomic_load_n(&counters[entry], __ATOMIC_RELAXED);
	}
}

static void add_to_row(struct snapshot *snapshot, const struct bind_view *view, uint32_t index,
		       uint64_t sum, uint64_t changed_s)
{
	struct row *row = &snapshot->rows.rows[snapshot->row_of_entry[index]];
	uint64_t last_s = __atomic_load_n(&view->table[index].last_s, __ATOMIC_RELAXED);

	row->current += sum;
	if (changed_s > row->changed_s)
		row->changed_s = changed_s;
	if (last_s > row->last_s)
		row->last_s = last_s;
}

static void clear_current(struct row_set *set)
{
	for (uint32_t row = 0; row < set->used; row++)
		set->rows[row].current = 0;
}

static void add_entries(struct snapshot *snapshot, const struct bind_view *view)
{
	uint32_t half = half_of(snapshot, view->generation);
	uint64_t now_s = view->now_ns / SECOND_NS;

	clear_current(&snapshot->rows);
	snapshot->totals.entries = 0;
	memset(snapshot->read.filtered, 0, sizeof(snapshot->read.filtered));
	for (uint32_t entry = 0; entry < 1U << snapshot->config.table_bits; entry++) {
		uint32_t row = snapshot->row_of_entry[half | entry];
		uint64_t sum = snapshot->scratch[entry];

		if (row == ROW_NONE)
			continue;
		if (sum != snapshot->sums[entry])
			snapshot->changed_s[entry] = now_s;
		snapshot->totals.entries++;
		if (row == ROW_FILTERED)
			snapshot->read.filtered[slot_of(view->table[half | entry].key.kind)] += sum;
		else
			add_to_row(snapshot, view, half | entry, sum, snapshot->changed_s[entry]);
		snapshot->sums[entry] = sum;
	}
}

static void add_failures(struct snapshot *snapshot, const struct bind_view *view)
{
	uint32_t half = half_of(snapshot, view->generation);

	clear_current(&snapshot->failures);
	snapshot->totals.failure_entries = 0;
	for (uint32_t i = half; i < half + (1U << snapshot->config.table_bits); i++) {
		uint32_t row = snapshot->row_of_failure[i];

		if (row == ROW_NONE)
			continue;
		snapshot->totals.failure_entries++;
		if (row != ROW_FILTERED)
			snapshot->failures.rows[row].current +=
				__atomic_load_n(&view->failures[i].count, __ATOMIC_RELAXED);
	}
}

static bool passes_family(const struct snapshot *snapshot, uint32_t slot)
{
	return !snapshot->config.filter ||
	       filter_passes_family(snapshot->config.filter,
				    bind_family_name(slot % BIND_FAMILIES));
}

/*
 * Makes sure that there are rows for what found no entry, so that adding it needs
 * no memory any more.
 */
static int assign_overflow(struct snapshot *snapshot, const struct bind_view *view, uint32_t slot)
{
	const struct ledger_totals *kept = &snapshot->kept;
	uint64_t failures = __atomic_load_n(&view->failure_overflow[slot], __ATOMIC_RELAXED);
	uint64_t attempts = sum_over_cpus(view->overflow, LEDGER_SLOTS, slot, view->cpus);
	int error = 0;

	if (!passes_family(snapshot, slot))
		return 0;
	if (attempts + kept->overflow[slot] && snapshot->row_of_overflow[slot] == ROW_NONE)
		error = other_row(snapshot, kind_of_slot(slot), view->now_ns,
				  &snapshot->row_of_overflow[slot]);
	if (!error && failures + kept->failure_overflow[slot] &&
	    snapshot->row_of_failure_overflow[slot] == ROW_NONE)
		error = assign_overflow_failure(snapshot, view, slot, BIND_ANY_ERROR,
						&snapshot->row_of_failure_overflow[slot]);
	return error;
}

static int assign_all(struct snapshot *snapshot, const struct bind_view *view)
{
	int error = assign_half(snapshot, view);

	for (uint32_t slot = 0; slot < LEDGER_SLOTS && !error; slot++)
		error = assign_overflow(snapshot, view, slot);
	return error;
}

static void read_failure_overflow(struct snapshot *snapshot, const struct bind_view *view)
{
	for (uint32_t slot = 0; slot < LEDGER_SLOTS; slot++)
		snapshot->read.failure_overflow[slot] =
			__atomic_load_n(&view->failure_overflow[slot], __ATOMIC_RELAXED);
}

static void read_overflow(struct snapshot *snapshot, const struct bind_view *view)
{
	for (uint32_t slot = 0; slot < LEDGER_SLOTS; slot++)
		snapshot->read.overflow[slot] =
			sum_over_cpus(view->overflow, LEDGER_SLOTS, slot, view->cpus);
}

static void set_counts(struct row_set *set)
{
	for (uint32_t row = 0; row < set->used; row++)
		set->rows[row].count = set->rows[row].kept + set->rows[row].current;
}

/* To "(other)" rows, or to what is filtered. What came after the rows were assigned waits. */
static void add_overflow(struct snapshot *snapshot)
{
	const struct ledger_totals *kept = &snapshot->kept, *read = &snapshot->read;

	snapshot->totals.overflow = 0;
	for (uint32_t slot = 0; slot < LEDGER_SLOTS; slot++) {
		uint64_t overflow = kept->overflow[slot] + read->overflow[slot];
		uint32_t row = snapshot->row_of_overflow[slot];
		uint32_t failure = snapshot->row_of_failure_overflow[slot];

		if (!passes_family(snapshot, slot))
			snapshot->totals.filtered[slot] += overflow;
		if (failure != ROW_NONE)
			snapshot->failures.rows[failure].count +=
				kept->failure_overflow[slot] + read->failure_overflow[slot];
		if (row == ROW_NONE)
			continue;
		snapshot->rows.rows[row].count += overflow;
		snapshot->totals.overflow += overflow;
	}
}

/*
 * How many of the skipped runs were attempts that nobody else counted. A call that
 * still has its mark may yet lose it, or leave it behind, and one that just left is in no
 * counter for a moment: the least of the last few samples is right when nothing
 * happens, and never too high, so that the counter need never go back.
 */
static void settle_recursed(struct snapshot *snapshot, uint64_t recursed, uint64_t marked)
{
	uint64_t least = recursed > marked ? recursed - marked : 0;

	do
		snapshot->recursed[snapshot->samples++ % RECURSED_SAMPLES] = least;
	while (snapshot->samples < RECURSED_SAMPLES);
	for (uint32_t i = 0; i < RECURSED_SAMPLES; i++)
		if (snapshot->recursed[i] < least)
			least = snapshot->recursed[i];
	if (least > snapshot->totals.recursed)
		snapshot->totals.recursed = least;
}

bool snapshot_is_settled(const struct snapshot *snapshot)
{
	return snapshot->samples >= 2 * RECURSED_SAMPLES ||
	       (snapshot->samples && snapshot->read.recursed + snapshot->kept.recursed == 0);
}

/* Calls in memory: those that were given up are counted there until displaced. */
static void count_calls(const struct bind_view *view, uint64_t *ret_abandoned, uint64_t *ret_marked)
{
	*ret_abandoned = 0;
	*ret_marked = 0;
	for (uint32_t group = 0; view->calls && group < 1U << BIND_CALL_GROUPS_BITS; group++) {
		const struct bind_calls *calls = &view->calls[group];

		for (uint32_t way = 0; way < BIND_CALL_WAYS; way++) {
			uint64_t call = __atomic_load_n(&calls->call[way], __ATOMIC_RELAXED);

			*ret_marked += (call & BIND_CALL_MARKED) != 0;
			*ret_abandoned +=
				(call & BIND_CALL_ABANDONED) && !(call & BIND_CALL_SELFCHECK);
		}
		*ret_marked += __atomic_load_n(&calls->unplaced, __ATOMIC_RELAXED);
	}
}

static void read_missed(struct snapshot *snapshot, const struct bind_view *view)
{
	struct ledger_totals *kept = &snapshot->kept, *read = &snapshot->read;
	struct snapshot_totals *totals = &snapshot->totals;
	uint64_t abandoned, marked;

	read->recursed = view->recursed;
	count_calls(view, &abandoned, &marked);
	for (uint32_t reason = 0; reason < BIND_MISSED_REASONS; reason++)
		read->missed[reason] =
			sum_over_cpus(view->missed, BIND_MISSED_REASONS, reason, view->cpus);
	read->missed[BIND_MISSED_RESULT] += abandoned;
	for (uint32_t reason = 0; reason < BIND_MISSED_REASONS; reason++) {
		uint64_t now = kept->missed[reason] + read->missed[reason];

		if (now > totals->missed[reason])
			totals->missed[reason] = now;
	}
	settle_recursed(snapshot, kept->recursed + read->recursed,
			totals->missed[BIND_LEFT_MARKED] + marked);
	totals->results = view->results;
	totals->program_count = view->program_count;
	memcpy(totals->programs, view->programs, sizeof(totals->programs));
}

void set_totals(struct snapshot *snapshot)
{
	struct snapshot_totals *totals = &snapshot->totals;

	for (uint32_t slot = 0; slot < LEDGER_SLOTS; slot++)
		totals->filtered[slot] =
			snapshot->kept.filtered[slot] + snapshot->read.filtered[slot];
	memcpy(totals->retired, snapshot->kept.retired, sizeof(totals->retired));
	memcpy(totals->retired_failures, snapshot->kept.retired_failures,
	       sizeof(totals->retired_failures));
}

/* Failures are read before attempts: there are never more of them on a page. */
int snapshot_collect(struct snapshot *snapshot, const struct bind_view *view)
{
	int error = assign_all(snapshot, view);

	if (error)
		return error;
	read_failure_overflow(snapshot, view);
	add_failures(snapshot, view);
	read_overflow(snapshot, view);
	sum_entries(snapshot, view);
	add_entries(snapshot, view);
	set_counts(&snapshot->rows);
	set_counts(&snapshot->failures);
	set_totals(snapshot);
	add_overflow(snapshot);
	read_missed(snapshot, view);
	return 0;
}

const struct row_set *snapshot_rows(const struct snapshot *snapshot)
{
	return &snapshot->rows;
}

const struct row_set *snapshot_failures(const struct snapshot *snapshot)
{
	return &snapshot->failures;
}

const struct snapshot_totals *snapshot_totals(const struct snapshot *snapshot)
{
	return &snapshot->totals;
}
