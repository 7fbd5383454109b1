/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opens the compiled programs, sets them up for a mode and loads them. For exporter/pins and
 * exporter/source.
 */
#ifndef BIND_OBJECT_H
#define BIND_OBJECT_H

#include <stdint.h>

#include "exporter/attach/config.h"

struct bind_maps;
struct bpf_object;
struct hooks;

/*
 * Loads the programs of these hooks. 0 or -errno. The caller closes ret_object; ret_maps has the
 * sizes of its maps, for bind_maps_map().
 */
int bind_object_load(const struct hooks *hooks, const struct attach_plan *plan,
		     struct bind_maps *ret_maps, struct bpf_object **ret_object);

/*
 * A hash of the programs and of the settings that they and their maps depend on: two with the same
 * value can replace each other.
 */
uint64_t bind_object_fingerprint(const struct attach_plan *plan);

#endif
