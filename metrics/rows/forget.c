// SPDX-License-Identifier: Apache-2.0
/* Forgets halves that no program counts in any more, and retires idle rows. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/units.h"
#include "metrics/rows/snapshot_private.h"

/* Without a timeout, nothing is idle, but halves are still forgotten when they are full. */
static bool is_idle(const struct snapshot *snapshot, uint64_t changed_s, uint64_t now_ns)
{
	return snapshot->config.idle_s && changed_s + snapshot->config.idle_s <= now_ns / SECOND_NS;
}

/*
 * A half is due if a row other than "(other)" is idle and can be retired, or if the entry of any
 * key is idle and its slot in the table can be freed.
 */
bool snapshot_is_due(const struct snapshot *snapshot, uint64_t now_ns)
{
	if (!snapshot->config.idle_s)
		return false;
	for (uint32_t position = 0; position < snapshot->rows.count; position++) {
		const struct row *row = row_set_at(&snapshot->rows, position);

		if (!row->other && is_idle(snapshot, row->changed_s, now_ns))
			return true;
	}
	for (uint32_t entry = 0; entry < 1U << snapshot->config.table_bits; entry++)
		if (snapshot->changed_s[entry] &&
		    is_idle(snapshot, snapshot->changed_s[entry], now_ns))
			return true;
	return false;
}

static uint64_t taken_of(const __u64 taken[2], const struct bind_view *view)
{
	return __atomic_load_n(&taken[view->generation & 1], __ATOMIC_RELAXED);
}

/*
 * Compares what is taken with the kernel's limits, and the totals with five eighths of the half:
 * beyond that, probes begin to find no free slot, regardless of which kind took them.
 */
uint32_t snapshot_fill(const struct snapshot *snapshot, const struct bind_view *view)
{
	const struct bind_control *control = view->control;
	uint64_t half = 1ULL << snapshot->config.table_bits;
	uint64_t ordinary = bind_ordinary_limit(half), all = bind_incapable_limit(half);
	const uint64_t percents[] = {
		taken_of(control->ordinary, view) * 100 / ordinary,
		taken_of(control->incapable, view) * 100 / all,
		taken_of(control->ordinary_failures, view) * 100 / ordinary,
		snapshot->collection.entries * 100ULL / all,
		snapshot->collection.failure_entries * 100ULL / all,
	};
	uint64_t most = 0;

	for (size_t i = 0; i < sizeof(percents) / sizeof(percents[0]); i++)
		if (percents[i] > most)
			most = percents[i];
	return (uint32_t)most;
}

/* Of equal keys, the one that was active last comes first. */
static int compare_folded(const void *a, const void *b)
{
	const struct folded_key *left = a, *right = b;
	int order = memcmp(&left->key, &right->key, sizeof(left->key));

	if (order || left->changed_s == right->changed_s)
		return order;
	return left->changed_s > right->changed_s ? -1 : 1;
}

/*
 * Keys that are counted under "(other)" stay there while they are active. At most as many are
 * remembered as a half has entries.
 */
static int remember_folded(struct snapshot *snapshot, const struct bind_view *view)
{
	uint32_t half = half_of(snapshot, view->generation), count = 0;
	uint32_t entries = 1U << snapshot->config.table_bits;
	struct folded_key *keys = calloc(2 * (size_t)entries, sizeof(*keys));
	struct bind_key last = {0};

	if (!keys)
		return -ENOMEM;
	for (uint32_t entry = 0; entry < entries; entry++) {
		uint32_t row = snapshot->row_of_entry[half | entry];

		if (row < ROW_FILTERED && snapshot->rows.rows[row].other)
			keys[count++] = (struct folded_key){view->table[half | entry].key,
							    snapshot->changed_s[entry]};
	}
	for (uint32_t i = 0; i < snapshot->folded_count && count < 2 * entries; i++)
		if (!is_idle(snapshot, snapshot->folded[i].changed_s, view->now_ns))
			keys[count++] = snapshot->folded[i];
	qsort(keys, count, sizeof(*keys), compare_folded);
	free(snapshot->folded);
	snapshot->folded = keys;
	snapshot->folded_count = 0;
	for (uint32_t i = 0; i < count && snapshot->folded_count < entries; i++) {
		if (i && memcmp(&keys[i].key, &last, sizeof(last)) == 0)
			continue;
		last = keys[i].key;
		keys[snapshot->folded_count++] = keys[i];
	}
	return 0;
}

static void keep_current(struct row_set *set)
{
	for (uint32_t row = 0; row < set->used; row++) {
		set->rows[row].kept += set->rows[row].current;
		set->rows[row].current = 0;
	}
}

