/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Whose bind it is, as far as the kernel knows: the caller's cgroup, and where that is. Names
 * are read when an entry is claimed, since user space may come when the cgroup is gone. An
 * io_uring worker is in the cgroup of its process.
 */
#ifndef BIND_ORIGIN_H
#define BIND_ORIGIN_H

#include "bind_counters.h"

/* The verifier leaves it out where it is not asked for, or not there (CONFIG_CGROUPS). */
static __always_inline __u64 current_cgroup(void)
{
	return settings.labels & BIND_LABELS_OWNER ? bpf_get_current_cgroup_id() : 0;
}

/* NULL: it is the root. A cgroup stays while a task is in it, and so do all above it. */
static __always_inline struct kernfs_node *parent_of(struct kernfs_node *node)
{
	struct kernfs_node___rcu *since_6_15 = (struct kernfs_node___rcu *)node;

	if (bpf_core_field_exists(since_6_15->__parent))
		return BPF_CORE_READ(since_6_15, __parent);
	return BPF_CORE_READ(node, parent);
}

/* A name is read in pieces: one that is shorter than its piece is at its end. */
#define NAME_PIECE  64
#define NAME_PIECES 5 /* NAME_MAX is 255 */

/*
 * One more name, at first of the bytes of an origin. Returns the offset of the next one;
 * -1: there is no room. Not static for the reason that claim() has.
 */
__noinline int append_name(__u64 name, __u32 place, __u32 first)
{
	struct bind_origin *origin = bpf_map_lookup_elem(&origins, &place);
	__u64 offset = first;

	for (int piece = 0; origin && piece < NAME_PIECES; piece++) {
		long length;

		if (offset > BIND_ORIGIN_BYTES - NAME_PIECE)
			break;
		at_most(&offset, BIND_ORIGIN_BYTES - NAME_PIECE);
		length = bpf_probe_read_kernel_str(origin->bytes + offset, NAME_PIECE,
						   (const void *)name);
		if (length < NAME_PIECE)
			return length > 0 ? offset + length : -1;
		offset += NAME_PIECE - 1;
		name += NAME_PIECE - 1;
	}
	return -1;
}

/* False: not all of them. */
static __always_inline bool append_names(struct kernfs_node *node, __u32 place)
{
	struct kernfs_node *parent = parent_of(node);
	int offset = 0;

	for (int level = 0; parent && level < BIND_ORIGIN_LEVELS; level++) {
		offset = append_name((__u64)BPF_CORE_READ(node, name), place, offset);
		if (offset < 0)
			return false;
		node = parent;
		parent = parent_of(node);
	}
	return !parent;
}

/*
 * Of an entry that the caller has claimed: returns the cgroup whose names these are. He may have
 * been moved since he looked for his key; what is counted is then where he is.
 *
 * Every verifier before 6.8 looks into it, called or not: labels are asked here, since a kernel
 * without CONFIG_CGROUPS has nothing of what follows.
 */
__noinline __u64 capture_origin(__u32 place)
{
	struct bind_origin *origin = bpf_map_lookup_elem(&origins, &place);
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct kernfs_node *node;

	if (!origin || !(settings.labels & BIND_LABELS_OWNER))
		return 0;
	node = BPF_CORE_READ(task, cgroups, dfl_cgrp, kn);
	origin->state = append_names(node, place) ? BIND_ORIGIN_COMPLETE : BIND_ORIGIN_CUT;
	return BPF_CORE_READ(node, id);
}

#endif
