/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two halves of the kernel's table, through mapped memory. Flip empties the other half and lets
 * programs count there; drain waits until the previous half does not change any more; commit makes
 * the copy of the ledger valid to which the counts of that half were added. The process may end
 * between any two of these steps.
 */
#ifndef HALVES_H
#define HALVES_H

#include <stdbool.h>

struct bind_maps;
struct rcu_grace;
struct ledger;

/* True between flip and commit. */
bool halves_are_flipped(const struct bind_maps *maps);

/* Both: 0 or -errno; -EOPNOTSUPP: grace is not open. */
int halves_flip(struct bind_maps *maps, const struct rcu_grace *grace);
int halves_drain(const struct bind_maps *maps, const struct rcu_grace *grace);

/* The copy of the ledger that the next commit makes valid; owned by maps. */
struct ledger *halves_next_ledger(const struct bind_maps *maps);
void halves_commit(const struct bind_maps *maps);

#endif
