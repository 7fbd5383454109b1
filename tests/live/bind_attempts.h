/* SPDX-License-Identifier: Apache-2.0 */
/* Attempts of one case by the calling thread, in the circumstances that the case requires. */
#ifndef LIVE_BIND_ATTEMPTS_H
#define LIVE_BIND_ATTEMPTS_H

#include <stdint.h>

struct bind_case;

/*
 * Makes count attempts and adds each to *made. Returns 0, also if this kernel has no such sockets
 * and no attempt is made; -EPROTO: an attempt did not end as the case says; or -errno.
 */
int bind_attempts_make(const struct bind_case *bind_case, const char *scratch, unsigned int count,
		       _Atomic uint64_t *made);

/*
 * For BIND_TAKEN, before any attempt: takes the address with one bind(2) of the calling process.
 * Returns a descriptor that holds it until it is closed, or -errno.
 */
int bind_attempts_take(const struct bind_case *bind_case, const char *scratch);

#endif
