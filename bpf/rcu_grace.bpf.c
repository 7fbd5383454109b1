// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The maps of exporter/attach/rcu_grace.c. No program; but for the maps of an object libbpf uses a
 * BPF token, where it has one.
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
