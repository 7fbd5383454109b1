/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The programs of a mode on their hooks: which ones there are, attaching them
 * in the right order, what the kernel tells about their runs. Used by bind_source only.
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
	const char *names[HOOKS_MAX]; /* of programs; the one that counts is the last */
	int programs[HOOKS_MAX];      /* that are attached: owned by the object; stubs are owned */
	int slots[HOOKS_MAX];         /* of stubs, owned; else -1 */
	struct bpf_link *links[HOOKS_MAX]; /* without stubs */
	int count;
	int sees_last; /* the program after which an attempt that none counted is lost */
};

/* Into empty hooks: which programs the mode needs here. results: also those that see the end. */
void hooks_list(struct hooks *hooks, enum bind_mode mode, bool results, const char *btf_path);

/* Of the hooks for which is_there says so, in the order in which hooks_list() has them. */
void hooks_list_those(struct hooks *hooks, bool (*is_there)(const char *name, void *context),
		      void *context);

/* The position of a hook, or -1. */
int hooks_find(const struct hooks *hooks, const char *name);

/* The mode whose counting program this is; BIND_MODES: of none. */
enum bind_mode hooks_mode_of(const char *name);

/* The program at the end of security_socket_bind(). */
extern const char hooks_at_exit[];

/* Between open and load: programs and maps that are not needed are not loaded. */
int hooks_choose(const struct hooks *hooks, struct bpf_object *object, enum bind_mode mode);

/*
 * After load. Programs that see results come first, so that every call that is
 * counted is seen to end. 0 or -errno, with hooks_detach() to be called in any case.
 */
int hooks_attach(struct hooks *hooks, struct bpf_object *object, enum bind_mode mode);

/* In the reverse order. What stubs are attached by is pinned, and stays. */
void hooks_detach(struct hooks *hooks);

/*
 * Runs that the kernel skipped of the program that sees attempts last. Where a kernel
 * does not tell (before 5.12; kprobes before 6.7) they are 0. stats: also times and
 * numbers of runs. 0 or -errno.
 */
int hooks_read(const struct hooks *hooks, bool stats, struct bind_view *view);

/* The skipped runs alone. */
int hooks_skipped(const struct hooks *hooks, uint64_t *ret_skipped);

/*
 * When whoever leaves the hook has passed the counting program. Runs that were skipped
 * before say nothing. 0 or -errno.
 */
int hooks_begin_exit_fallback(const struct hooks *hooks, const struct bind_maps *maps);

#endif
