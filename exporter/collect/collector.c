// SPDX-License-Identifier: Apache-2.0
#include "exporter/collect/collector.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "common/clock.h"
#include "common/page.h"
#include "common/units.h"
#include "exporter/collect/health.h"
#include "exporter/collect/page_cache.h"
#include "exporter/collect/reader.h"
#include "exporter/collect/render.h"
#include "metrics/pages/exporter_metrics.h"
#include "metrics/pages/status/rates.h"

#define PAGE_WAIT_NS (10 * SECOND_NS) /* for a requested collection */

struct collector {
	struct collector_config config;
	pthread_t thread;

	/* Used by the thread only. */
	struct reader reader;
	struct rates rates; /* kept while the status page is being requested */
	uint64_t boot_to_wall_ns;

	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t changed;
	struct exporter_status status;
	struct page_cache published;
	uint64_t wanted; /* number of collections requested */
	uint64_t done;   /* the newest of these that was made */
	uint64_t due_ns; /* CLOCK_MONOTONIC: when work is to begin, or began */
	bool stopping;
};

/*
 * The times of first attempts must not change with every correction of the clock, nor stay wrong
 * after it was set. Thus only a jump is followed.
 */
static void follow_wall_clock(struct collector *collector)
{
	uint64_t now = boot_wall_ns();
	uint64_t last = collector->boot_to_wall_ns;

	if ((now > last ? now - last : last - now) > SECOND_NS / 2)
		collector->boot_to_wall_ns = now;
}

static void choose(struct collector *collector, bool ret_chosen[PAGE_KINDS])
{
	pthread_mutex_lock(&collector->lock);
	page_cache_choose(&collector->published, clock_ns(CLOCK_MONOTONIC), ret_chosen);
	pthread_mutex_unlock(&collector->lock);
	if (!ret_chosen[PAGE_HTML])
		rates_forget(&collector->rates);
}

/* Renders the chosen pages into ret_pages. -ENOMEM: at least one of them is NULL. */
static int encode(struct collector *collector, const struct exporter_status *status,
		  const bool chosen[PAGE_KINDS], struct page *ret_pages[PAGE_KINDS])
{
	const struct bind_metrics_config rows = {
		.boot_to_wall_ns = collector->boot_to_wall_ns,
		.last_attempt = collector->config.last_attempt,
	};
	int error = 0;

	for (enum page_kind kind = 0; kind < PAGE_KINDS; kind++) {
		ret_pages[kind] = NULL;
		if (!chosen[kind])
			continue;
		ret_pages[kind] =
			render_page(kind, &collector->config.pages,
				    snapshot_collection(collector->reader.snapshot), status, &rows);
		if (!ret_pages[kind])
			error = -ENOMEM;
	}
	return error;
}

/* Leaves the previous pages in pages, to be unreferenced. */
static void publish(struct collector *collector, const bool chosen[PAGE_KINDS],
		    struct page *pages[PAGE_KINDS], const struct exporter_status *status,
		    uint64_t wanted)
{
	pthread_mutex_lock(&collector->lock);
	page_cache_exchange(&collector->published, chosen, pages);
	collector->status = *status;
	collector->done = wanted;
	pthread_cond_broadcast(&collector->changed);
	pthread_mutex_unlock(&collector->lock);
}

/*
 * A collection that fails leaves the rows as they were. The page is published nevertheless, and
 * says so.
 */
static int collect(struct collector *collector, struct exporter_status *status, uint64_t wanted)
{
	uint64_t begin = clock_ns(CLOCK_MONOTONIC);
	bool before = status->collected;
	int error = reader_read(&collector->reader);
	struct page *pages[PAGE_KINDS];
	bool chosen[PAGE_KINDS];

	if (!error) {
		status->collect_duration_ns = clock_ns(CLOCK_MONOTONIC) - begin;
		status->collect_wall_ns = clock_ns(CLOCK_REALTIME);
	}
	status->collected = !error;
	status->collect_errors += error != 0;
	follow_wall_clock(collector);
	choose(collector, chosen);
	if (encode(collector, status, chosen, pages)) {
		error = -ENOMEM;
		status->collect_errors += status->collected; /* one collection, one error */
		status->collected = false;
	}
	/* The caller of collector_start() reports the failure of the first collection. */
	if (collector->published.pages[PAGE_TEXT])
		health_log_collection(before, status->collected, error);
	publish(collector, chosen, pages, status, wanted);
	page_cache_unref(pages);
	return error;
}

static void selfcheck(struct collector *collector, struct exporter_status *status)
{
	const struct reader_source *source = &collector->config.source;
	int before = status->selfcheck_error;

	status->selfcheck_error = source->selfcheck(source->context);
	status->selfcheck_wall_ns = clock_ns(CLOCK_REALTIME);
	health_log_selfcheck(before, status->selfcheck_error);
}

