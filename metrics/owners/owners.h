/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose a cgroup is: decided once for each, and then the same for as long as anything is
 * counted by it. Containers and pods have their names from links (log_link.h), which may
 * come after the first bind; decisions can wait for them. No name is guessed.
 *
 * One thread only, that which collects.
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

/* A link is there. 0; -EINVAL: it is not of the form; -ENOMEM. */
int owners_learn(struct owners *owners, const char *name, const char *target);

/* It is gone, or all are. What they decided stays. */
void owners_unlearn(struct owners *owners, const char *name);
void owners_unlearn_all(struct owners *owners);

/*
 * 0 and the owner, which is the caller's to read until owners_sweep(). -EAGAIN: a link may still
 * come. -ENOMEM. final: it is not waited for. origin: of an entry that was claimed in this cgroup;
 * what is decided there, is.
 */
int owners_find(struct owners *owners, uint64_t cgroup, const struct bind_origin *origin,
		bool final, const struct owner **ret_owner);

/* A decision of earlier. 0; -ENOMEM. */
int owners_restore(struct owners *owners, uint64_t cgroup, const struct owner *owner);

/* NULL: it is not decided. */
const struct owner *owners_known(const struct owners *owners, uint64_t cgroup);

/* Forgets the cgroups that are not in use any more. */
void owners_sweep(struct owners *owners, bool (*in_use)(uint64_t cgroup, void *data), void *data);

/* Cgroups decided without a name that they have, and cgroups that wait for theirs. */
uint32_t owners_unresolved(const struct owners *owners);
uint32_t owners_waiting(const struct owners *owners);

#endif
