/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks the two equations of the metric contract for one load: every attempt is counted or missed,
 * and every counted attempt ends as a success, as a failure with its errno, or as a missed result.
 */
#ifndef LIVE_RESULTS_H
#define LIVE_RESULTS_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/live/exporter_process.h"

struct bind_load;

/* What the exporter reports as missed, over all reasons and labels. */
struct losses {
	uint64_t attempts;
	uint64_t results;
	uint64_t denials; /* an upper limit */
};

struct losses losses_of(const char *page);
struct losses live_losses(const struct exporter *exporter);

/* The increase since the page before. */
struct losses losses_since(const char *page, const struct losses *before);

/*
 * False, with a message once per test: the exporter cannot see how binds end,
 * attach_info{results="none"}.
 */
bool live_sees_results(const char *page);

/* Failures with exactly these labels, 0 if there are none. error: the errno. */
uint64_t failures_of(const char *page, const char *category, const char *family, const char *comm,
		     int error);

/* Over all rows with this name. */
uint64_t failures_of_comm(const char *page, const char *comm);

/*
 * Checks a load of cases from bind_results[] that has ended. page: from after the load, before:
 * from before it. made: from bind_load_run(). disturbed: another process was inside bpf(2) all the
 * time, so that a kernel that pre-empts skips a kprobe. settled: the page is late enough after the
 * load for missed results to be known as missed.
 */
void assert_load(const char *page, const struct bind_load *load, const uint64_t *made,
		 const struct losses *before, bool disturbed, bool settled);

#endif
