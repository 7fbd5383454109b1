/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens perf events to attach kprobe and tracepoint programs to, where libbpf's functions are not
 * enough. Calls perf_event_open(2). The caller closes the descriptors.
 */
#ifndef PERF_EVENT_H
#define PERF_EVENT_H

/* name: "syscalls/sys_enter_bind". tracefs need not be mounted. A descriptor or -errno. */
int perf_event_of_tracepoint(const char *name);

/* The event is the entry of a kernel function. A descriptor or -errno. */
int perf_event_of_kprobe(const char *function);

#endif
