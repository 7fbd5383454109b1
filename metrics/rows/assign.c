// SPDX-License-Identifier: Apache-2.0
/*
 * Assigns entries, failures, and attempts that found no entry to rows, within the limit and for
 * good.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/label.h"
#include "common/units.h"
#include "metrics/owners/owners.h"
#include "metrics/rows/filter.h"
#include "metrics/rows/labels.h"
#include "metrics/rows/names.h"
#include "metrics/rows/snapshot_private.h"

#define NAME_WAIT_NS (10 * SECOND_NS)

/* The quota that a new row draws on: that of the "(other)" rows, that of its kind, or any. */
enum quota { QUOTA_OTHER, QUOTA_KIND, QUOTA_ANY };

static bool has_room(const struct row_set *set, const struct row *row, enum quota quota)
{
	if (quota == QUOTA_OTHER)
		return true;
	return quota == QUOTA_ANY ? row_set_has_room(set)
				  : row_set_has_room_for(set, row->key.kind, row->capable);
}

/*
 * Finds the row with these labels, or inserts a copy of like with them. Takes ownership of labels.
 * -ENOSPC: the quota is used up.
 */
static int find_or_insert(struct row_set *set, const struct row *like, char *labels,
			  enum quota quota, uint32_t *ret_row)
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
	if (!has_room(set, &row, quota)) {
		free(labels);
		return -ENOSPC;
	}
	*ret_row = row_set_insert(set, position, &row, quota != QUOTA_OTHER);
	if (*ret_row != UINT32_MAX)
		return 0;
	free(labels);
	return -ERANGE; /* classification does not give this combination */
}

int other_row(struct snapshot *snapshot, uint64_t kind, uint64_t now_ns, uint32_t *ret_row)
{
	const struct row row = {
		.key.kind = bind_kind(bind_kind_category(kind), bind_kind_family(kind)),
		.first_ns = now_ns,
		.other = true,
	};
	char *labels = bind_labels_format(&row.key, /* owner= */ NULL, snapshot->config.labels,
					  /* known= */ 0, /* other= */ true);

	return find_or_insert(&snapshot->rows, &row, labels, QUOTA_OTHER, ret_row);
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

/* Owner filters match what the row shows: labels that it was not counted by are empty there. */
static bool is_owner_filtered(const struct snapshot *snapshot, const struct owner *owner,
			      uint32_t known)
{
	const char *unit = owner && known & BIND_LABEL_UNIT ? owner->unit : "";
	const char *namespace = owner && known & BIND_LABEL_NAMESPACE ? owner->namespace : "";

	return snapshot->config.filter &&
	       !filter_passes_owner(snapshot->config.filter, unit, namespace);
}

int assign_row(struct snapshot *snapshot, const struct row *like, const struct owner *owner,
	       uint32_t *ret_row)
{
	const struct owner *shown;
	struct owner scratch;
	uint32_t number;
	char *labels;
	int error;

	if (like->other)
		return other_row(snapshot, like->key.kind, like->first_ns, ret_row);
	if (is_filtered(snapshot, &like->key)) {
		*ret_row = ROW_FILTERED;
		return 0;
	}
	/*
	 * This comes before a look at the owner: the names of folded keys' owners were never
	 * resolved.
	 */
	if (was_folded(snapshot, &like->key))
		return other_row(snapshot, like->key.kind, like->first_ns, ret_row);
	shown = shown_owner(snapshot, owner, &scratch);
	if (is_owner_filtered(snapshot, shown, like->known)) {
		*ret_row = ROW_FILTERED;
		return 0;
	}
	labels = bind_labels_format(&like->key, shown, snapshot->config.labels, like->known,
				    /* other= */ false);
	error = find_or_insert(&snapshot->rows, like, labels, QUOTA_KIND, &number);
	if (error == -ENOSPC)
		return other_row(snapshot, like->key.kind, like->first_ns, ret_row);
	if (!error)
		error = keep_owner(snapshot, shown, &snapshot->rows.rows[number]);
	if (error)
		return error;
	if (like->first_ns < snapshot->rows.rows[number].first_ns)
		snapshot->rows.rows[number].first_ns = like->first_ns;
	*ret_row = number;
	return 0;
}

/*
 * Failures go to a row with the labels of their attempts and the errno; if the quota is used up, to
 * the one with errno "(other)", for which an eighth of the rows is kept; and if that is used up, to
 * that of the "(other)" row.
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
	enum quota quota = error != BIND_ANY_ERROR ? QUOTA_KIND
			   : parent->other         ? QUOTA_OTHER
						   : QUOTA_ANY;
	int result = find_or_insert(&snapshot->failures, &row,
				    bind_labels_with_errno(parent->labels, error), quota, ret_row);

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

/*
 * NULL: the key has no owner, or its owner does not matter. -EAGAIN: the name may become known
 * soon.
 */
static int find_owner(struct snapshot *snapshot, const struct bind_view *view, uint32_t index,
		      const struct owner **ret_owner)
{
	const struct bind_entry *entry = &view->table[index];
	const struct bind_key *key = &entry->key;
	/*
	 * The wait begins with the bind, not with its first reading: a reader that comes rarely, or
	 * only once, never waits.
	 */
	bool final = snapshot->deciding || view->now_ns >= entry->first_ns + NAME_WAIT_NS;

	*ret_owner = NULL;
	if (!has_owners(snapshot) || is_filtered(snapshot, key) || was_folded(snapshot, key))
		return 0;
	return owners_find(snapshot->config.owners, key->cgroup, &view->origins[index], final,
			   ret_owner);
}

/* The owner is recorded before its row is shown, so that a successor names it the same. */
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

	const struct owner *owner;
	int error = find_owner(snapshot, view, index, &owner);

	if (!error)
		error = assign_row(snapshot, &like, owner, &snapshot->row_of_entry[index]);
	if (!error && owner)
		owner_decide(&view->origins[index], owner);
	return error;
}

