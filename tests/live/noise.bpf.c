// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Programs of others on the exporter's hooks: some count and change nothing, and one refuses. See
 * bpf_noise.h.
 */
#include <linux/bpf.h>
#include <linux/ptrace.h>
#include <stdbool.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "tests/live/noise_abi.h"

/* The kernel recognises a GPL-compatible licence by this spelling. */
char LICENSE[] SEC("license") = "Dual BSD/GPL";

const volatile struct noise_deny deny SEC(".rodata.deny");
struct noise_counters counters SEC(".data.counters");

static __always_inline int count_run(void)
{
	__sync_fetch_and_add(&counters.runs, 1);
	return 0;
}

SEC("lsm/socket_bind")
int BPF_PROG(noise_lsm, void *sock, void *address, int length, int verdict)
{
	count_run();
	return verdict;
}

SEC("fentry/security_socket_bind")
int noise_fentry_hook(void *context)
{
	return count_run();
}

SEC("fexit/security_socket_bind")
int noise_fexit_hook(void *context)
{
	return count_run();
}

SEC("fentry/__sys_bind")
int noise_fentry_call(void *context)
{
	return count_run();
}

SEC("fexit/__sys_bind")
int noise_fexit_call(void *context)
{
	return count_run();
}

static __always_inline bool is_to_be_denied(void)
{
	char comm[NOISE_COMM_SIZE] = {};

	bpf_get_current_comm(comm, sizeof(comm));
	for (int i = 0; i < NOISE_COMM_SIZE && deny.comm[i]; i++)
		if (comm[i] != deny.comm[i])
			return false;
	return true;
}

SEC("lsm/socket_bind")
int BPF_PROG(noise_deny, void *sock, void *address, int length, int verdict)
{
	if (verdict || !is_to_be_denied())
		return verdict;
	count_run();
	/*
	 * Not negated here: the verifier of 6.12 does not follow a negation, and requires a known
	 * range.
	 */
	return deny.verdict;
}
