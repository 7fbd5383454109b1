/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counters that go on while the exporter is away. Either the pinned set fits, and
 * is taken as it is; or a new one takes its place and its counts. Used by bind_source only.
 *
 * An upgrade, in steps that may be interrupted between any two and are then done again:
 *
 *   1. the new set is complete, its hooks are attached, nothing jumps to it
 *   2. programs that see results: the new ones, which pass on to those of before
 *   3. the program that counts: the new one. Every bind is counted in one of the sets
 *   4. wait until nothing goes on in the old set, then jump to nothing of it any more
 *   5. all that it counted is written to the new set's ledger, and made valid by one word
 *   6. the old set is removed
 */
#ifndef PINNED_H
#define PINNED_H

#include <stdbool.h>

#include "exporter/attach/mode.h"

struct diagnosis;
struct rcu_grace;
struct pinned_plan;
struct pinned_set;
struct pins;

/* Whether what is pinned, if anything, can be gone on with. 0, or -errno with the reason. */
int resume_check(const struct pins *pins, struct diagnosis *ret_diagnosis);

/* The mode of what is pinned; false: nothing is. */
bool resume_mode(const struct pins *pins, enum bind_mode *ret_mode);

/*
 * 0 with a set in which binds are counted; the caller closes it, which changes
 * nothing about that. -errno with the reason: what was pinned before still counts.
 */
int resume_start(const struct pinned_plan *plan, const struct rcu_grace *grace,
		 struct pinned_set *ret_set, struct diagnosis *ret_diagnosis);

#endif
