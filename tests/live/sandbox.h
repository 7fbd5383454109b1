/* SPDX-License-Identifier: Apache-2.0 */
/* Environments other than the host's: namespaces, hidden file systems, another user. */
#ifndef LIVE_SANDBOX_H
#define LIVE_SANDBOX_H

#include <stdbool.h>

/* Moves the caller into a new network namespace with loopback up. -EPERM: not allowed here. */
int sandbox_enter_network(void);

/* Whether this kernel lets this user call bpf(2): 0, -EPERM, -ENOSYS. */
int sandbox_probe_bpf(void);

/*
 * For exporter_setup.prepare. Each changes only the calling process: mounts are made in a mount
 * namespace of its own. The argument is not used.
 */
int sandbox_hide_btf(void *unused);        /* /sys/kernel/btf exists and is empty */
int sandbox_hide_cgroup2(void *unused);    /* as on a machine with cgroups of version 1 only */
int sandbox_unmount_tracefs(void *unused); /* at both of its possible mount points */
int sandbox_become_nobody(void *unused);   /* without any capability */

/*
 * For exporter_setup.prepare: the same privileges as deploy/systemd's unit and no more, that is,
 * no_new_privs, CAP_BPF, CAP_PERFMON, and a user other than root. traces: also those that the
 * unit's comment on the modes kprobe and tracepoint names.
 */
int sandbox_become_service(bool traces);

/*
 * Makes Landlock refuse the calling thread every bind of a TCP socket from now on, with EACCES,
 * before any BPF program runs. -ENOSYS: this kernel cannot do it (6.7 or newer can), or has
 * Landlock switched off.
 */
int sandbox_forbid_tcp_binds(void);

/*
 * Whether tasks are pre-empted inside the kernel (preempt=full, lazy, RT), so that tracing programs
 * are skipped, with or without a report. If the kernel does not show it: true, the weaker claim.
 * ret_source: a word on the source of the answer.
 */
bool sandbox_kernel_preempts(const char **ret_source);

#endif
