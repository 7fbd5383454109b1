/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Whose bind it is, as far as the kernel knows: the caller's cgroup, and where that is. Names
 * are read when an entry is claimed, since user space may come when the cgroup is gone. An
 * io_uring worker is in the cgroup of its process.
 */
#ifndef BIND_ORIGIN_H
#define BIND_ORIGIN_H

#include "bpf/counters.h"

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

/* One that is shorter than its piece is at its end. */
#define NAME_PIECES 5 /* NAME_MAX is 255 */

/*
 * How far names have been put down, as one word that functions can take and return: bits 0-15
 * the offset of the next one, 16-30 how many bytes of names are still to be left out.
 */
#define LEFT_OUT_SHIFT 16
#define LEAVE_OUT_ALL  (256 * BIND_ORIGIN_LEVELS + 1)

/*
 * Bytes of a name with its NUL; 0: it cannot be read. The room at the end serves as scratch memory:
 * the stack has none to spare.
 */
static __always_inline int length_of(__u64 name, __u32 place)
{
	struct bind_origin *origin = bpf_map_lookup_elem(&origins, &place);
	int length = 0;

	for (int piece = 0; origin && piece < NAME_PIECES; piece++) {
		long read = bpf_probe_read_kernel_str(origin->bytes + BIND_ORIGIN_ROOM,
						      BIND_ORIGIN_PIECE, (void *)(name + length));

		if (read < BIND_ORIGIN_PIECE)
			return read > 0 ? length + read : 0;
		length += BIND_ORIGIN_PIECE - 1;
	}
	return 0;
}

static __always_inline int append_name(__u64 name, __u32 place, __u64 offset)
{
	struct bind_origin *origin = bpf_map_lookup_elem(&origins, &place);

	for (int piece = 0; origin && piece < NAME_PIECES; piece++) {
		long length;

		if (offset > BIND_ORIGIN_ROOM)
			break;
		at_most(&offset, BIND_ORIGIN_ROOM);
		length = bpf_probe_read_kernel_str(origin->bytes + offset, BIND_ORIGIN_PIECE,
						   (const void *)name);
		if (length < BIND_ORIGIN_PIECE)
			return length > 0 ? offset + length : -1;
		offset += BIND_ORIGIN_PIECE - 1;
		name += BIND_ORIGIN_PIECE - 1;
	}
	return -1;
}

/*
 * One more name. Returns how far it is then; -1: there is no room. Not static for the reason that
 * claim() has, and so that the loop below has but one way through it. A verifier before 6.8 looks
 * into such functions whether they are called or not: without the labels they must end at once,
 * since lockdown in confidentiality mode forbids the helpers behind that.
 */
__noinline int take_name(__u64 name, __u32 place, __u32 progress)
{
	int leave_out = progress >> LEFT_OUT_SHIFT, offset = progress & 0xffff, length;

	if (!(settings.labels & BIND_LABELS_OWNER))
		return -1;
	if (!leave_out)
		return append_name(name, place, offset);
	length = length_of(name, place);
	if (!length)
		return -1;
	leave_out = leave_out > length ? leave_out - length : 0;
	return leave_out << LEFT_OUT_SHIFT | offset;
}

/* The names of a cgroup and of those above it. -1: there is no room, or they are too many. */
__noinline int take_names(__u64 cgroup, __u32 place, __u32 progress)
{
	struct kernfs_node *node = (struct kernfs_node *)cgroup, *parent;
	int next = progress;

	if (!(settings.labels & BIND_LABELS_OWNER))
		return -1;
	parent = parent_of(node);
	for (int level = 0; parent && level < BIND_ORIGIN_LEVELS; level++) {
		next = take_name((__u64)BPF_CORE_READ(node, name), place, next);
		if (next < 0)
			return -1;
		node = parent;
		parent = parent_of(node);
	}
	return parent ? -1 : next;
}

/* Nothing, or what an earlier try has left, is behind it. */
static __always_inline void end_names(struct bind_origin *origin, __u64 offset)
{
	at_most(&offset, BIND_ORIGIN_BYTES - 1);
	origin->bytes[offset] = '\0';
}

/*
 * The names nearest to the root are those that only root can have made: where not all fit, they
 * and the caller's own are kept.
 */
static __always_inline enum bind_origin_state leave_out_middle(struct kernfs_node *node,
							       struct bind_origin *origin,
							       __u32 place)
{
	int all = take_names((__u64)node, place, LEAVE_OUT_ALL << LEFT_OUT_SHIFT);
	int own = take_name((__u64)BPF_CORE_READ(node, name), place, 0), kept = own, leave_out;

	if (all < 0 || own < 0)
		return BIND_ORIGIN_CUT;
	if (own > BIND_ORIGIN_OWN_MAX) {
		end_names(origin, 0);
		kept = 1;
	}
	leave_out = LEAVE_OUT_ALL - (all >> LEFT_OUT_SHIFT) - own - (BIND_ORIGIN_ROOM - kept);
	if (leave_out < 0)
		leave_out = 0;
	kept = take_names((__u64)parent_of(node), place, leave_out << LEFT_OUT_SHIFT | kept);
	if (kept < 0)
		return BIND_ORIGIN_CUT;
	end_names(origin, kept);
	return BIND_ORIGIN_MIDDLE_OUT;
}

/*
 * Of an entry that the caller has claimed: returns the cgroup whose names these are. It may have
 * been moved since it looked for its key; what is counted is then where it is.
 *
 * Every verifier before 6.8 looks into it, called or not: labels are asked here, since a kernel
 * without CONFIG_CGROUPS has nothing of what follows.
 */
static __always_inline __u64 capture_origin(__u32 place)
{
	struct bind_origin *origin = bpf_map_lookup_elem(&origins, &place);
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct kernfs_node *node;

	if (!origin || !(settings.labels & BIND_LABELS_OWNER))
		return 0;
	node = BPF_CORE_READ(task, cgroups, dfl_cgrp, kn);
	origin->state = take_names((__u64)node, place, 0) >= 0
				? BIND_ORIGIN_COMPLETE
				: leave_out_middle(node, origin, place);
	return BPF_CORE_READ(node, id);
}

#endif
