// SPDX-License-Identifier: Apache-2.0
#include "exporter/attach/object.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stddef.h>

#include "exporter/attach/embedded.h"
#include "exporter/attach/explain.h"
#include "exporter/attach/hooks.h"
#include "exporter/attach/machine.h"
#include "exporter/attach/maps.h"

static const struct bpf_object_file *object_file(void)
{
	return kernel_older_than(5, 12) ? &bpf_object_before_5_12 : &bpf_object_5_12;
}

int bind_object_load(const struct hooks *hooks, const struct attach_plan *plan,
		     struct bind_maps *ret_maps, struct bpf_object **ret_object)
{
	LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = "socket_bind",
		    .btf_custom_path = plan->config->btf_path);
	const struct bpf_object_file *file = object_file();
	struct bpf_object *object =
		bpf_object__open_mem(file->start, file->end - file->start, &options);
	int error;

	if (!object)
		return -errno;
	error = hooks_choose(hooks, object, plan->mode);
	if (!error)
		error = bind_maps_prepare(ret_maps, object, plan->config, plan->results);
	if (!error && bpf_object__load(object))
		error = -errno;
	if (error) {
		bpf_object__close(object);
		return error;
	}
	*ret_object = object;
	return 0;
}

/* FNV-1a detects accidental differences; it need not resist an attacker. */
static uint64_t add_to_hash(uint64_t hash, uint64_t value)
{
	return (hash ^ value) * 0x100000001b3;
}

/* CPUs are left out: the possible ones change only at a reboot, which also removes all pins. */
uint64_t bind_object_fingerprint(const struct attach_plan *plan)
{
	const struct bpf_object_file *file = object_file();
	const struct bind_source_config *config = plan->config;
	const uint32_t settings[] = {
		plan->mode,     plan->results,          config->table_bits,   config->max_rows,
		config->labels, config->comm_of_thread, config->last_attempt,
	};
	uint64_t hash = 0xcbf29ce484222325;

	for (const unsigned char *byte = file->start; byte < file->end; byte++)
		hash = add_to_hash(hash, *byte);
	for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++)
		hash = add_to_hash(hash, settings[i]);
	return hash;
}
