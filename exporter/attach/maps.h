/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The maps of the BPF object: sizes and settings before loading, a mapping of
 * their memory after. Used by bind_source and what belongs to it only.
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
	MAP_ORIGINS, /* of use where BIND_LABELS_OWNER are counted by */
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
	uint32_t cpus;
	uint32_t max_rows;
	uint32_t labels; /* enum bind_label that is counted by */
	bool owned;      /* the descriptors are, instead of being the object's */
	struct {
		int descriptor; /* -1: there is no such map */
		uint32_t entries;
		void *memory;  /* NULL: not mapped */
		size_t length; /* of the mapping, bytes */
	} of[MAPS];
};

/* Between open and load: sets the maps' sizes and the settings. 0 or -errno. */
int bind_maps_prepare(struct bind_maps *maps, struct bpf_object *object,
		      const struct bind_source_config *config, bool results);

/* After load. 0 or -errno; what was mapped until then is undone by bind_maps_unmap(). */
int bind_maps_map(struct bind_maps *maps, struct bpf_object *object);
void bind_maps_unmap(struct bind_maps *maps);

/*
 * Instead of both: takes over the descriptors of maps that were prepared earlier, with
 * the sizes in maps filled in. 0 or -errno; in any case bind_maps_unmap() closes them.
 */
int bind_maps_adopt(struct bind_maps *maps, const int descriptors[MAPS]);

/* What a map is called where it is pinned, and on the page. */
const char *bind_maps_name(enum bind_map map);

/* The highest CPU number that may ever be used, plus 1. 0 or -errno. */
int bind_maps_cpus(uint32_t *ret_cpus);

struct bind_control *bind_maps_control(const struct bind_maps *maps);

/* One of the two copies of the ledger. */
struct ledger *bind_maps_ledger(const struct bind_maps *maps, unsigned int copy);

/* Everything of the view that memory holds, of the half that counts; the rest is 0. */
void bind_maps_view(const struct bind_maps *maps, struct bind_view *ret_view);

/* Empties a half that no program counts in. 0 or -errno. */
int bind_maps_clear(struct bind_maps *maps, uint64_t generation);

/* Fills at most max descriptions; names are static. Returns how many. */
uint32_t bind_maps_describe(const struct bind_maps *maps, struct exporter_map *ret_maps,
			    uint32_t max);

#endif
