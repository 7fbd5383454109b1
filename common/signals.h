/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SIGTERM, SIGINT and SIGHUP, which are held from the beginning on, and taken by whoever waits
 * for them; no other code is interrupted. SIGPIPE is ignored.
 */
#ifndef SIGNALS_H
#define SIGNALS_H

#include <stdint.h>

/* Before the first thread starts, so that none ever takes them. */
void signals_hold(void);

/* The signal that has come to end the program, which stays; 0: none has. */
int signals_end(void);

/* Takes the next one. 0: none came for so long; timeout_ns 0: waits without an end. */
int signals_wait(uint64_t timeout_ns);

#endif
