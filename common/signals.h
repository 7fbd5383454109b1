/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SIGTERM, SIGINT and SIGHUP are blocked from the start, and taken by the thread that waits for
 * them; no other code is interrupted. SIGPIPE is ignored.
 */
#ifndef SIGNALS_H
#define SIGNALS_H

#include <stdint.h>

/* Must be called before the first thread starts, so that all threads block them. */
void signals_hold(void);

/* Returns SIGTERM or SIGINT if one is pending, and leaves it pending; 0: none is. */
int signals_end(void);

/* Takes the next signal. 0: none came within timeout_ns. A timeout of 0 waits for ever. */
int signals_wait(uint64_t timeout_ns);

#endif
