/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The few kernel structures that the programs read, reduced to the fields they use.
 * preserve_access_index makes libbpf relocate every access to the layout of the running kernel
 * (CO-RE). So only names and types matter here, and the build does not depend on the headers of
 * any kernel.
 */
#ifndef KERNEL_TYPES_H
#define KERNEL_TYPES_H

#include <linux/types.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct ns_common {
	unsigned int inum;
};

struct net {
	struct ns_common ns;
};

typedef struct {
	struct net *net;
} possible_net_t;

struct sock_common {
	unsigned short skc_family;
	possible_net_t skc_net;
};

struct sock {
	struct sock_common __sk_common;
	__u16 sk_protocol;
};

struct inode {
	unsigned short i_mode;
};

struct file {
	struct inode *f_inode;
	void *private_data; /* for a socket: its struct socket */
};

struct socket {
	struct file *file;
	struct sock *sk;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct user_namespace {
	int level; /* 0: the initial one */
};

/* A bit mask: two 32-bit words before 6.3, one of 64 bits since. */
struct kernel_cap_struct {
};

struct cred {
	struct kernel_cap_struct cap_effective;
	struct user_namespace *user_ns;
};

struct kernfs_node {
	struct kernfs_node *parent;
	const char *name;
	__u64 id;
};

/* The layout since 6.15. */
struct kernfs_node___rcu {
	struct kernfs_node *__parent;
};

struct cgroup {
	struct kernfs_node *kn;
};

struct css_set {
	struct cgroup *dfl_cgrp; /* in the v2 hierarchy */
};

struct task_struct {
	struct task_struct *group_leader;
	struct files_struct *files;
	const struct cred *cred;
	struct css_set *cgroups;
	char comm[16];
};

struct io_cqe {
	__s32 res;
};

struct io_kiocb {
	struct io_cqe cqe;
};

/* Contexts of the system-call tracepoints. */
struct trace_event_raw_sys_enter {
	unsigned long args[6];
};

struct trace_event_raw_sys_exit {
	long ret;
};

#pragma clang attribute pop

/* Used as a pointer only: its bytes are read through struct bind_address. */
struct sockaddr;

#endif
