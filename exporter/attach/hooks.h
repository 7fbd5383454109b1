/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The programs of a mode on their hooks: lists them, attaches them in the right order, and reads
 * the kernel's figures about their runs. For exporter/pins and exporter/source.
 */
#ifndef HOOKS_H
#define HOOKS_H

#include <stdbool.h>
#include <stdint.h>

#include "exporter/attach/mode.h"

struct bind_maps;
struct bind_view;
struct bpf_link;
struct bpf_object;

#define HOOKS_MAX 4

struct hooks {
	const char *names[HOOKS_MAX]; /* static; the program that counts is the last */
	/* Descriptors of attached programs, owned by the object; of dispatchers: owned. */
	int programs[HOOKS_MAX];
	int slots[HOOKS_MAX];              /* maps of dispatchers, owned; -1: no dispatcher */
	struct bpf_link *links[HOOKS_MAX]; /* owned; NULL: attached by a dispatcher */
	int count;
	int sees_last; /* index of the program after which an uncounted attempt is lost */
};

/* Fills empty hooks with the programs of a mode. results: with those that see the end of calls. */
void hooks_list(struct hooks *hooks, enum bind_mode mode, bool results, const char *btf_path);

/* Fills empty hooks with the programs that is_there() accepts, in the order of hooks_list(). */
void hooks_list_those(struct hooks *hooks, bool (*is_there)(const char *name, void *context),
		      void *context);

/* The index of a hook, or -1. */
int hooks_find(const struct hooks *hooks, const char *name);

/* The mode whose counting program has this name; BIND_MODES: none. */
enum bind_mode hooks_mode_of(const char *name);

/*
 * The mode whose counting program attaches in the same way as this program, which may also be one
 * that sees results: its refusals have the same causes. BIND_MODES: no such program.
 */
enum bind_mode hooks_attach_mode_of(const char *name);

/* The program at the end of security_socket_bind(). */
extern const char hooks_at_exit[];

/* Between open and load: excludes the programs and maps that are not needed. 0 or -errno. */
int hooks_choose(const struct hooks *hooks, struct bpf_object *object, enum bind_mode mode);

/*
 * After load. Programs that see results are attached first, so that the end of every counted call
 * is seen. 0 or -errno; hooks_detach() must be called in either case.
 */
int hooks_attach(struct hooks *hooks, struct bpf_object *object, enum bind_mode mode);

/* Detaches in the reverse order and empties hooks. Pinned dispatchers stay attached. */
void hooks_detach(struct hooks *hooks);

/*
 * Sets the recursion misses of the program that sees attempts last. Kernels that do not count them
 * (before 5.12; for kprobes before 6.7) leave 0. stats: also adds times and numbers of runs. 0 or
 * -errno.
 */
int hooks_read(const struct hooks *hooks, bool stats, struct bind_view *view);

/* The recursion misses alone. 0 or -errno. */
int hooks_skipped(const struct hooks *hooks, uint64_t *ret_skipped);

/*
 * Switches the exit fallback on. To be called when every call that leaves the hook has passed the
 * counting program. Runs that were skipped earlier, less the marks left behind, become the
 * recursion baseline. 0 or -errno.
 */
int hooks_begin_exit_fallback(const struct hooks *hooks, const struct bind_maps *maps);

#endif
