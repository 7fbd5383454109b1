/* SPDX-License-Identifier: Apache-2.0 */
/* Attempts of one case by the calling thread, in the circumstances that the case asks for. */
#ifndef LIVE_BIND_ATTEMPTS_H
#define LIVE_BIND_ATTEMPTS_H

#include <stdint.h>

struct bind_case;

/*
 * Makes count attempts and adds each to *made. 0, also where this kernel has no
 * such sockets and nothing is made; -EPROTO: one did not end as the case says; or -errno.
 */
int bind_attempts_make(const struct bind_case *bind_case, const char *scratch, unsigned int count,
		       _Atomic uint64_t *made);

/*
 * For BIND_TAKEN, before any attempt: the address is held, by one bind(2) of the
 * calling process, until the returned descriptor is closed. Or -errno.
 */
int bind_attempts_take(const struct bind_case *bind_case, const char *scratch);

#endif
