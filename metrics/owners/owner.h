/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The owner of a cgroup, as labels show it. It is kept in mapped and pinned memory: new fields may
 * only be appended.
 */
#ifndef OWNER_H
#define OWNER_H

#include <stdint.h>

#include "bpf/abi/bind_abi.h"

#define OWNER_CONTAINER_MAX 65  /* an id has 64 digits, a name in Kubernetes at most 63 */
#define OWNER_POD_MAX       254 /* the limit of Kubernetes */
#define OWNER_NAMESPACE_MAX 64
#define OWNER_UNIT_MAX      124

/* Strings with NUL, valid UTF-8, not escaped; "": does not apply. */
struct owner {
	char container[OWNER_CONTAINER_MAX]; /* its name in the pod, otherwise its id */
	char pod[OWNER_POD_MAX];             /* its name; the UID if that is not known */
	char namespace[OWNER_NAMESPACE_MAX];
	char unit[OWNER_UNIT_MAX]; /* of systemd; "" in a pod */
	uint8_t unresolved;        /* it has names that could not be resolved */
};

_Static_assert(sizeof(struct owner) == BIND_ORIGIN_BYTES, "takes the place of what it came from");

/*
 * Replaces the names of a cgroup by the decision made from them, in steps that may be interrupted
 * between any two: see enum bind_origin_state.
 */
void owner_decide(struct bind_origin *origin, const struct owner *owner);

/* Copies memory that may come from another program. The copy has valid labels with a NUL. */
void owner_copy(const struct owner *owner, struct owner *ret_copy);

#endif
