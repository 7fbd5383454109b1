/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The origin of a bind as the kernel knows it: the caller's cgroup and the names on the path to it.
 * Names are read when an entry is claimed, because the cgroup may be gone when user space looks.
 * An io_uring worker is in the cgroup of its process.
 */
#ifndef BIND_ORIGIN_H
#define BIND_ORIGIN_H

#include "bpf/counters.h"

/* The verifier removes the call where no label needs it. The helper is missing without
 * CONFIG_CGROUPS. */
static __always_inline __u64 current_cgroup(void)
{
	return settings.labels & BIND_LABELS_OWNER ? bpf_get_current_cgroup_id() : 0;
}

/* NULL: node is the root. A cgroup exists while a task is in it, and so do all its ancestors. */
static __always_inline struct kernfs_node *parent_of(struct kernfs_node *node)
{
	struct kernfs_node___rcu *since_6_15 = (struct kernfs_node___rcu *)node;

	if (bpf_core_field_exists(since_6_15->__parent))
		return BPF_CORE_READ(since_6_15, __parent);
	return BPF_CORE_READ(node, parent);
}

/* Names are read in pieces. A piece that is not full is the last one of its name. */
#define NAME_PIECES 5 /* NAME_MAX is 255 */

/*
 * Progress in writing names, as one word that functions can take and return: bits 0-15 are the
 * offset of the next name, bits 16-30 the number of bytes of names that are still to be left out.
 */
#define LEFT_OUT_SHIFT 16
#define LEAVE_OUT_ALL  (256 * BIND_ORIGIN_LEVELS + 1)

/*
 * The length of a name in bytes, with its NUL; 0: it cannot be read. The space after
 * BIND_ORIGIN_ROOM serves as scratch memory, since the stack has none to spare.
 */
static __always_inline int length_of(__u64 name, __u32 slot)
{
	struct bind_origin *origin = bpf_map_lookup_elem(&origins, &slot);
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

static __always_inline int append_name(__u64 name, __u32 slot, __u64 offset)
{
	struct bind_origin *origin = bpf_map_lookup_elem(&origins, &slot);

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
 * Appends one name, or leaves it out. Returns the new progress; -1: there is no room, or the name
 * cannot be read.
 *
 * Not static for the same reason as claim(), and so that the loop in take_names() has a single
 * path through it. A verifier before 6.8 checks such functions even if they are not called. So
 * they return at once without the labels: lockdown in confidentiality mode forbids the helpers
 * that follow.
 */
__noinline int take_name(__u64 name, __u32 slot, __u32 progress)
{
	int leave_out = progress >> LEFT_OUT_SHIFT, offset = progress & 0xffff, length;

	if (!(settings.labels & BIND_LABELS_OWNER))
		return -1;
	if (!leave_out)
		return append_name(name, slot, offset);
	length = length_of(name, slot);
	if (!length)
		return -1;
	leave_out = leave_out > length ? leave_out - length : 0;
	return leave_out << LEFT_OUT_SHIFT | offset;
}

/*
 * Appends the names of a cgroup and of its ancestors. Returns the new progress; -1: there is no
 * room, a name cannot be read, or there are more than BIND_ORIGIN_LEVELS.
 */
__noinline int take_names(__u64 cgroup, __u32 slot, __u32 progress)
{
	struct kernfs_node *node = (struct kernfs_node *)cgroup, *parent;
	int next = progress;

	if (!(settings.labels & BIND_LABELS_OWNER))
		return -1;
	parent = parent_of(node);
	for (int level = 0; parent && level < BIND_ORIGIN_LEVELS; level++) {
		next = take_name((__u64)BPF_CORE_READ(node, name), slot, next);
		if (next < 0)
			return -1;
		node = parent;
		parent = parent_of(node);
	}
	return parent ? -1 : next;
}

/* An empty name ends the list. Behind it, there may be bytes of an earlier try. */
static __always_inline void end_names(struct bind_origin *origin, __u64 offset)
{
	at_most(&offset, BIND_ORIGIN_BYTES - 1);
	origin->bytes[offset] = '\0';
}

/*
 * Keeps the names nearest to the root, which only root can have created, and the caller's own
 * name if it is short enough. The names between them are left out.
 */
static __always_inline enum bind_origin_state leave_out_middle(struct kernfs_node *node,
							       struct bind_origin *origin,
							       __u32 slot)
{
	int all = take_names((__u64)node, slot, LEAVE_OUT_ALL << LEFT_OUT_SHIFT);
	int own = take_name((__u64)BPF_CORE_READ(node, name), slot, 0), kept = own, leave_out;

	if (all < 0 || own < 0)
		return BIND_ORIGIN_CUT;
	if (own > BIND_ORIGIN_OWN_MAX) {
		end_names(origin, 0);
		kept = 1;
	}
	leave_out = LEAVE_OUT_ALL - (all >> LEFT_OUT_SHIFT) - own - (BIND_ORIGIN_ROOM - kept);
	if (leave_out < 0)
		leave_out = 0;
	kept = take_names((__u64)parent_of(node), slot, leave_out << LEFT_OUT_SHIFT | kept);
	if (kept < 0)
		return BIND_ORIGIN_CUT;
	end_names(origin, kept);
	return BIND_ORIGIN_MIDDLE_OUT;
}

/*
 * Writes the origin of an entry that the caller has claimed. Returns the id of the cgroup that the
 * names belong to: 0 without the labels. The task may have been moved since its key was looked
 * up; the bind then counts for its present cgroup.
 *
 * Every verifier before 6.8 checks this code even if it is not called. So it looks at the labels
 * first: a kernel without CONFIG_CGROUPS has none of the types that follow.
 */
static __always_inline __u64 capture_origin(__u32 slot)
{
	struct bind_origin *origin = bpf_map_lookup_elem(&origins, &slot);
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct kernfs_node *node;

	if (!origin || !(settings.labels & BIND_LABELS_OWNER))
		return 0;
	node = BPF_CORE_READ(task, cgroups, dfl_cgrp, kn);
	origin->state = take_names((__u64)node, slot, 0) >= 0
				? BIND_ORIGIN_COMPLETE
				: leave_out_middle(node, origin, slot);
	return BPF_CORE_READ(node, id);
}

#endif