static int by_first_attempt(const void *left, const void *right, void *table)
{
	const struct bind_entry *entries = table;
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	if (entries[a].first_ns != entries[b].first_ns)
		return entries[a].first_ns < entries[b].first_ns ? -1 : 1;
	return a < b ? -1 : a > b;
}

/*
 * Decisions of a predecessor are taken over before new ones are made. The predecessor may have
 * shown a later entry of the same cgroup and not the first.
 */
static int adopt_decisions(struct snapshot *snapshot, const struct bind_view *view, uint32_t count)
{
	const struct owner *owner;
	int error = 0;

	for (uint32_t i = 0; i < count && !error; i++)
		if (view->origins[snapshot->fresh[i]].state == BIND_ORIGIN_DECIDED)
			error = find_owner(snapshot, view, snapshot->fresh[i], &owner);
	return error;
}

/* Rows go to keys in the order of their first attempts, also within one collection. */
static int assign_fresh_entries(struct snapshot *snapshot, const struct bind_view *view)
{
	uint32_t half = half_of(snapshot, view->generation), count = 0;
	int error = 0;

	for (uint32_t entry = 0; entry < 1U << snapshot->config.table_bits; entry++) {
		/*
		 * Acquire: once an entry has a kind, it is complete and does not change any more.
		 */
		if (snapshot->row_of_entry[half | entry] == ROW_NONE &&
		    is_ready(
			    __atomic_load_n(&view->table[half | entry].key.kind, __ATOMIC_ACQUIRE)))
			snapshot->fresh[count++] = half | entry;
	}
	qsort_r(snapshot->fresh, count, sizeof(*snapshot->fresh), by_first_attempt,
		(void *)view->table);
	snapshot->waiting = 0;
	if (has_owners(snapshot))
		error = adopt_decisions(snapshot, view, count);
	for (uint32_t i = 0; i < count && !error; i++) {
		error = assign_entry(snapshot, view, snapshot->fresh[i]);
		if (error == -EAGAIN) {
			snapshot->waiting++;
			error = 0;
		}
	}
	return error;
}

/* The entry of a failure may be newer than assign_fresh_entries(), and is then assigned here. */
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
	return bind_kind(slot / BIND_FAMILIES + 1, slot % BIND_FAMILIES);
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
		if (result == -EAGAIN) /* the failure waits together with its attempt */
			result = 0;
	}
	return result;
}

int assign_half(struct snapshot *snapshot, const struct bind_view *view)
{
	int error = assign_fresh_entries(snapshot, view);

	return error ? error : assign_fresh_failures(snapshot, view);
}

bool passes_family(const struct snapshot *snapshot, uint32_t slot)
{
	return !snapshot->config.filter ||
	       filter_passes_family(snapshot->config.filter,
				    bind_family_name(slot % BIND_FAMILIES));
}

/*
 * Ensures that there are rows for attempts and failures that found no entry, so that adding them
 * needs no more memory.
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

int assign_all(struct snapshot *snapshot, const struct bind_view *view)
{
	int error = assign_half(snapshot, view);

	for (uint32_t slot = 0; slot < LEDGER_SLOTS && !error; slot++)
		error = assign_overflow(snapshot, view, slot);
	return error;
}
