/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An upgrade: a new set replaces the previous one while binds go on. It can be interrupted between
 * any two steps, and is then run again from the beginning:
 *
 *   1. The new set is complete and its dispatchers are attached; nothing jumps to it yet.
 *   2. Programs that see results: those of the new set run, and pass calls that they do not know on
 *      to those of the previous set.
 *   3. The counting program: that of the new set runs. Every bind is counted in one of the sets.
 *   4. When no call is in flight in the previous set any more, nothing jumps to it any more.
 *   5. Everything that the previous set counted is written to the new set's ledger, and made valid
 *      by one word (carry_over.h).
 *   6. The previous set is removed.
 *
 * resume.c does step 1, and this module the others.
 */
#ifndef PINS_UPGRADE_H
#define PINS_UPGRADE_H

#include <stdbool.h>
#include <stdint.h>

struct attach_plan;
struct rcu_grace;
struct pinned_set;

struct upgrade_report {
	uint64_t attempts;     /* counted until now; all of them were carried over */
	uint32_t lost_results; /* calls that did not end in time: their results are missed */
	bool gap;              /* binds made while the hook changed were not counted */
};

/* Whether the counting programs of both sets are on the same hook. */
bool upgrade_same_hook(const struct pinned_set *old, const struct pinned_set *new);

/*
 * Runs steps 2 to 6, or those that remain. The dispatchers of both sets must be open. 0; -ENODATA:
 * the new hook does not fire, and everything is as before; another -errno: the upgrade is
 * unfinished and must be run again.
 */
int upgrade_run(const struct attach_plan *plan, const struct rcu_grace *grace,
		struct pinned_set *old, struct pinned_set *new, struct upgrade_report *ret_report);

#endif
