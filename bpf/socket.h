/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The socket of a bind: its family, and what labels need of it. */
#ifndef BIND_SOCKET_H
#define BIND_SOCKET_H

#include "bpf/counters.h"

/* Fields that no enabled label needs may be left 0. */
struct bind_socket {
	__u16 family;
	__u16 protocol;
	__u32 netns; /* inode number */
};

/*
 * Reads directly: LSM, fentry and fexit programs get typed pointers. The verifier of 6.12 and later
 * requires the check of sk. A socket in bind(2) always has one.
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

/* The same for an untyped pointer. */
static __always_inline void copy_socket(struct socket *sock, struct bind_socket *ret_socket)
{
	struct sock *sk = BPF_CORE_READ(sock, sk);

	ret_socket->family = BPF_CORE_READ(sk, __sk_common.skc_family);
	if (settings.labels) {
		ret_socket->protocol = BPF_CORE_READ(sk, sk_protocol);
		ret_socket->netns = BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
	}
}

/* The socket behind a descriptor of the calling task. NULL: it is not open, or not a socket. */
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

#endif
