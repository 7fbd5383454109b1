// SPDX-License-Identifier: Apache-2.0
#include "exporter/collect/reader.h"

#include <errno.h>
#include <time.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/units.h"
#include "exporter/collect/container_logs.h"
#include "metrics/rows/view.h"

#define SETTLE_NS 10000000L

/*
 * A half that is nearly full is turned early. In percent of snapshot_fill(); the rest is for keys
 * that appear until the next collection. While an entry waits for a name, a part of the rest is
 * used.
 */
#define FULL_PERCENT   75
#define URGENT_PERCENT 88

/*
 * A flood of keys must not make turning a burden. A turn costs clearing a half of the maps and
 * writing the ledger (measured with full tables: 0.6 ms of CPU time within 24 ms for 2,000 rows, 72
 * ms within 203 ms for 100,000), a claim for each key that binds again, and the results of calls in
 * flight that last longer. So turns take at most a hundredth of the time, not counting the time
 * that a machine sleeps during a turn.
 */
#define EARLY_GAP_NS     (10 * SECOND_NS)
#define EARLY_GAP_MAX_NS (600 * SECOND_NS)
#define EARLY_SHARE      100

/* After a failure the half stays turned. The rest is tried again before anything else is read. */
static int forget(struct reader *reader)
{
	const struct reader_source *source = &reader->source;
	struct ledger *ledger;
	struct bind_view view;
	int error = source->settle(source->context, &view, &ledger);

	if (!error)
		error = snapshot_forget(reader->snapshot, &view, ledger);
	if (!error)
		source->commit(source->context);
	return error;
}

/* Without a way to wait for programs, nothing is forgotten. The log says so once. */
static int turn(struct reader *reader)
{
	int error = reader->source.turn(reader->source.context);

	if (!error)
		return forget(reader);
	if (error != -EOPNOTSUPP)
		return error;
	log_event(LOG_LEVEL_WARN, "cannot retire rows or free entries of the kernel's table",
		  "reason",
		  "this kernel, or these privileges, offer no way to wait for running BPF programs",
		  "cure", "restart the exporter when the kernel's table is full", NULL);
	reader->turn_due_ns = UINT64_MAX;
	return 0;
}

/*
 * Often enough to be punctual, and rarely enough to cost nothing. A turn would leave an entry that
 * waits for a name without one, so it is postponed, but only for one period: on some nodes pods
 * appear all the time.
 */
static bool is_due(struct reader *reader, uint64_t now_ns)
{
	uint64_t period_ns = reader->rows.idle_s * SECOND_NS / 8;

	if (now_ns < reader->turn_due_ns)
		return false;
	if (!snapshot_is_due(reader->snapshot, now_ns)) {
		reader->turn_latest_ns = 0;
		return false;
	}
	if (!reader->turn_latest_ns)
		reader->turn_latest_ns = now_ns + period_ns;
	if (snapshot_is_waiting(reader->snapshot) && now_ns < reader->turn_latest_ns)
		return false;
	reader->turn_due_ns = now_ns + period_ns;
	reader->turn_latest_ns = 0;
	return true;
}

/* An early turn keeps rows, and frees the entries of keys that do not bind any more. */
static bool is_full(const struct reader *reader, uint64_t now_ns)
{
	if (reader->turn_due_ns == UINT64_MAX || now_ns < reader->early_due_ns)
		return false;
	return reader->fill >=
	       (snapshot_is_waiting(reader->snapshot) ? URGENT_PERCENT : FULL_PERCENT);
}

static void postpone_early(struct reader *reader, uint64_t begin_ns, uint64_t end_ns)
{
	uint64_t gap_ns = (end_ns - begin_ns) * EARLY_SHARE;

	if (gap_ns < EARLY_GAP_NS)
		gap_ns = EARLY_GAP_NS;
	if (gap_ns > EARLY_GAP_MAX_NS)
		gap_ns = EARLY_GAP_MAX_NS;
	reader->early_due_ns = end_ns + gap_ns;
}

static int read_counters(struct reader *reader, uint64_t *ret_now_ns)
{
	struct bind_view view;
	int error = reader->source.view(reader->source.context, &view);

	if (error)
		return error;
	*ret_now_ns = view.now_ns;
	error = snapshot_collect(reader->snapshot, &view);
	if (!error)
		reader->fill = snapshot_fill(reader->snapshot, &view);
	return error;
}

int reader_read(struct reader *reader)
{
	uint64_t now_ns, turned_ns;
	int error;

	/* A failed update is repeated the next time. The counters can be read without it. */
	container_logs_update(reader->container_logs, reader->rows.owners);
	error = reader->source.is_turned(reader->source.context) ? forget(reader) : 0;
	if (!error)
		error = read_counters(reader, &now_ns);
	if (error || !(is_due(reader, now_ns) || is_full(reader, now_ns)))
		return error;
	postpone_early(reader, now_ns, now_ns);
	error = turn(reader);
	if (!error)
		error = read_counters(reader, &turned_ns);
	if (!error)
		postpone_early(reader, now_ns, turned_ns);
	return error;
}

/* If counters go on, the first page must not be below the last page of the predecessor. */
static int settle(struct reader *reader)
{
	int error = reader_read(reader);

	while (!error && !snapshot_is_settled(reader->snapshot)) {
		nanosleep(&(struct timespec){.tv_nsec = SETTLE_NS}, NULL);
		error = reader_read(reader);
	}
	return error;
}

int reader_begin(struct reader *reader, const struct reader_source *source,
		 const struct snapshot_config *rows, struct container_logs *container_logs)
{
	int error;

	*reader = (struct reader){
		.snapshot = snapshot_new(rows),
		.source = *source,
		.rows = *rows,
		.container_logs = container_logs,
	};
	if (!reader->snapshot)
		return -ENOMEM;
	error = snapshot_load(reader->snapshot, source->ledger(source->context), rows->max_rows,
			      clock_ns(CLOCK_BOOTTIME));
	return error ? error : settle(reader);
}

void reader_end(struct reader *reader)
{
	snapshot_free(reader->snapshot);
}
