/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tells the service manager (systemd, as sd_notify(3) has it) how the exporter fares. Nothing
 * happens where there is none. For one thread; works with what privileges_drop() leaves.
 *
 * mode: what counts. problem: what is wrong, or NULL.
 */
#ifndef SUPERVISOR_H
#define SUPERVISOR_H

#include <stdbool.h>
#include <stdint.h>

/* How often supervisor_beat() is wanted, in nanoseconds; 0: never. */
uint64_t supervisor_interval_ns(void);

/* It counts and serves. 0, or -errno when nobody could be told. */
int supervisor_ready(const char *mode, const char *problem);

/* alive: what the watchdog is to hear; without it, it restarts the exporter in the end. */
void supervisor_beat(bool alive, const char *mode, const char *problem);

/* Until supervisor_ready() is called again. */
void supervisor_reloading(void);

void supervisor_stopping(void);

#endif
