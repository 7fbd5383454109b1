// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The hooks that count bind attempts and see their results. The exporter loads one of the four
 * counting programs (lsm, fentry, kprobe, tracepoint) and, where results can be seen, the programs
 * at the end of a call.
 */
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <stdbool.h>

#include <bpf/bpf_helpers.h>

#include "bpf/kernel_types.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#include "bpf/abi/slots.h"
#include "bpf/attempt.h"
#include "bpf/pending.h"

/* The kernel recognises a GPL-compatible licence by this spelling. */
char LICENSE[] SEC("license") = "Dual BSD/GPL";

BIND_HOOK_SLOTS(exit_socket_bind);
BIND_HOOK_SLOTS(exit_sys_bind);
BIND_HOOK_SLOTS(exit_io_bind);
BIND_HOOK_SLOTS(tracepoint_exit_bind);

/*
 * Passes a call that this program does not know to the program of the previous set. Returns if
 * there is none.
 */
#define pass_to_previous(ctx, slots)                                   \
	do {                                                           \
		if (settings.pinned)                                   \
			bpf_tail_call(ctx, slots, BIND_SLOT_PREVIOUS); \
	} while (0)

SEC("lsm/socket_bind")
int BPF_PROG(lsm_socket_bind, struct socket *sock, struct sockaddr *address, int length,
	     int verdict)
{
	count_typed(sock, address, length);
	return verdict;
}

SEC("fentry/security_socket_bind")
int BPF_PROG(fentry_socket_bind, struct socket *sock, struct sockaddr *address, int length)
{
	count_typed(sock, address, length);
	return 0;
}

SEC("kprobe/security_socket_bind")
int BPF_KPROBE(kprobe_socket_bind, struct socket *sock, struct sockaddr *address, int length)
{
	struct bind_address copy = {};
	const struct given_address given = {&copy, address, length};
	struct bind_socket untyped = {};

	copy_socket(sock, &untyped);
	bpf_probe_read_kernel(&copy, readable_length(length), address);
	count_hook(&untyped, &given, BIND_CALL_MARKED);
	return 0;
}

/*
 * The end of security_socket_bind(), with the exit fallback: a call without a mark did not pass
 * the counting program. The kernel skipped that program, or, in lsm mode, an earlier module denied
 * the bind. The call is counted here, once.
 *
 * If this program is skipped as well, the attempt is missed. If only this one is skipped, the mark
 * is left behind (BIND_MARKS_LEFT). So the missed attempts are the skipped runs of this program
 * minus the marks left behind.
 */
SEC("fexit/security_socket_bind")
int BPF_PROG(exit_socket_bind, struct socket *sock, struct sockaddr *address, int length)
{
	const struct given_address given = address_at(address, length);
	struct inflight_bind found = inflight_find(bpf_get_current_pid_tgid());
	struct bind_socket typed = {};

	if (found.call & BIND_CALL_MARKED) {
		inflight_replace(found, found.call & ~BIND_CALL_MARKED);
		return 0;
	}
	if (inflight_take_overflowed(bpf_get_current_pid_tgid()))
		return 0;
	pass_to_previous(ctx, &exit_socket_bind_slots);
	if (!barrier_read(control.exit_fallback) || !read_socket(sock, &typed))
		return 0;
	if (!count_bind(&typed, &given, 0))
		__atomic_fetch_add(&control.selfcheck_fallback, 1, __ATOMIC_RELAXED);
	return 0;
}

/* bind(2) of every ABI. */
SEC("fexit/__sys_bind")
int BPF_PROG(exit_sys_bind, int fd, void *address, int length, int result)
{
	if (!end_call(result))
		pass_to_previous(ctx, &exit_sys_bind_slots);
	return 0;
}

/* IORING_OP_BIND (6.11). io_bind() always returns 0; the result is in the completion. */
SEC("fexit/io_bind")
int BPF_PROG(exit_io_bind, struct io_kiocb *request, unsigned int flags, int unused)
{
	if (!end_call(request->cqe.res))
		pass_to_previous(ctx, &exit_io_bind_slots);
	return 0;
}

/* A system call that never reaches the hook is no attempt: EBADF, ENOTSOCK, EINVAL. */
SEC("tracepoint/syscalls/sys_enter_bind")
int tracepoint_enter_bind(struct trace_event_raw_sys_enter *ctx)
{
	__u64 address = ctx->args[1], thread = bpf_get_current_pid_tgid();
	__u32 length = ctx->args[2];
	__u8 copy[ADDRESS_MAX] __attribute__((aligned(8))) = {};
	const struct given_address given = address_at(copy, (int)length);
	struct pending_bind call = {};
	struct socket *sock;

	if (length > ADDRESS_MAX)
		return 0;
	sock = socket_of(ctx->args[0]);
	if (!sock)
		return 0;
	copy_socket(sock, &call.socket);
	if (read_address(address, length, copy)) {
		count_hook(&call.socket, &given, 0);
		return 0;
	}
	call.address = address;
	call.length = length;
	/* A call that is still there: the kernel skipped the program at its exit. */
	if (bpf_map_lookup_elem(&pending, &thread))
		add_missed(BIND_MISSED_EXIT);
	if (bpf_map_update_elem(&pending, &thread, &call, BPF_ANY))
		add_missed(BIND_MISSED_PENDING);
	return 0;
}

/* By now the kernel has read the address and made it resident, or the call failed with EFAULT. */
SEC("tracepoint/syscalls/sys_exit_bind")
int tracepoint_exit_bind(struct trace_event_raw_sys_exit *ctx)
{
	__u64 thread = bpf_get_current_pid_tgid();
	struct pending_bind *found = bpf_map_lookup_elem(&pending, &thread);
	__u8 copy[ADDRESS_MAX] __attribute__((aligned(8))) = {};
	struct given_address given;
	struct pending_bind call;

	if (found) {
		call = *found;
		bpf_map_delete_elem(&pending, &thread);
		given = address_at(copy, (int)call.length);
		if (read_address(call.address, call.length, copy))
			count_hook(&call.socket, &given, 0);
		else if (ctx->ret != -14 /* EFAULT */)
			add_missed(BIND_MISSED_ADDRESS);
	}
	if (!(settings.results && end_call(ctx->ret)) && !found)
		pass_to_previous(ctx, &tracepoint_exit_bind_slots);
	return 0;
}
