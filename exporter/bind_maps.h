/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The maps of the BPF object: sizes and settings before loading, a mapping of
 * their memory after. Used by bind_source only.
 */
#ifndef BIND_MAPS_H
#define BIND_MAPS_H

#include <stddef.h>
#include <stdint.h>

struct bind_control;
struct bind_source_config;
struct bind_view;
struct bpf_map;
struct bpf_object;
struct exporter_map;

enum bind_map { MAP_TABLE, MAP_ATTEMPTS, MAP_OVERFLOW, MAP_MISSED, MAP_CONTROL, MAP_CLAIMS, MAPS };

struct bind_maps {
	uint32_t table_bits;
	uint32_t cpus;
	struct {
		struct bpf_map *map; /* owned by the object */
		void *memory;        /* NULL: not mapped */
		size_t length;       /* of the mapping, bytes */
	} of[MAPS];
};

/* Between open and load: finds the maps, sets their sizes and the settings. 0 or -errno. */
int bind_maps_prepare(struct bind_maps *maps, struct bpf_object *object,
		      const struct bind_source_config *config);

/* After load. 0 or -errno; what was mapped until then is undone by bind_maps_unmap(). */
int bind_maps_map(struct bind_maps *maps);
void bind_maps_unmap(struct bind_maps *maps);

struct bind_control *bind_maps_control(struct bind_maps *maps);

/* Everything of the view that memory holds; the rest is 0. */
void bind_maps_view(const struct bind_maps *maps, struct bind_view *ret_view);

/* Fills at most max descriptions; names are static. Returns how many. */
uint32_t bind_maps_describe(const struct bind_maps *maps, struct exporter_map *ret_maps,
			    uint32_t max);

#endif
