/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of tracepoints, which only tracefs tells. */
#ifndef TRACEFS_H
#define TRACEFS_H

/*
 * event: as "syscalls/sys_enter_bind". The id for perf_event_attr.config, or
 * -errno: -EPERM when tracefs is not mounted and must not be, -ENODEV when the
 * kernel has none, -ENOENT when it has no such event.
 */
int tracefs_event_id(const char *event);

#endif
