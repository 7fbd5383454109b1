// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Counts bind attempts. Four hooks, one of which is loaded, over one body:
 * classify -> key -> entry of the table -> atomic add to this CPU's counter ->
 * remember the call. Then, where results can be seen, at the end of the call:
 * find what was remembered -> count a failure.
 *
 * Counting is the add and array look-ups that the kernel inlines. It must be
 * an atomic add although every CPU has counters of its own: a program can be
 * pre-empted by another run of itself on the same CPU, between load and store.
 */
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <stdbool.h>

#include <bpf/bpf_helpers.h>

#include "bpf/kernel_types.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#include "bpf/abi/bind_abi.h"
#include "bpf/abi/classify.h"
#include "bpf/abi/comm.h"
#include "bpf/abi/slots.h"
#include "bpf/results.h"

/* The spelling by which the kernel knows a GPL-compatible licence. */
char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* A socket as far as counting is concerned. What is off need not be filled in. */
struct bind_socket {
	__u16 family;
	__u16 protocol;
	__u32 netns; /* inode number */
};

/* Tracepoint mode: calls whose address was not resident at entry, by thread. */
struct pending_bind {
	__u64 address; /* user space's pointer */
	struct bind_socket socket;
	__u32 length;
	__u32 unused;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, struct pending_bind);
} pending SEC(".maps");

BIND_HOOK_SLOTS(exit_socket_bind);
BIND_HOOK_SLOTS(exit_sys_bind);
BIND_HOOK_SLOTS(exit_io_bind);
BIND_HOOK_SLOTS(tracepoint_exit_bind);

/* Of a call that this program knows nothing of. Comes back if there is no other program. */
#define ask_earlier(ctx, slots)                                       \
	do {                                                          \
		if (settings.pinned)                                  \
			bpf_tail_call(ctx, slots, BIND_SLOT_EARLIER); \
	} while (0)

#define ADDRESS_MAX 128 /* sizeof(struct sockaddr_storage): move_addr_to_kernel() */

static __always_inline bool is_selfcheck(const struct bind_address *address, int length)
{
	__u64 nonce;

	if (length != BIND_SELFCHECK_LENGTH)
		return false;
	nonce = barrier_read(control.selfcheck_nonce);
	return nonce && address->tail == nonce;
}

/* The caller holds a kernel address of length bytes; IPv6 ones are longer than struct bind_address.
 */
static __always_inline __u8 scope_of(const struct bind_address *address, const void *kernel_address,
				     int length, __u8 category)
{
	__be64 ipv6[2] = {};

	if (category == BIND_INVALID)
		return 0;
	if (address->family == BIND_AF_INET6) {
		if (length < BIND_INET6_LENGTH) /* which SMC takes, and reads stale bytes */
			return 0;
		bpf_probe_read_kernel(ipv6, sizeof(ipv6), kernel_address + 8);
		return bind_scope_ipv6(ipv6[0], ipv6[1]);
	}
	return bind_scope_ipv4(address->ipv4);
}

/* What is counted on demand. */
static __always_inline void add_labels(struct bind_key *key, const struct bind_socket *sock,
				       const struct bind_address *address,
				       const void *kernel_address, int length, __u8 category)
{
	key->owner = 0;
	if ((settings.labels & BIND_LABEL_PROTOCOL) &&
	    (sock->family == BIND_AF_INET || sock->family == BIND_AF_INET6))
		key->kind |= bind_kind(0, 0, 0, sock->protocol, 0);
	if ((settings.labels & BIND_LABEL_SCOPE) && bind_has_port(sock->family))
		key->kind |=
			bind_kind(0, 0, scope_of(address, kernel_address, length, category), 0, 0);
	if (settings.labels & BIND_LABEL_PORT)
		key->kind |= bind_kind(0, 0, 0, 0, bind_port(sock->family, address, category));
	if (settings.labels & BIND_LABEL_UID)
		key->owner = (__u32)bpf_get_current_uid_gid();
	if (settings.labels & BIND_LABEL_NETNS)
		key->owner |= (__u64)sock->netns << 32;
}

static __always_inline int count_labelled(const struct bind_key *key, __u64 generation)
{
	if (settings.labels & BIND_LABELS_OWNER)
		return count_owned(key->comm[0], key->comm[1], key->kind, key->owner, generation);
	return count(key->comm[0], key->comm[1], key->kind, key->owner, generation);
}

/*
 * The shared body: every hook ends here, with length bytes of address readable.
 * kernel_address: all of it. call: BIND_CALL_MARKED or 0. False: it was the
 * exporter's own.
 */
