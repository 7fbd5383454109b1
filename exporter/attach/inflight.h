/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls whose result is not known yet (struct bind_calls), as user space treats
 * them: it gives up those whose result was evidently not seen, or will come too late.
 * From then on they are missed results, whatever the kernel still sees.
 */
#ifndef CALLS_H
#define CALLS_H

#include <stdint.h>

struct bind_calls;
struct bind_maps;
struct inflight_age;

/* NULL: out of memory. */
struct inflight_age *inflight_age_new(void);
void inflight_age_free(struct inflight_age *age);

/* To be called from time to time: gives up calls that have not ended within some five to ten
 * seconds. */
void inflight_sweep(const struct bind_maps *maps, struct inflight_age *age, uint64_t now_ns);

/* Waits for the end of calls that were counted before this generation, up to a tenth of a second.
 */
void inflight_wait(const struct bind_maps *maps, uint64_t generation);

/*
 * Of maps in which nobody is counted any more. Waits until nobody who was is inside
 * security_socket_bind(): up to five seconds if others are counted in other maps meanwhile, which
 * whoever is in there has left; else, with NULL, a quarter of one.
 */
void calls_leave_hook(const struct bind_maps *maps, const struct bind_maps *other);

/* Gives up all that have not ended, in maps that no program looks into. Returns how many. */
uint32_t calls_give_up(const struct bind_maps *maps);

#endif
