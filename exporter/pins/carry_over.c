// SPDX-License-Identifier: Apache-2.0
#include "exporter/pins/carry_over.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "common/clock.h"
#include "exporter/attach/config.h"
#include "exporter/pins/set.h"
#include "metrics/rows/ledger.h"
#include "metrics/rows/snapshot.h"
#include "metrics/rows/view.h"

#define NEVER_S UINT32_MAX /* idle time: no row is retired */

/* Reads everything that a set has counted: its ledger and both halves. The set is not changed. */
static int read_set(const struct pinned_set *set, struct bind_view *view, struct snapshot *snapshot)
{
	uint64_t generation = pinned_set_control(set)->generation;
	struct ledger *scratch;
	int error = snapshot_load(snapshot, pinned_set_ledger(set), set->identity.max_rows,
				  view->now_ns);

	if (error)
		return error;
	/* The exporter was killed between flip and commit: the other half is not in the ledger. */
	if (generation != pinned_set_control(set)->ledger >> 1) {
		scratch = malloc(ledger_size(SNAPSHOT_MAX_ROWS_MAX, true));
		if (!scratch)
			return -ENOMEM;
		view->generation = generation - 1;
		error = snapshot_forget(snapshot, view, scratch);
		free(scratch);
		view->generation = generation;
	}
	return error ? error : snapshot_collect(snapshot, view);
}

static uint64_t sum_attempts(const struct snapshot *snapshot)
{
	const struct totals *totals = &snapshot_collection(snapshot)->totals;
	const struct row_set *rows = snapshot_collection(snapshot)->rows;
	uint64_t sum = 0;

	for (uint32_t position = 0; position < rows->count; position++)
		sum += row_set_at(rows, position)->count;
	for (uint32_t slot = 0; slot < LEDGER_SLOTS; slot++)
		sum += totals->filtered[slot] + totals->retired[slot];
	return sum;
}

int carry_over_attempts(const struct pinned_set *set, uint64_t *ret_attempts)
{
	struct snapshot *snapshot = snapshot_new(&(struct snapshot_config){
		.table_bits = set->identity.table_bits,
		.max_rows = set->identity.max_rows,
		.labels = set->identity.labels,
		.idle_s = NEVER_S,
	});
	struct bind_view view;
	int error = -ENOMEM;

	bind_maps_view(&set->maps, &view);
	view.now_ns = clock_ns(CLOCK_BOOTTIME);
	if (snapshot)
		error = read_set(set, &view, snapshot);
	if (!error)
		*ret_attempts = sum_attempts(snapshot);
	snapshot_free(snapshot);
	return error;
}

/*
 * The kernel counts recursion misses per dispatcher. If the dispatcher stays, they are not carried
 * over, because its counter goes on.
 */
static int view_previous(const struct pinned_set *previous, const struct pinned_set *new,
			 struct bind_view *ret_view)
{
	uint64_t recursion_baseline;
	int error;

	bind_maps_view(&previous->maps, ret_view);
	error = hooks_read(&previous->hooks, /* stats= */ false, ret_view);
	if (error)
		return error;
	recursion_baseline = pinned_set_control(previous)->recursion_baseline;
	if (pinned_set_same_last_hook(previous, new) ||
	    ret_view->recursion_misses < recursion_baseline)
		recursion_baseline = ret_view->recursion_misses;
	ret_view->recursion_misses -= recursion_baseline;
	ret_view->results = previous->identity.results;
	ret_view->now_ns = clock_ns(CLOCK_BOOTTIME);
	return 0;
}

bool carry_over_is_done(const struct pinned_set *previous, const struct pinned_set *new)
{
	return pinned_set_ledger(new)->predecessor == previous->identity.id;
}

/* Rows keep the labels of the previous set; the reader decides which of them are shown. */
static struct snapshot *new_snapshot(const struct bind_source_config *config,
				     const struct pinned_set *previous,
				     const struct pinned_set *new)
{
	return snapshot_new(&(struct snapshot_config){
		.table_bits = previous->identity.table_bits,
		.max_rows = new->identity.max_rows,
		.labels = previous->identity.labels,
		.filter = config->filter,
		.unit_fold = config->unit_fold,
		.idle_s = NEVER_S,
		.owners = new->identity.labels &BIND_LABELS_OWNER ? config->owners : NULL,
		.at_once = true,
	});
}

int carry_over(const struct attach_plan *plan, const struct pinned_set *previous,
	       const struct pinned_set *new, uint64_t *ret_attempts)
{
	struct bind_control *control = pinned_set_control(new);
	unsigned int spare = ~control->ledger & 1;
	struct snapshot *snapshot = new_snapshot(plan->config, previous, new);
	struct bind_view view;
	int error = snapshot ? view_previous(previous, new, &view) : -ENOMEM;

	if (!error)
		error = read_set(previous, &view, snapshot);
	if (!error) {
		*ret_attempts = sum_attempts(snapshot);
		snapshot_hand_over(snapshot, previous->identity.id, /* hooks_too= */ true,
				   bind_maps_ledger(&new->maps, spare));
		/* The value is set, not added, so that this step can be repeated. */
		if (pinned_set_same_last_hook(previous, new))
			control->recursion_baseline =
				pinned_set_control(previous)->recursion_baseline;
		__atomic_store_n(&control->ledger, ledger_word(spare, control->generation),
				 __ATOMIC_SEQ_CST);
	}
	snapshot_free(snapshot);
	return error;
}
