// SPDX-License-Identifier: Apache-2.0
#include "exporter/attach/rcu_grace.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stddef.h>

#include "exporter/attach/embedded.h"

static int map_of(const struct bpf_object *object, const char *name)
{
	return bpf_map__fd(bpf_object__find_map_by_name(object, name));
}

/*
 * The maps come from an object because bpf_map_create() would not use a BPF token, and a user
 * namespace could not wait without one.
 */
int rcu_grace_open(struct rcu_grace *ret_grace)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = "grace");
	const struct bpf_object_file *file = &bpf_object_grace;
	struct bpf_object *object =
		bpf_object__open_mem(file->start, file->end - file->start, &options);
	int error;

	if (!object)
		return -errno;
	if (bpf_object__load(object)) {
		error = -errno;
		bpf_object__close(object);
		return error;
	}
	*ret_grace =
		(struct rcu_grace){object, map_of(object, "grace"), map_of(object, "grace_inner")};
	return 0;
}

void rcu_grace_close(struct rcu_grace *grace)
{
	bpf_object__close(grace->object);
	*grace = (struct rcu_grace){.object = NULL};
}

/*
 * An update of a map in a map waits until no program can still see the old inner map (4.19); all
 * programs run under RCU. bpf(2) makes the kernel skip kprobes that run meanwhile, which the exit
 * fallback catches. membarrier(2) would avoid that, but returns at once if only one CPU is online.
 */
int rcu_grace_wait(const struct rcu_grace *grace)
{
	int slot = 0;

	if (!grace->object)
		return -EOPNOTSUPP;
	return bpf_map_update_elem(grace->outer, &slot, &grace->inner, BPF_ANY) ? -errno : 0;
}
