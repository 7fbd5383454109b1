/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is asked of the calling task: its name, and whether it may bind privileged ports. */
#ifndef BIND_TASK_H
#define BIND_TASK_H

#include "bpf/counters.h"

/* Typed task pointers came with 5.11; before, and only then, fields are copied out. */
static __always_inline bool has_typed_tasks(void)
{
	return bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf);
}

/* Capabilities count in the initial user namespace: in one of one's own anybody has them. */
static __always_inline bool is_capable(void)
{
	__u32 effective = 0; /* the lower half of what was two words before 6.3 */
	const struct cred *cred;
	__u64 offset;

	if (has_typed_tasks()) {
		const struct user_namespace *user_ns;
		struct task_struct *task = (struct task_struct *)bpf_get_current_task_btf();

		/* Never NULL; but where BTF says __rcu, the verifier wants it checked, loaded once.
		 */
		cred = task->cred;
		barrier_var(cred);
		if (!cred)
			return false;
		/* Apart from the load, which libbpf would want to be as wide as the field. */
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
