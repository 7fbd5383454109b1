// SPDX-License-Identifier: Apache-2.0
/* Whose rows are: put into ledgers and taken from them, and forgotten with the last row. */
#include <stdlib.h>

#include "owners.h"
#include "snapshot_private.h"

/* What cgroups have a row or an entry. */
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

/* Without memory they are forgotten another time. */
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

void save_owner(const struct snapshot *snapshot, const struct row *row, struct owner *ret_owner)
{
	const struct owner *owner = owners_known(snapshot->config.owners, row->key.cgroup);

	*ret_owner = owner ? *owner : (struct owner){.unresolved = 0};
}

int restore_owner(struct snapshot *snapshot, const struct ledger *ledger, uint32_t position,
		  const struct owner **ret_owner)
{
	uint64_t known = ledger->row[position].flags >> LEDGER_ROW_KNOWN_SHIFT;
	uint64_t cgroup = ledger->row[position].key.cgroup;
	int error;

	*ret_owner = NULL;
	if (!ledger->owners || !has_owners(snapshot) || !(known & BIND_LABELS_OWNER))
		return 0;
	error = owners_restore(snapshot->config.owners, cgroup,
			       &ledger_owners((struct ledger *)ledger)[position]);
	*ret_owner = owners_known(snapshot->config.owners, cgroup);
	return error;
}
