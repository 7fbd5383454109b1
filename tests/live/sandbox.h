/* SPDX-License-Identifier: Apache-2.0 */
/* Places to run in that are not the host's: namespaces, hidden file systems, another user. */
#ifndef LIVE_SANDBOX_H
#define LIVE_SANDBOX_H

#include <stdbool.h>

/* A network namespace of the caller's own, with loopback up. -EPERM: not allowed here. */
int sandbox_enter_network(void);

/* Whether this kernel lets this user call bpf(2): 0, -EPERM, -ENOSYS. */
int sandbox_probe_bpf(void);

/*
 * For exporter_setup.prepare. Each changes the calling process alone: mounts are
 * made in a mount namespace of its own. The argument is not used.
 */
int sandbox_hide_btf(void *unused);        /* /sys/kernel/btf is there and empty */
int sandbox_hide_cgroup2(void *unused);    /* as where there are cgroups of version 1 only */
int sandbox_unmount_tracefs(void *unused); /* from both places where it may be */
int sandbox_become_nobody(void *unused);   /* no capability is left */

/*
 * For exporter_setup.prepare: what deploy/systemd's unit grants, and no more: no_new_privs,
 * CAP_BPF, CAP_PERFMON, and another user than root. traces: also what its comment on the
 * modes kprobe and tracepoint names.
 */
int sandbox_become_service(bool traces);

/*
 * From now on Landlock refuses the calling thread every bind of a TCP socket,
 * with EACCES, before any BPF program is asked. -ENOSYS: this kernel cannot (it
 * came with 6.7), or has Landlock switched off.
 */
int sandbox_forbid_tcp_binds(void);

/*
 * Whether tasks are pre-empted inside the kernel (preempt=full, lazy, RT), so
 * that tracing programs are skipped and say so, or not. Where the kernel does
 * not tell: true, the weaker claim. ret_source: a word on how it is known.
 */
bool sandbox_kernel_preempts(const char **ret_source);

#endif