/* gone: by row number. Failures are retired together with their attempts. */
static void retire_failures(struct snapshot *snapshot, const bool *gone, bool *gone_failures)
{
	for (uint32_t number = 0; number < snapshot->failures.used; number++) {
		const struct row *failure = &snapshot->failures.rows[number];

		if (!failure->labels || failure->other || !gone[failure->parent])
			continue;
		snapshot->kept.retired_failures[slot_of(failure->key.kind)] += failure->kept;
		gone_failures[number] = true;
	}
	row_set_remove(&snapshot->failures, gone_failures);
}

/*
 * marks: by row number. On entry, whether the row has an entry in the half that counts now; on
 * return, whether it was retired.
 */
static void retire_rows(struct snapshot *snapshot, bool *marks, uint64_t now_ns)
{
	for (uint32_t number = 0; number < snapshot->rows.used; number++) {
		const struct row *row = &snapshot->rows.rows[number];
		bool alive = marks[number];

		marks[number] = row->labels && !row->other && !alive &&
				is_idle(snapshot, row->changed_s, now_ns);
		if (marks[number])
			snapshot->kept.retired[slot_of(row->key.kind)] += row->kept;
	}
	row_set_remove(&snapshot->rows, marks);
}

static void mark_alive(const struct snapshot *snapshot, uint64_t generation, bool *alive)
{
	uint32_t half = half_of(snapshot, generation);

	for (uint32_t entry = 0; entry < 1U << snapshot->config.table_bits; entry++) {
		uint32_t row = snapshot->row_of_entry[half | entry];

		if (row < ROW_FILTERED)
			alive[row] = true;
	}
}

/* Resets what is known of the half that was forgotten. */
static void clear_half(struct snapshot *snapshot, uint64_t generation)
{
	size_t entries = (size_t)1 << snapshot->config.table_bits;
	uint32_t half = half_of(snapshot, generation);

	memset(snapshot->row_of_entry + half, 0xff, entries * sizeof(*snapshot->row_of_entry));
	memset(snapshot->row_of_failure + half, 0xff, entries * sizeof(*snapshot->row_of_failure));
	memset(snapshot->sums, 0, entries * sizeof(*snapshot->sums));
	memset(snapshot->changed_s, 0, entries * sizeof(*snapshot->changed_s));
}

static void save_rows(const struct snapshot *snapshot, struct ledger *ret_ledger)
{
	ret_ledger->rows = 0;
	for (uint32_t number = 0; number < snapshot->rows.used; number++) {
		struct row *row = &snapshot->rows.rows[number];

		if (!row->labels)
			continue;
		if (ret_ledger->owners)
			save_owner(snapshot, row, &ledger_owners(ret_ledger)[ret_ledger->rows]);
		row->position = ret_ledger->rows;
		ret_ledger->row[ret_ledger->rows++] = (struct ledger_row){
			.key = row->key,
			.attempts = row->kept,
			.first_ns = row->first_ns,
			.last_s = row->last_s,
			.flags = (row->other ? LEDGER_ROW_OTHER : 0) |
				 (row->capable ? LEDGER_ROW_CAPABLE : 0) |
				 (row->owner ? LEDGER_ROW_FOLDED : 0) |
				 (uint64_t)(row->known & snapshot->config.labels)
					 << LEDGER_ROW_KNOWN_SHIFT,
		};
	}
}

static void save_failures(const struct snapshot *snapshot, struct ledger *ret_ledger)
{
	struct ledger_failure *failures = ledger_failures(ret_ledger);

	ret_ledger->failures = 0;
	for (uint32_t number = 0; number < snapshot->failures.used; number++) {
		const struct row *row = &snapshot->failures.rows[number];

		if (row->labels)
			failures[ret_ledger->failures++] = (struct ledger_failure){
				.count = row->kept,
				.row = snapshot->rows.rows[row->parent].position,
				.error = row->error,
			};
	}
}

static void save(const struct snapshot *snapshot, struct ledger *ret_ledger)
{
	ret_ledger->predecessor = snapshot->predecessor;
	ret_ledger->max_rows = snapshot->config.max_rows;
	ret_ledger->owners = has_owners(snapshot);
	ret_ledger->totals = snapshot->kept;
	save_rows(snapshot, ret_ledger);
	save_failures(snapshot, ret_ledger);
}

static void forget_half(struct snapshot *snapshot, const struct bind_view *view, bool *marks,
			bool *failure_marks)
{
	for (uint32_t slot = 0; slot < LEDGER_SLOTS; slot++)
		snapshot->kept.filtered[slot] += snapshot->read.filtered[slot];
	memset(snapshot->read.filtered, 0, sizeof(snapshot->read.filtered));
	keep_current(&snapshot->rows);
	keep_current(&snapshot->failures);
	mark_alive(snapshot, view->generation + 1, marks);
	retire_rows(snapshot, marks, view->now_ns);
	retire_failures(snapshot, marks, failure_marks);
	clear_half(snapshot, view->generation);
}

