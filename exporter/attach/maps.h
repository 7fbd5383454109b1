/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The maps of the BPF object: sizes and settings before loading, a mapping of their memory after.
 * For exporter/pins and exporter/source.
 */
#ifndef BIND_MAPS_H
#define BIND_MAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bind_control;
struct bind_source_config;
struct bind_view;
struct bpf_object;
struct exporter_map;
struct ledger;

enum bind_map {
	MAP_TABLE,
	MAP_ORIGINS, /* used if any of BIND_LABELS_OWNER is on */
	MAP_ATTEMPTS,
	MAP_OVERFLOW,
	MAP_FAILURES,
	MAP_FAILURE_OVERFLOW,
	MAP_CALLS,
	MAP_MISSED,
	MAP_CONTROL,
	MAP_LEDGER,
	MAP_CLAIMS,  /* before 5.12 only */
	MAP_PENDING, /* tracepoint mode only */
	MAPS,
};

struct bind_maps {
	uint32_t table_bits;
	uint32_t cpus; /* the highest possible CPU number, plus 1 */
	uint32_t max_rows;
	uint32_t labels; /* set of enum bind_label */
	bool owned;      /* descriptors are owned; false: they are the object's */
	struct {
		int descriptor; /* -1: no such map */
		uint32_t entries;
		void *memory;  /* NULL: not mapped */
		size_t length; /* of the mapping, bytes */
	} of[MAPS];
};

/* Between open and load: sets the maps' sizes and the settings. 0 or -errno. */
int bind_maps_prepare(struct bind_maps *maps, struct bpf_object *object,
		      const struct bind_source_config *config, bool results);

/*
 * After load: maps the memory. 0 or -errno; in either case bind_maps_unmap() undoes it. -EPROTO: a
 * map is not of the expected kind or size.
 */
int bind_maps_map(struct bind_maps *maps, struct bpf_object *object);
void bind_maps_unmap(struct bind_maps *maps);

/*
 * Instead of prepare and map: takes over the descriptors of pinned maps. The caller has filled in
 * table_bits, cpus, max_rows and labels. Results as of bind_maps_map(); in either case
 * bind_maps_unmap() also closes the descriptors.
 */
int bind_maps_adopt(struct bind_maps *maps, const int descriptors[MAPS]);

/* The name of a map as a pin and on the page. Static. */
const char *bind_maps_name(enum bind_map map);

/* The highest CPU number that may ever be used, plus 1. 0 or -errno. */
int bind_maps_cpus(uint32_t *ret_cpus);

struct bind_control *bind_maps_control(const struct bind_maps *maps);

/* copy: 0 or 1. */
struct ledger *bind_maps_ledger(const struct bind_maps *maps, unsigned int copy);

/* Fills in the pointers, sizes and the present generation of a view; the rest is 0. */
void bind_maps_view(const struct bind_maps *maps, struct bind_view *ret_view);

/* Empties the half of a generation, in which no program may count. 0 or -errno. */
int bind_maps_clear(struct bind_maps *maps, uint64_t generation);

/* Fills in at most max descriptions; their names are static. Returns their number. */
uint32_t bind_maps_describe(const struct bind_maps *maps, struct exporter_map *ret_maps,
			    uint32_t max);

#endif
