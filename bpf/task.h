/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Properties of the calling task: its name, and whether it can bind privileged ports. */
#ifndef BIND_TASK_H
#define BIND_TASK_H

#include "bpf/counters.h"

/* Linux 5.11 introduced typed task pointers. Before that, fields are copied out. */
static __always_inline bool has_typed_tasks(void)
{
	return bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf);
}

/*
 * Only capabilities in the initial user namespace count: anyone can have all of them in a user
 * namespace of their own.
 */
static __always_inline bool is_capable(void)
{
	__u32 effective = 0; /* the lower half; before 6.3, the first of two words */
	const struct cred *cred;
	__u64 offset;

	if (has_typed_tasks()) {
		const struct user_namespace *user_ns;
		struct task_struct *task = (struct task_struct *)bpf_get_current_task_btf();

		/* Never NULL. But if BTF says __rcu, the verifier requires a check of a pointer
		 * that was loaded once. */
		cred = task->cred;
		barrier_var(cred);
		if (!cred)
			return false;
		/* The offset is separate from the load: libbpf would want a load as wide as the
		 * field. */
		offset = bpf_core_field_offset(cred->cap_effective);
		barrier_var(offset);
		effective = *(const __u32 *)((const char *)cred + offset);
		user_ns = cred->user_ns;
		barrier_var(user_ns);
		if (!user_ns || user_ns->level)
			return false;
	} else {
		struct task_struct *task = (struct task_struct *)bpf_get_current_task();

		cred = BPF_CORE_READ(task, cred);
		bpf_probe_read_kernel(&effective, sizeof(effective), &cred->cap_effective);
		if (BPF_CORE_READ(cred, user_ns, level))
			return false;
	}
	return effective & 1 << 10; /* CAP_NET_BIND_SERVICE */
}

static __always_inline void copy_comm(__u64 ret_comm[2])
{
	struct task_struct *task;

	if (has_typed_tasks()) {
		const __u64 *comm;

		task = (struct task_struct *)bpf_get_current_task_btf();
		if (!settings.comm_of_thread)
			task = task->group_leader;
		comm = (const __u64 *)task->comm;
		ret_comm[0] = comm[0];
		ret_comm[1] = comm[1];
		return;
	}
	task = (struct task_struct *)bpf_get_current_task();
	if (!settings.comm_of_thread)
		task = BPF_CORE_READ(task, group_leader);
	bpf_probe_read_kernel(ret_comm, BIND_COMM_SIZE, task->comm);
}

#endif
