/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starts counting with pinned counters, which go on while the exporter is not running. If the
 * pinned set has the fingerprint of the present build and settings, it is resumed as it is.
 * Otherwise a new set replaces it and takes over its counts (upgrade.h). Without a pinned set, a
 * new one begins.
 */
#ifndef PINS_RESUME_H
#define PINS_RESUME_H

#include <stdbool.h>

#include "exporter/attach/mode.h"

struct attach_plan;
struct diagnosis;
struct rcu_grace;
struct pinned_set;
struct pins;
struct resume;

/*
 * Opens the pinned sets once for the whole start, and changes nothing. 0 with an object that the
 * caller ends, also if nothing is pinned; or -errno with the reason why the pinned counters cannot
 * be resumed.
 */
int resume_begin(const struct pins *pins, struct resume **ret_resume,
		 struct diagnosis *ret_diagnosis);

/* Closes the sets that were not started. NULL is allowed. */
void resume_end(struct resume *resume);

/* The mode of the pinned set, to be asked before resume_start(); false: nothing is pinned. */
bool resume_mode(const struct resume *resume, enum bind_mode *ret_mode);

/*
 * 0 with a set in which binds are counted; the caller closes it, and counting goes on. -errno with
 * the reason: the set that was pinned before still counts. It can be called again, with another
 * plan for the same pins; it then opens the sets again.
 */
int resume_start(struct resume *resume, const struct attach_plan *plan,
		 const struct rcu_grace *grace, struct pinned_set *ret_set,
		 struct diagnosis *ret_diagnosis);

#endif
