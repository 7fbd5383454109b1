/* SPDX-License-Identifier: Apache-2.0 */
/* Perf events to attach kprobe and tracepoint programs to, where libbpf's own way does not do. */
#ifndef PERF_EVENT_H
#define PERF_EVENT_H

/* name: as "syscalls/sys_enter_bind"; tracefs need not be mounted. A descriptor or -errno. */
int perf_event_of_tracepoint(const char *name);

/* Of the entry of a kernel function. A descriptor or -errno. */
int perf_event_of_kprobe(const char *function);

#endif
