/* SPDX-License-Identifier: Apache-2.0 */
/*
 * User space's side of in-flight binds (struct bind_calls), whose result is not known yet. It gives
 * up calls whose result was not seen or would come too late: these are missed results from then on,
 * even if a program still sees their end. Touches mapped memory; before 5.12 also bpf(2), since
 * calls are in a hash map there.
 */
#ifndef INFLIGHT_H
#define INFLIGHT_H

#include <stdint.h>

struct bind_calls;
struct bind_maps;
struct inflight_age;

/* NULL: out of memory. */
struct inflight_age *inflight_age_new(void);
void inflight_age_free(struct inflight_age *age);

/*
 * To be called from time to time: gives up calls that have not ended within five to ten seconds.
 * now_ns: CLOCK_BOOTTIME.
 */
void inflight_sweep(const struct bind_maps *maps, struct inflight_age *age, uint64_t now_ns);

/* Waits up to 100 ms until no call that was counted before this generation is in flight. */
void inflight_wait(const struct bind_maps *maps, uint64_t generation);

/*
 * Waits until no call that was counted in maps is inside security_socket_bind(). Programs must not
 * count there any more. other: the maps in which programs count now, for up to five seconds: a
 * thread that has a call there has left the hook. NULL: up to 250 ms.
 */
void calls_leave_hook(const struct bind_maps *maps, const struct bind_maps *other);

/* Gives up all calls that have not ended, in maps that no program uses. Returns their number. */
uint32_t calls_give_up(const struct bind_maps *maps);

#endif
