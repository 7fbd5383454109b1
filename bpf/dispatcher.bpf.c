// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Dispatchers: the programs that are attached when counters are pinned (bpf/abi/slots.h). Each
 * has the name of the program of socket_bind.bpf.c that it jumps to. A tail call does not return,
 * unless the slot is empty.
 */
#include <linux/bpf.h>
#include <linux/ptrace.h>

#include <bpf/bpf_helpers.h>

#include "bpf/kernel_types.h"

#include <bpf/bpf_tracing.h>

#include "bpf/abi/slots.h"

/* The kernel recognises a GPL-compatible licence by this spelling. */
char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define DISPATCHER(section, hook)                                     \
	BIND_HOOK_SLOTS(hook);                                        \
	SEC(section) int hook(void *ctx)                              \
	{                                                             \
		bpf_tail_call(ctx, &hook##_slots, BIND_SLOT_CURRENT); \
		return 0;                                             \
	}

DISPATCHER("fentry/security_socket_bind", fentry_socket_bind)
DISPATCHER("kprobe/security_socket_bind", kprobe_socket_bind)
DISPATCHER("fexit/security_socket_bind", exit_socket_bind)
DISPATCHER("fexit/__sys_bind", exit_sys_bind)
DISPATCHER("fexit/io_bind", exit_io_bind)
DISPATCHER("tracepoint/syscalls/sys_enter_bind", tracepoint_enter_bind)
DISPATCHER("tracepoint/syscalls/sys_exit_bind", tracepoint_exit_bind)

BIND_HOOK_SLOTS(lsm_socket_bind);

SEC("lsm/socket_bind")
int BPF_PROG(lsm_socket_bind, struct socket *sock, struct sockaddr *address, int length,
	     int verdict)
{
	bpf_tail_call(ctx, &lsm_socket_bind_slots, BIND_SLOT_CURRENT);
	return verdict;
}
