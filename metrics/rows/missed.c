// SPDX-License-Identifier: Apache-2.0
/*
 * Sums up what was not counted: what programs report, calls in memory, and runs that the kernel
 * skipped.
 */
#include "metrics/rows/snapshot_private.h"

/*
 * Computes how many of the skipped runs were attempts that no other program counted. A call that
 * still has its mark may lose it or leave it behind, and a call that just left is in no counter for
 * a moment. The least of the last few samples is correct when the machine is quiet, and is never
 * too high, so that the counter never has to fall.
 */
static void settle_recursion_misses(struct snapshot *snapshot, uint64_t recursion_misses,
				    uint64_t marked)
{
	uint64_t least = recursion_misses > marked ? recursion_misses - marked : 0;

	do
		snapshot->recursion_misses[snapshot->samples++ % RECURSION_SAMPLES] = least;
	while (snapshot->samples < RECURSION_SAMPLES);
	for (uint32_t i = 0; i < RECURSION_SAMPLES; i++)
		if (snapshot->recursion_misses[i] < least)
			least = snapshot->recursion_misses[i];
	if (least > snapshot->collection.totals.recursion_misses)
		snapshot->collection.totals.recursion_misses = least;
}

bool snapshot_is_settled(const struct snapshot *snapshot)
{
	return snapshot->samples >= 2 * RECURSION_SAMPLES ||
	       (snapshot->samples &&
		snapshot->read.recursion_misses + snapshot->kept.recursion_misses == 0);
}

/* Counts calls in memory. A call that was abandoned is counted there until it is displaced. */
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
		*ret_marked += __atomic_load_n(&calls->overflowed, __ATOMIC_RELAXED);
	}
}

static uint64_t sum_missed(const struct bind_view *view, enum bind_missed reason)
{
	return sum_over_cpus(view->missed, BIND_MISSED_REASONS, reason, view->cpus);
}

void read_missed(struct snapshot *snapshot, const struct bind_view *view)
{
	struct ledger_totals *kept = &snapshot->kept, *read = &snapshot->read;
	struct totals *totals = &snapshot->collection.totals;
	uint64_t abandoned, marked;

	/*
	 * A call may be displaced from memory to a counter at any moment, and must not be seen in
	 * both. The counter of missed results is added, so it is read before the calls. Marks are
	 * subtracted, so their counter is read after the calls. The fences keep that order.
	 */
	for (uint32_t reason = 0; reason < BIND_MISSED_REASONS; reason++)
		read->missed[reason] = sum_missed(view, reason);
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	count_calls(view, &abandoned, &marked);
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	read->missed[BIND_MISSED_RESULT] += abandoned;
	read->missed[BIND_MARKS_LEFT] = sum_missed(view, BIND_MARKS_LEFT);
	read->recursion_misses = view->recursion_misses;
	for (uint32_t reason = 0; reason < BIND_MISSED_REASONS; reason++) {
		uint64_t now = kept->missed[reason] + read->missed[reason];

		if (now > totals->missed[reason])
			totals->missed[reason] = now;
	}
	settle_recursion_misses(snapshot, kept->recursion_misses + read->recursion_misses,
				totals->missed[BIND_MARKS_LEFT] + marked);
}
