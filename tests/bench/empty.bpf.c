// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What any program on the hook costs: the measure for the one that counts. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

SEC("lsm/socket_bind")
int empty_socket_bind(void *context)
{
	return 0;
}
