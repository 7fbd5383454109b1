/* SPDX-License-Identifier: Apache-2.0 */
/* How one pinned set takes the place of another: the steps of resume.h. Used by resume.c only. */
#ifndef SUCCESSION_H
#define SUCCESSION_H

#include <stdbool.h>
#include <stdint.h>

struct rcu_grace;
struct pinned_plan;
struct pinned_set;

struct upgrade_report {
	uint64_t attempts;     /* counted until now, all of which were carried over */
	uint32_t lost_results; /* of calls that did not end in time */
	bool gap;              /* binds between two hooks were not counted */
};

bool upgrade_same_hook(const struct pinned_set *old, const struct pinned_set *new);

/* Attempts that a set and its predecessors have counted. 0 or -errno. */
int upgrade_attempts(const struct pinned_set *set, uint64_t *ret_attempts);

/*
 * Steps 2 to 6, or what is left of them; the stubs of both are open. 0; -ENODATA: the
 * new hook does not fire, and all is as before; another -errno: to be done again.
 */
int upgrade_run(const struct pinned_plan *plan, const struct rcu_grace *grace,
		struct pinned_set *old, struct pinned_set *new, struct upgrade_report *ret_report);

#endif
