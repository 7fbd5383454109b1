// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Two maps and no program: exporter/attach/rcu_grace.c uses them to wait for an RCU grace period.
 * They are in an object of their own because libbpf applies a BPF token, if there is one, to the
 * maps of objects only.
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

struct inner {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} grace_inner SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct inner);
} grace SEC(".maps");
