/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The counts of a set: their sum, and carrying them over to the set that replaces it. Reads the
 * mapped memory of a set, and the recursion misses of its dispatchers from the kernel. Writes only
 * to the ledger and the control block of the new set.
 */
#ifndef PINS_CARRY_OVER_H
#define PINS_CARRY_OVER_H

#include <stdbool.h>
#include <stdint.h>

struct attach_plan;
struct pinned_set;

/* The attempts that a set and its predecessors have counted. 0 or -errno. */
int carry_over_attempts(const struct pinned_set *set, uint64_t *ret_attempts);

/* Whether the valid ledger of the new set contains the counts of the previous set. */
bool carry_over_is_done(const struct pinned_set *previous, const struct pinned_set *new);

/*
 * Writes everything that the previous set has counted to the spare copy of the new set's ledger,
 * then makes that copy valid. No program may count in the previous set any more. If this is
 * interrupted, it can be repeated. 0 with the number of attempts carried over; or -errno, and the
 * valid copy of the new set's ledger is as before.
 */
int carry_over(const struct attach_plan *plan, const struct pinned_set *previous,
	       const struct pinned_set *new, uint64_t *ret_attempts);

#endif