/* Waits until work is due or requested. False: stopping. */
static bool wait_for_work(struct collector *collector, uint64_t due_ns, uint64_t *ret_wanted)
{
	struct timespec due = clock_timespec(due_ns);
	bool go_on;

	pthread_mutex_lock(&collector->lock);
	collector->due_ns = due_ns;
	while (!collector->stopping && collector->wanted == collector->done)
		if (pthread_cond_timedwait(&collector->changed, &collector->lock, &due))
			break;
	collector->due_ns = clock_ns(CLOCK_MONOTONIC);
	*ret_wanted = collector->wanted;
	go_on = !collector->stopping;
	pthread_mutex_unlock(&collector->lock);
	return go_on;
}

static void *run(void *context)
{
	struct collector *collector = context;
	const struct collector_config *config = &collector->config;
	struct exporter_status status = collector->status;
	uint64_t now = clock_ns(CLOCK_MONOTONIC);
	uint64_t selfcheck_due = now + config->selfcheck_interval_ns;
	uint64_t collect_due = config->interval_ns ? now + config->interval_ns : UINT64_MAX;
	uint64_t wanted;

	/*
	 * The thread names itself. To name another thread, pthread_setname_np() writes to a file.
	 */
	pthread_setname_np(pthread_self(), "collector");
	while (wait_for_work(collector, collect_due < selfcheck_due ? collect_due : selfcheck_due,
			     &wanted)) {
		now = clock_ns(CLOCK_MONOTONIC);
		if (now >= selfcheck_due) {
			selfcheck(collector, &status);
			selfcheck_due = now + config->selfcheck_interval_ns;
		}
		collect(collector, &status, wanted);
		if (config->interval_ns)
			collect_due = now + config->interval_ns;
	}
	return NULL;
}

static void collector_free(struct collector *collector)
{
	pthread_cond_destroy(&collector->changed);
	pthread_mutex_destroy(&collector->lock);
	page_cache_unref(collector->published.pages);
	rates_forget(&collector->rates);
	reader_end(&collector->reader);
	free(collector);
}

static void init_locks(struct collector *collector)
{
	pthread_condattr_t attributes;

	pthread_mutex_init(&collector->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&collector->changed, &attributes);
	pthread_condattr_destroy(&attributes);
}

int collector_start(const struct collector_config *config, struct collector **ret_collector)
{
	struct exporter_status status = {
		.selfcheck_wall_ns = clock_ns(CLOCK_REALTIME),
		.collected = true,
	};
	struct collector *collector = calloc(1, sizeof(*collector));
	int error;

	if (!collector)
		return -ENOMEM;
	collector->config = *config;
	collector->config.pages.rates = &collector->rates;
	collector->published.idle_ns = config->page_idle_ns;
	init_locks(collector);
	collector->due_ns = clock_ns(CLOCK_MONOTONIC);
	error = reader_begin(&collector->reader, &config->source, &config->rows,
			     config->container_logs);
	if (!error)
		error = collect(collector, &status, 0);
	if (!error)
		error = -pthread_create(&collector->thread, /* attributes= */ NULL, run, collector);
	if (error) {
		collector_free(collector);
		return error;
	}
	*ret_collector = collector;
	return 0;
}

void collector_stop(struct collector *collector)
{
	if (!collector)
		return;
	pthread_mutex_lock(&collector->lock);
	collector->stopping = true;
	pthread_cond_broadcast(&collector->changed);
	pthread_mutex_unlock(&collector->lock);
	pthread_join(collector->thread, NULL);
	collector_free(collector);
}

/* With the lock held. False: there was no collection in time. */
static bool wait_for_collection(struct collector *collector, uint64_t now_ns)
{
	struct timespec due = clock_timespec(now_ns + PAGE_WAIT_NS);
	uint64_t mine = ++collector->wanted;

	pthread_cond_broadcast(&collector->changed);
	while (collector->done < mine && !collector->stopping)
		if (pthread_cond_timedwait(&collector->changed, &collector->lock, &due))
			break;
	return collector->done >= mine;
}

struct page *collector_page(struct collector *collector, enum page_kind kind)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC);
	struct page *page = NULL;

	pthread_mutex_lock(&collector->lock);
	page_cache_request(&collector->published, kind, now);
	if (collector->config.interval_ns)
		page = page_cache_page(&collector->published, kind);
	if (!page && wait_for_collection(collector, now))
		page = page_cache_page(&collector->published, kind);
	pthread_mutex_unlock(&collector->lock);
	return page;
}

const char *collector_unready(struct collector *collector)
{
	const char *problem;

	pthread_mutex_lock(&collector->lock);
	problem = health_problem(&collector->status);
	pthread_mutex_unlock(&collector->lock);
	return problem;
}

uint64_t collector_late_ns(struct collector *collector)
{
	uint64_t now, due;

	pthread_mutex_lock(&collector->lock);
	now = clock_ns(CLOCK_MONOTONIC);
	due = collector->due_ns;
	pthread_mutex_unlock(&collector->lock);
	return now > due ? now - due : 0;
}
