/* SPDX-License-Identifier: Apache-2.0 */
/* A BPF object of the program, opened but not loaded, which needs no bpf(2). */
#ifndef UNIT_OPEN_OBJECT_H
#define UNIT_OPEN_OBJECT_H

#include <bpf/libbpf.h>
#include <check.h>

#include "exporter/attach/embedded.h"

/* The caller closes it. */
static inline struct bpf_object *open_object(const struct bpf_object_file *file)
{
	struct bpf_object *object =
		bpf_object__open_mem(file->start, (size_t)(file->end - file->start), NULL);

	ck_assert_ptr_nonnull(object);
	return object;
}

#endif