/* Every step that may fail comes before the first change. */
int snapshot_forget(struct snapshot *snapshot, const struct bind_view *view,
		    struct ledger *ret_ledger)
{
	struct bind_view next = *view;
	bool *marks = calloc(snapshot->rows.max, sizeof(*marks));
	bool *failure_marks = calloc(snapshot->failures.max, sizeof(*failure_marks));
	int error = marks && failure_marks ? 0 : -ENOMEM;

	next.generation++;
	snapshot->deciding = true;
	if (!error)
		error = snapshot_collect(snapshot, view);
	snapshot->deciding = snapshot->config.at_once;
	if (!error)
		error = assign_half(snapshot, &next);
	if (!error)
		error = remember_folded(snapshot, view);
	if (!error) {
		forget_half(snapshot, view, marks, failure_marks);
		save(snapshot, ret_ledger);
		set_totals(snapshot);
		if (has_owners(snapshot))
			forget_owners(snapshot, &next);
	}
	free(marks);
	free(failure_marks);
	return error;
}

void snapshot_hand_over(struct snapshot *snapshot, uint64_t predecessor, bool hooks_too,
			struct ledger *ret_ledger)
{
	struct ledger_totals *kept = &snapshot->kept;
	const struct ledger_totals *read = &snapshot->read;

	for (uint32_t slot = 0; slot < LEDGER_SLOTS; slot++) {
		kept->filtered[slot] += read->filtered[slot];
		kept->overflow[slot] += read->overflow[slot];
		kept->failure_overflow[slot] += read->failure_overflow[slot];
	}
	for (uint32_t reason = 0; reason < BIND_MISSED_REASONS; reason++)
		kept->missed[reason] += read->missed[reason];
	if (hooks_too)
		kept->recursion_misses += read->recursion_misses;
	keep_current(&snapshot->rows);
	keep_current(&snapshot->failures);
	snapshot->read = (struct ledger_totals){0};
	snapshot->predecessor = predecessor;
	save(snapshot, ret_ledger);
}

static int load_row(struct snapshot *snapshot, const struct ledger *ledger, uint32_t position,
		    uint64_t now_ns, uint32_t *ret_row)
{
	const struct ledger_row *saved = &ledger->row[position];
	const struct row like = {
		.key = saved->key,
		.first_ns = saved->first_ns,
		.changed_s = now_ns / SECOND_NS,
		.other = saved->flags & LEDGER_ROW_OTHER,
		.capable = saved->flags & LEDGER_ROW_CAPABLE,
		.known = saved->flags >> LEDGER_ROW_KNOWN_SHIFT,
	};
	const struct owner *owner;
	struct owner scratch;
	struct row *row;
	int error = restore_owner(snapshot, ledger, position, &scratch, &owner);

	if (!error)
		error = assign_row(snapshot, &like, owner, ret_row);
	if (error)
		return error;
	if (*ret_row == ROW_FILTERED) {
		snapshot->kept.filtered[slot_of(saved->key.kind)] += saved->attempts;
		return 0;
	}
	row = &snapshot->rows.rows[*ret_row];
	row->kept += saved->attempts;
	if (saved->last_s > row->last_s)
		row->last_s = saved->last_s;
	return 0;
}

static int load_failure(struct snapshot *snapshot, const struct ledger_failure *saved,
			const uint32_t *row_of)
{
	uint32_t parent = row_of[saved->row], number;
	int error;

	if (parent == ROW_FILTERED)
		return 0;
	error = assign_failure(snapshot, &snapshot->rows.rows[parent], parent, saved->error,
			       &number);
	if (!error)
		snapshot->failures.rows[number].kept += saved->count;
	return error;
}

int snapshot_load(struct snapshot *snapshot, const struct ledger *ledger, uint32_t max_rows,
		  uint64_t now_ns)
{
	const struct ledger_failure *failures = ledger_failures((struct ledger *)ledger);
	uint32_t *row_of;
	int error = 0;

	if (ledger->max_rows > max_rows || ledger->rows > ledger->max_rows ||
	    ledger->failures > ledger->max_rows)
		return -ERANGE;
	row_of = calloc(ledger->rows + 1, sizeof(*row_of));
	if (!row_of)
		return -ENOMEM;
	snapshot->kept = ledger->totals;
	snapshot->predecessor = ledger->predecessor;
	for (uint32_t i = 0; i < ledger->rows && !error; i++)
		error = load_row(snapshot, ledger, i, now_ns, &row_of[i]);
	for (uint32_t i = 0; i < ledger->failures && !error; i++)
		error = failures[i].row < ledger->rows
				? load_failure(snapshot, &failures[i], row_of)
				: -ERANGE;
	free(row_of);
	return error;
}
