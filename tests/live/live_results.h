/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two equations of the metric contract, checked for one load: every attempt
 * is counted or missed, and ends as a success, as a failure of its errno or as a
 * result that is not known.
 */
#ifndef LIVE_RESULTS_H
#define LIVE_RESULTS_H

#include <stdbool.h>
#include <stdint.h>

#include "exporter_process.h"

struct bind_load;

/* What the exporter says that it has missed, over all reasons and labels. */
struct losses {
	uint64_t attempts;
	uint64_t results;
	uint64_t denials; /* an upper bound */
};

struct losses losses_of(const char *page);
struct losses live_losses(const struct exporter *exporter);

/* On this page and not yet in before. */
struct losses losses_since(const char *page, const struct losses *before);

/* False, and said so once per test, where the exporter cannot see how binds end:
 * attach_info{results="none"}. */
bool live_sees_results(const char *page);

/* Failures of exactly these labels, 0 when there are none. error: the errno. */
uint64_t failures_of(const char *page, const char *category, const char *family, const char *comm,
		     int error);

/* Over all rows of this name. */
uint64_t failures_of_comm(const char *page, const char *comm);

/*
 * A load of cases from bind_results[] that has ended, on a page of after it. made:
 * of bind_load_run(). before: from before it. disturbed: another process was
 * inside bpf(2) all the while, so that a kprobe on a kernel that pre-empts is
 * skipped. settled: the page is from long enough after the load for results that
 * were not seen to be known as such.
 */
void assert_load(const char *page, const struct bind_load *load, const uint64_t *made,
		 const struct losses *before, bool disturbed, bool settled);

#endif
