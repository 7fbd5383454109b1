/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where counts come from: owns the BPF object, its link and its mapped maps.
 * Knows nothing of metrics or HTTP. Not thread-safe, but may be handed from the
 * thread that opened it to the one that reads it.
 */
#ifndef BIND_SOURCE_H
#define BIND_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

struct bind_refusal;
struct bind_source;
struct bind_view;
struct exporter_map;

/* In the order of preference: exactness first. */
enum bind_mode {
	BIND_MODE_LSM,
	BIND_MODE_KPROBE,
	BIND_MODE_FENTRY,
	BIND_MODE_TRACEPOINT,
	BIND_MODES,
};

struct bind_source_config {
	const char *btf_path; /* external BTF; NULL: the kernel's own */
	bool comm_of_thread;
	uint32_t table_bits;
};

const char *bind_mode_name(enum bind_mode mode);

/*
 * Whether this machine can run any mode at all. 0, or -errno with what is
 * missing in ret_refusal.
 */
int bind_source_supported(const struct bind_source_config *config,
			  struct bind_refusal *ret_refusal);

/*
 * Loads, attaches and checks that the hook counts, by a bind of its own. 0 and
 * a source that the caller closes, or -errno with the reason in ret_refusal.
 */
int bind_source_open(enum bind_mode mode, const struct bind_source_config *config,
		     struct bind_source **ret_source, struct bind_refusal *ret_refusal);

/* Detaches and frees. NULL is allowed. */
void bind_source_close(struct bind_source *source);

/*
 * The counters as they are now: mapped memory, which is read without bpf(2) map
 * operations, since those would make the kernel skip kprobe programs. 0 or -errno.
 */
int bind_source_view(struct bind_source *source, struct bind_view *ret_view);

/*
 * Makes a bind and looks whether the hook saw it; it is in no counter. 0;
 * -ENODATA: the hook does not fire; another -errno: the bind itself failed.
 */
int bind_source_selfcheck(struct bind_source *source);

/* Fills at most max descriptions of the maps in use; names are static. Returns how many. */
uint32_t bind_source_maps(const struct bind_source *source, struct exporter_map *ret_maps,
			  uint32_t max);

#endif
