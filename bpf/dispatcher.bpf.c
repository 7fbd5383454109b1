// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What is attached when counters are pinned: see bpf/abi/slots.h. Named as the
 * programs of socket_bind.bpf.c that the slots hold. Jumping does not come back,
 * unless the slot is empty.
 */
#include <linux/bpf.h>
#include <linux/ptrace.h>

#include <bpf/bpf_helpers.h>

#include "bpf/kernel_types.h"

#include <bpf/bpf_tracing.h>

#include "bpf/abi/slots.h"

/* The spelling by which the kernel knows a GPL-compatible licence. */
char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define STUB(section, hook)                                           \
	BIND_HOOK_SLOTS(hook);                                        \
	SEC(section) int hook(void *ctx)                              \
	{                                                             \
		bpf_tail_call(ctx, &hook##_slots, BIND_SLOT_PRESENT); \
		return 0;                                             \
	}

STUB("fentry/security_socket_bind", fentry_socket_bind)
STUB("kprobe/security_socket_bind", kprobe_socket_bind)
STUB("fexit/security_socket_bind", exit_socket_bind)
STUB("fexit/__sys_bind", exit_sys_bind)
STUB("fexit/io_bind", exit_io_bind)
STUB("tracepoint/syscalls/sys_enter_bind", tracepoint_enter_bind)
STUB("tracepoint/syscalls/sys_exit_bind", tracepoint_exit_bind)

BIND_HOOK_SLOTS(lsm_socket_bind);

SEC("lsm/socket_bind")
int BPF_PROG(lsm_socket_bind, struct socket *sock, struct sockaddr *address, int length,
	     int verdict)
{
	bpf_tail_call(ctx, &lsm_socket_bind_slots, BIND_SLOT_PRESENT);
	return verdict;
}
