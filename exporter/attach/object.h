/* SPDX-License-Identifier: Apache-2.0 */
/* The compiled programs: opened, set up for a mode, loaded. Used by bind_source only. */
#ifndef BIND_OBJECT_H
#define BIND_OBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "exporter/attach/config.h"
#include "exporter/attach/mode.h"

struct bind_maps;
struct bpf_object;
struct hooks;

/*
 * Loads the programs of these hooks. 0 and an object that the caller closes, with
 * sizes in ret_maps, which are to be mapped; or -errno.
 */
int bind_object_load(const struct hooks *hooks, enum bind_mode mode, bool results,
		     const struct bind_source_config *config, struct bind_maps *ret_maps,
		     struct bpf_object **ret_object);

/* Equal for what may be exchanged for each other, which is equal programs with equal settings. */
uint64_t bind_object_fingerprint(enum bind_mode mode, bool results,
				 const struct bind_source_config *config);

#endif
