/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How counting fares, in words: in the log when it changes, for readiness while it
 * lasts. Thread-safe.
 */
#ifndef HEALTH_H
#define HEALTH_H

#include <stdbool.h>

struct exporter_status;

/* before, now: whether collections succeed. error: of the failed one, -errno. */
void health_log_collection(bool before, bool now, int error);

/* before, now: what bind_source_selfcheck() returned. */
void health_log_selfcheck(int before, int now);

/* NULL: counting, checked and collected. Else what is wrong, a static string. */
const char *health_problem(const struct exporter_status *status);

#endif
