/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state of counting, in words: logged when it changes, and returned for readiness. Thread-safe.
 */
#ifndef HEALTH_H
#define HEALTH_H

#include <stdbool.h>

struct exporter_status;

/* before, now: whether collections succeed. error: of the failed one, -errno. */
void health_log_collection(bool before, bool now, int error);

/* before, now: results of bind_source_selfcheck(). */
void health_log_selfcheck(int before, int now);

/* NULL: counting, checked and collected. Otherwise the problem, a static string. */
const char *health_problem(const struct exporter_status *status);

#endif
