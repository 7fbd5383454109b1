/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owners of cgroups. Each is decided once, and stays the same for as long as anything is counted by
 * it. The names of containers and pods come from links (log_link.h), which may appear after the
 * first bind; decisions can wait for them. No name is guessed.
 *
 * Not thread-safe: only the thread that collects may call it.
 */
#ifndef OWNERS_H
#define OWNERS_H

#include <stdbool.h>
#include <stdint.h>

#include "metrics/owners/owner.h"

struct owners;

/* NULL: out of memory. */
struct owners *owners_new(void);
void owners_free(struct owners *owners);

/* A link has appeared. 0; -EINVAL: it is not of the form; -ENOMEM. */
int owners_learn(struct owners *owners, const char *name, const char *target);

/* One link is gone, or all are. Decisions made from them stay. */
void owners_unlearn(struct owners *owners, const char *name);
void owners_unlearn_all(struct owners *owners);

/*
 * Returns 0 and the owner, valid until owners_sweep(). -EAGAIN: a link may still appear. -ENOMEM.
 * final: decide now instead. origin: that of an entry claimed in this cgroup; a decision recorded
 * there is taken over.
 */
int owners_find(struct owners *owners, uint64_t cgroup, const struct bind_origin *origin,
		bool final, const struct owner **ret_owner);

/* Takes over an earlier decision. 0; -ENOMEM. */
int owners_restore(struct owners *owners, uint64_t cgroup, const struct owner *owner);

/* NULL: it is not decided. */
const struct owner *owners_known(const struct owners *owners, uint64_t cgroup);

/* Forgets the cgroups that are no longer in use. */
void owners_sweep(struct owners *owners, bool (*in_use)(uint64_t cgroup, void *data), void *data);

/*
 * The number of cgroups decided without a name that they have, and of those that wait for theirs.
 */
uint32_t owners_unresolved(const struct owners *owners);
uint32_t owners_waiting(const struct owners *owners);

#endif