static __always_inline bool count_bind(const struct bind_socket *sock,
				       const struct bind_address *address,
				       const void *kernel_address, int length, __u64 call)
{
	__u8 category = bind_classify(sock->family, address, length);
	struct bind_key key;
	__u64 generation;
	__u32 target;

	if (category == BIND_ABSTRACT && is_selfcheck(address, length)) {
		if (settings.results)
			begin_call(call | BIND_CALL_SELFCHECK);
		return false;
	}
	copy_comm(key.comm);
	if (settings.comm_unpadded)
		bind_pad_comm(key.comm);
	key.kind = bind_kind(category, sock->family, 0, 0, 0);
	/* Read once: a bind belongs to one half. */
	generation = barrier_read(control.generation);
	/* One question for all that is counted on demand, since even that costs instructions. */
	if (!settings.labels) {
		target = count(key.comm[0], key.comm[1], key.kind, 0, generation);
	} else {
		add_labels(&key, sock, address, kernel_address, length, category);
		target = count_labelled(&key, generation);
	}
	if (settings.results)
		begin_call(call | target | call_generation(generation) |
			   (bind_is_reserved(key.kind) ? BIND_CALL_RESERVED : 0));
	return true;
}

/* As the counting program of a mode; others find what it missed. */
static __always_inline void count_hook(const struct bind_socket *sock,
				       const struct bind_address *address,
				       const void *kernel_address, int length, __u64 call)
{
	if (!count_bind(sock, address, kernel_address, length, call))
		__atomic_fetch_add(&control.selfcheck_seen, 1, __ATOMIC_RELAXED);
}

/*
 * LSM, fentry and fexit hand over typed pointers, which are read directly. The
 * verifier of 6.12 and later wants sk checked; a socket in bind(2) always has one.
 */
static __always_inline bool read_socket(struct socket *sock, struct bind_socket *ret_socket)
{
	struct sock *sk = sock->sk;

	if (!sk)
		return false;
	ret_socket->family = sk->__sk_common.skc_family;
	if (settings.labels & BIND_LABEL_PROTOCOL)
		ret_socket->protocol = sk->sk_protocol;
	if (settings.labels & BIND_LABEL_NETNS) {
		const struct net *net = sk->__sk_common.skc_net.net;

		barrier_var(net);
		ret_socket->netns = net ? net->ns.inum : 0;
	}
	return true;
}

/* The same through untyped pointers. */
static __always_inline void copy_socket(struct socket *sock, struct bind_socket *ret_socket)
{
	struct sock *sk = BPF_CORE_READ(sock, sk);

	ret_socket->family = BPF_CORE_READ(sk, __sk_common.skc_family);
	if (settings.labels) {
		ret_socket->protocol = BPF_CORE_READ(sk, sk_protocol);
		ret_socket->netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	}
}

static __always_inline void count_typed(struct socket *sock, struct sockaddr *address, int length)
{
	struct bind_socket typed = {};

	if (read_socket(sock, &typed))
		count_hook(&typed, (const struct bind_address *)address, address, length,
			   BIND_CALL_MARKED);
}

static __always_inline __u64 readable_length(__u32 length)
{
	__u64 readable = length;

	at_most(&readable, sizeof(struct bind_address));
	return readable;
}

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
	struct bind_socket untyped = {};

	copy_socket(sock, &untyped);
	bpf_probe_read_kernel(&copy, readable_length(length), address);
	count_hook(&untyped, &copy, address, length, BIND_CALL_MARKED);
	return 0;
}

/*
 * The end of security_socket_bind(). A call that is not marked did not pass the
 * counting program: the kernel skipped that, or, in lsm mode, an earlier module denied
 * the bind. It is counted here, once. When this program is skipped, too, the
 * call is lost; when only this one is, its mark remains: so how often this one is
 * skipped less how often marks remain (BIND_MARKS_LEFT) is how many were lost.
 */
SEC("fexit/security_socket_bind")
int BPF_PROG(exit_socket_bind, struct socket *sock, struct sockaddr *address, int length)
{
	struct found_call found = find_call(bpf_get_current_pid_tgid());
	struct bind_socket typed = {};

	if (found.call & BIND_CALL_MARKED) {
		replace_call(found, found.call & ~BIND_CALL_MARKED);
		return 0;
	}
	if (take_unplaced(bpf_get_current_pid_tgid()))
		return 0;
	ask_earlier(ctx, &exit_socket_bind_slots);
	if (!barrier_read(control.exit_fallback) || !read_socket(sock, &typed))
		return 0;
	if (!count_bind(&typed, (const struct bind_address *)address, address, length, 0))
		__atomic_fetch_add(&control.selfcheck_caught, 1, __ATOMIC_RELAXED);
	return 0;
}

