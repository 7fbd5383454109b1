/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the numbers of tracepoints, which are only in tracefs. Mounts nothing visible. */
#ifndef TRACEFS_H
#define TRACEFS_H

/*
 * event: "syscalls/sys_enter_bind". Returns the id for perf_event_attr.config, or -errno: -EPERM:
 * tracefs is not mounted and mounting is forbidden; -EACCES: it is mounted but not readable;
 * -ENODEV: the kernel has none; -ENOENT: there is no such event.
 */
int tracefs_event_id(const char *event);

#endif
