// SPDX-License-Identifier: Apache-2.0
/* Owners of rows: saved to ledgers, restored from them, and forgotten with the last row. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "metrics/owners/owners.h"
#include "metrics/rows/snapshot_private.h"
#include "metrics/rows/unit_fold.h"

/* The cgroups that have a row or an entry. */
struct cgroups {
	uint64_t *ids;
	size_t count;
};

static int compare_ids(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return left < right ? -1 : left > right;
}

static bool is_used(uint64_t cgroup, void *cgroups)
{
	const struct cgroups *used = cgroups;

	return bsearch(&cgroup, used->ids, used->count, sizeof(*used->ids), compare_ids);
}

/* If there is no memory, owners are forgotten another time. */
void forget_owners(const struct snapshot *snapshot, const struct bind_view *view)
{
	uint32_t half = half_of(snapshot, view->generation);
	size_t entries = (size_t)1 << snapshot->config.table_bits;
	struct cgroups used = {
		calloc(snapshot->rows.used + entries, sizeof(uint64_t)),
		0,
	};

	if (!used.ids)
		return;
	for (uint32_t row = 0; row < snapshot->rows.used; row++)
		used.ids[used.count++] = snapshot->rows.rows[row].key.cgroup;
	for (size_t entry = 0; entry < entries; entry++)
		used.ids[used.count++] = view->table[half | entry].key.cgroup;
	qsort(used.ids, used.count, sizeof(*used.ids), compare_ids);
	owners_sweep(snapshot->config.owners, is_used, &used);
	free(used.ids);
}

const struct owner *shown_owner(const struct snapshot *snapshot, const struct owner *owner,
				struct owner *scratch)
{
	const struct unit_fold *fold = snapshot->config.unit_fold;
	const char *unit;

	if (!owner || !fold || !(snapshot->config.labels & BIND_LABEL_UNIT))
		return owner;
	unit = unit_fold_name(fold, owner->unit);
	if (unit == owner->unit)
		return owner;
	*scratch = *owner;
	strcpy(scratch->unit, unit); /* it fits: unit_fold_add() has checked */
	return scratch;
}

int keep_owner(const struct snapshot *snapshot, const struct owner *shown, struct row *row)
{
	const struct owner *own =
		shown ? owners_known(snapshot->config.owners, row->key.cgroup) : NULL;

	if (!shown || row->owner || strcmp(shown->unit, own ? own->unit : "") == 0)
		return 0;
	row->owner = malloc(sizeof(*row->owner));
	if (!row->owner)
		return -ENOMEM;
	*row->owner = *shown;
	return 0;
}

void save_owner(const struct snapshot *snapshot, const struct row *row, struct owner *ret_owner)
{
	const struct owner *owner = row->owner;

	if (!owner)
		owner = owners_known(snapshot->config.owners, row->key.cgroup);
	*ret_owner = owner ? *owner : (struct owner){.unresolved = 0};
}

/*
 * The cgroups of a folded row are not known. Their owners are resolved again when they bind again.
 */
int restore_owner(struct snapshot *snapshot, const struct ledger *ledger, uint32_t position,
		  struct owner *scratch, const struct owner **ret_owner)
{
	const struct ledger_row *saved = &ledger->row[position];
	const struct owner *owner = &ledger_owners((struct ledger *)ledger)[position];
	int error;

	*ret_owner = NULL;
	if (!ledger->owners || !has_owners(snapshot) ||
	    !(saved->flags >> LEDGER_ROW_KNOWN_SHIFT & BIND_LABELS_OWNER))
		return 0;
	if (saved->flags & LEDGER_ROW_FOLDED) {
		owner_copy(owner, scratch);
		*ret_owner = scratch;
		return 0;
	}
	error = owners_restore(snapshot->config.owners, saved->key.cgroup, owner);
	*ret_owner = owners_known(snapshot->config.owners, saved->key.cgroup);
	return error;
}
