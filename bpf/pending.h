/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Tracepoint mode: calls whose address was not resident at entry, by thread. */
#ifndef BIND_PENDING_H
#define BIND_PENDING_H

#include "bpf/socket.h"

struct pending_bind {
	__u64 address; /* user space's pointer */
	struct bind_socket socket;
	__u32 length; /* bytes of the address */
	__u32 unused;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, struct pending_bind);
} pending SEC(".maps");

#endif
