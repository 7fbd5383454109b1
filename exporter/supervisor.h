/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reports the state of the exporter to the service manager (systemd, with sd_notify(3)). Without a
 * service manager, calls do nothing. For one thread; works with the privileges that
 * privileges_drop() leaves.
 *
 * mode: name of the attach mode in use. problem: why the exporter is not ready, or NULL.
 */
#ifndef SUPERVISOR_H
#define SUPERVISOR_H

#include <stdbool.h>
#include <stdint.h>

/* Returns the interval for calls of supervisor_beat(), in nanoseconds; 0: it need not be called. */
uint64_t supervisor_interval_ns(void);

/* Reports that the exporter counts and serves. 0, or -errno if the message could not be sent. */
int supervisor_ready(const char *mode, const char *problem);

/* alive: resets the watchdog too, which otherwise restarts the exporter when its time is over. */
void supervisor_beat(bool alive, const char *mode, const char *problem);

/* Reports a reload, which lasts until the next supervisor_ready(). */
void supervisor_reloading(void);

/* Reports that the exporter is about to end. */
void supervisor_stopping(void);

#endif