/* bind(2) of every ABI. */
SEC("fexit/__sys_bind")
int BPF_PROG(exit_sys_bind, int fd, void *address, int length, int result)
{
	if (!end_call(result))
		ask_earlier(ctx, &exit_sys_bind_slots);
	return 0;
}

/* IORING_OP_BIND (6.11): returns 0 in any case, the result goes to the completion. */
SEC("fexit/io_bind")
int BPF_PROG(exit_io_bind, struct io_kiocb *request, unsigned int flags, int unused)
{
	if (!end_call(request->cqe.res))
		ask_earlier(ctx, &exit_io_bind_slots);
	return 0;
}

/* The socket behind a descriptor of the calling task, or NULL: not open, not a socket. */
static __always_inline struct socket *socket_of(__u32 fd)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct fdtable *fdt = BPF_CORE_READ(task, files, fdt);
	struct file *file = NULL;
	struct socket *sock;

	if (fd >= BPF_CORE_READ(fdt, max_fds))
		return NULL;
	bpf_probe_read_kernel(&file, sizeof(file), BPF_CORE_READ(fdt, fd) + fd);
	if (!file || (BPF_CORE_READ(file, f_inode, i_mode) & 0170000) != 0140000 /* S_IFSOCK */)
		return NULL;
	sock = BPF_CORE_READ(file, private_data);
	return sock && BPF_CORE_READ(sock, file) == file ? sock : NULL;
}

/*
 * Reads the caller's address, all of it, as the kernel does: one that is only
 * partly readable never reaches the hook. False: not all of it is resident.
 */
static __always_inline bool read_address(__u64 address, __u32 length, __u8 ret_copy[ADDRESS_MAX])
{
	__u64 bytes = length;

	if (!length)
		return true;
	if (length > ADDRESS_MAX)
		return false;
	at_most(&bytes, ADDRESS_MAX);
	return bpf_probe_read_user(ret_copy, bytes, (void *)address) == 0;
}

/* A system call that the hook will never see is no attempt: EBADF, ENOTSOCK, EINVAL. */
SEC("tracepoint/syscalls/sys_enter_bind")
int tracepoint_enter_bind(struct trace_event_raw_sys_enter *ctx)
{
	__u64 address = ctx->args[1], thread = bpf_get_current_pid_tgid();
	__u32 length = ctx->args[2];
	__u8 copy[ADDRESS_MAX] __attribute__((aligned(8))) = {};
	struct pending_bind call = {};
	struct socket *sock;

	if (length > ADDRESS_MAX)
		return 0;
	sock = socket_of(ctx->args[0]);
	if (!sock)
		return 0;
	copy_socket(sock, &call.socket);
	if (read_address(address, length, copy)) {
		count_hook(&call.socket, (const struct bind_address *)copy, copy, length, 0);
		return 0;
	}
	call.address = address;
	call.length = length;
	/* A call still pending: its exit was not seen, the kernel having skipped the program. */
	if (bpf_map_lookup_elem(&pending, &thread))
		add_missed(BIND_MISSED_EXIT);
	if (bpf_map_update_elem(&pending, &thread, &call, BPF_ANY))
		add_missed(BIND_MISSED_PENDING);
	return 0;
}

/* By now the kernel has read the address and made it resident, or said EFAULT. */
SEC("tracepoint/syscalls/sys_exit_bind")
int tracepoint_exit_bind(struct trace_event_raw_sys_exit *ctx)
{
	__u64 thread = bpf_get_current_pid_tgid();
	struct pending_bind *found = bpf_map_lookup_elem(&pending, &thread);
	__u8 copy[ADDRESS_MAX] __attribute__((aligned(8))) = {};
	struct pending_bind call;

	if (found) {
		call = *found;
		bpf_map_delete_elem(&pending, &thread);
		if (read_address(call.address, call.length, copy))
			count_hook(&call.socket, (const struct bind_address *)copy, copy,
				   call.length, 0);
		else if (ctx->ret != -14 /* EFAULT */)
			add_missed(BIND_MISSED_ADDRESS);
	}
	if (!(settings.results && end_call(ctx->ret)) && !found)
		ask_earlier(ctx, &tracepoint_exit_bind_slots);
	return 0;
}
