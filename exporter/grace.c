// SPDX-License-Identifier: Apache-2.0
#include "grace.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <unistd.h>

int grace_open(struct grace *ret_grace)
{
	LIBBPF_OPTS(bpf_map_create_opts, options);
	int inner = bpf_map_create(BPF_MAP_TYPE_ARRAY, "grace_inner", sizeof(int), sizeof(int), 1,
				   NULL);
	int outer, error;

	if (inner < 0)
		return -errno;
	options.inner_map_fd = inner;
	outer = bpf_map_create(BPF_MAP_TYPE_ARRAY_OF_MAPS, "grace", sizeof(int), sizeof(int), 1,
			       &options);
	if (outer < 0) {
		error = -errno;
		close(inner);
		return error;
	}
	*ret_grace = (struct grace){outer, inner};
	return 0;
}

void grace_close(struct grace *grace)
{
	if (grace->outer >= 0)
		close(grace->outer);
	if (grace->inner >= 0)
		close(grace->inner);
	*grace = (struct grace){-1, -1};
}

/*
 * bpf(2) updates a map in a map and waits until no program can still see the old one
 * (4.19), all of which run under RCU. membarrier(2) would do without bpf(2), beside which
 * kernels skip kprobes (these are caught), but returns at once where one CPU is online.
 */
int grace_wait(const struct grace *grace)
{
	int slot = 0;

	return bpf_map_update_elem(grace->outer, &slot, &grace->inner, BPF_ANY) ? -errno : 0;
}
