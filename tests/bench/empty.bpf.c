// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The least that any program on the hook costs, for comparison with the counting program. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

SEC("lsm/socket_bind")
int empty_socket_bind(void *context)
{
	return 0;
}
