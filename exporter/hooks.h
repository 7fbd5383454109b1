/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The programs of a mode on their hooks: which ones there are, attaching them
 * in the right order, what the kernel tells about their runs. Used by bind_source only.
 */
#ifndef HOOKS_H
#define HOOKS_H

#include <stdbool.h>
#include <stdint.h>

#include "bind_source.h"

struct bind_view;
struct bpf_link;
struct bpf_object;

#define HOOKS_MAX 4

struct hooks {
	const char *names[HOOKS_MAX]; /* of programs; the one that counts is the last */
	int programs[HOOKS_MAX];      /* their descriptors, owned by the object */
	struct bpf_link *links[HOOKS_MAX];
	int count;
	int sees_last; /* the program after which an attempt that none counted is lost */
};

/*
 * Between open and load: which programs the mode needs here; the others are not
 * loaded. results: also those that see how a bind ends. btf_path: as in bind_source_config.
 */
void hooks_select(struct hooks *hooks, struct bpf_object *object, enum bind_mode mode, bool results,
		  const char *btf_path);

/*
 * After load. Programs that see results come first, so that every call that is
 * counted is seen to end. 0 or -errno, with hooks_detach() to be called in any case.
 */
int hooks_attach(struct hooks *hooks, struct bpf_object *object, enum bind_mode mode);

/* In the reverse order. */
void hooks_detach(struct hooks *hooks);

/*
 * Runs that the kernel skipped of the program that sees attempts last. Where a kernel
 * does not tell (before 5.12; kprobes before 6.7) they are 0. stats: also times and
 * numbers of runs. 0 or -errno.
 */
int hooks_read(const struct hooks *hooks, bool stats, struct bind_view *view);

#endif
