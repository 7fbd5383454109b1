// SPDX-License-Identifier: Apache-2.0
#include "metrics/rows/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "common/units.h"
#include "metrics/owners/owners.h"
#include "metrics/rows/snapshot_private.h"

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
	new->collection.rows = &new->rows;
	new->collection.failures = &new->failures;
	new->deciding = config->at_once;
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

/* CPU by CPU, the order of the counters in memory. */
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
	snapshot->collection.entries = snapshot->waiting;
	memset(snapshot->read.filtered, 0, sizeof(snapshot->read.filtered));
	for (uint32_t entry = 0; entry < 1U << snapshot->config.table_bits; entry++) {
		uint32_t row = snapshot->row_of_entry[half | entry];
		uint64_t sum = snapshot->scratch[entry];

		if (row == ROW_NONE)
			continue;
		if (sum != snapshot->sums[entry])
			snapshot->changed_s[entry] = now_s;
		snapshot->collection.entries++;
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
	snapshot->collection.failure_entries = 0;
	for (uint32_t i = half; i < half + (1U << snapshot->config.table_bits); i++) {
		uint32_t row = snapshot->row_of_failure[i];

		if (row == ROW_NONE)
			continue;
		snapshot->collection.failure_entries++;
		if (row != ROW_FILTERED)
			snapshot->failures.rows[row].current +=
				__atomic_load_n(&view->failures[i].count, __ATOMIC_RELAXED);
	}
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

/*
 * Adds overflow to "(other)" rows, or to the filtered totals. Overflow that came after the rows
 * were assigned waits for the next collection.
 */
static void add_overflow(struct snapshot *snapshot)
{
	const struct ledger_totals *kept = &snapshot->kept, *read = &snapshot->read;

	snapshot->collection.totals.overflow = 0;
	for (uint32_t slot = 0; slot < LEDGER_SLOTS; slot++) {
		uint64_t overflow = kept->overflow[slot] + read->overflow[slot];
		uint32_t row = snapshot->row_of_overflow[slot];
		uint32_t failure = snapshot->row_of_failure_overflow[slot];

		if (!passes_family(snapshot, slot))
			snapshot->collection.totals.filtered[slot] += overflow;
		if (failure != ROW_NONE)
			snapshot->failures.rows[failure].count +=
				kept->failure_overflow[slot] + read->failure_overflow[slot];
		if (row == ROW_NONE)
			continue;
		snapshot->rows.rows[row].count += overflow;
		snapshot->collection.totals.overflow += overflow;
	}
}

void set_totals(struct snapshot *snapshot)
{
	struct totals *totals = &snapshot->collection.totals;

	for (uint32_t slot = 0; slot < LEDGER_SLOTS; slot++)
		totals->filtered[slot] =
			snapshot->kept.filtered[slot] + snapshot->read.filtered[slot];
	memcpy(totals->retired, snapshot->kept.retired, sizeof(totals->retired));
	memcpy(totals->retired_failures, snapshot->kept.retired_failures,
	       sizeof(totals->retired_failures));
}

static void set_state(struct snapshot *snapshot, const struct bind_view *view)
{
	struct collection *collection = &snapshot->collection;

	collection->owned = has_owners(snapshot);
	if (collection->owned)
		collection->unresolved = owners_unresolved(snapshot->config.owners);
	collection->results = view->results;
	collection->program_count = view->program_count;
	memcpy(collection->programs, view->programs, sizeof(collection->programs));
}

/*
 * Failures are read before attempts, so that a page never has more failures than attempts. The
 * kernel counts an attempt before its failure. The fence keeps the order of reading on machines
 * with weak memory order (aarch64).
 */
int snapshot_collect(struct snapshot *snapshot, const struct bind_view *view)
{
	int error = assign_all(snapshot, view);

	if (error)
		return error;
	read_failure_overflow(snapshot, view);
	add_failures(snapshot, view);
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	read_overflow(snapshot, view);
	sum_entries(snapshot, view);
	add_entries(snapshot, view);
	set_counts(&snapshot->rows);
	set_counts(&snapshot->failures);
	set_totals(snapshot);
	add_overflow(snapshot);
	read_missed(snapshot, view);
	set_state(snapshot, view);
	return 0;
}

bool snapshot_is_waiting(const struct snapshot *snapshot)
{
	return snapshot->waiting > 0;
}

const struct collection *snapshot_collection(const struct snapshot *snapshot)
{
	return &snapshot->collection;
}
