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

struct diagnosis;
struct rcu_grace;
struct pinned_plan;
struct pinned_set;
struct pins;

/* Checks whether the pinned set, if there is one, can be resumed. 0, or -errno with the reason. */
int resume_check(const struct pins *pins, struct diagnosis *ret_diagnosis);

/* The mode of the pinned set; false: there is none. */
bool resume_mode(const struct pins *pins, enum bind_mode *ret_mode);

/*
 * 0 with a set in which binds are counted; the caller closes it, and counting goes on. -errno with
 * the reason: the set that was pinned before still counts.
 */
int resume_start(const struct pinned_plan *plan, const struct rcu_grace *grace,
		 struct pinned_set *ret_set, struct diagnosis *ret_diagnosis);

#endif
