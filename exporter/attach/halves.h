/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two halves of the kernel's table, by the memory of the maps: turn lets programs count in the
 * other half, emptied; settle waits until the half of before is at rest; commit makes the ledger
 * that its counts were added to the valid one. Each may be the last before the process ends.
 */
#ifndef HALVES_H
#define HALVES_H

#include <stdbool.h>

struct bind_maps;
struct rcu_grace;
struct ledger;

/* Between turn and commit. */
bool halves_are_flipped(const struct bind_maps *maps);

/* 0 or -errno; -EOPNOTSUPP: this kernel has no way to wait. */
int halves_flip(struct bind_maps *maps, const struct rcu_grace *grace);
int halves_drain(const struct bind_maps *maps, const struct rcu_grace *grace);

/* The copy of the ledger that the next commit makes valid. */
struct ledger *halves_next_ledger(const struct bind_maps *maps);
void halves_commit(const struct bind_maps *maps);

#endif
