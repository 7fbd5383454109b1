/* SPDX-License-Identifier: Apache-2.0 */
/* Whose a cgroup is, as labels say it. Kept in mapped and pinned memory: only ever appended to. */
#ifndef OWNER_H
#define OWNER_H

#include <stdint.h>

#include "bpf/abi/bind_abi.h"

#define OWNER_CONTAINER_MAX 65  /* an id has 64 digits; a name, as Kubernetes allows it, 63 */
#define OWNER_POD_MAX       254 /* as Kubernetes allows it */
#define OWNER_NAMESPACE_MAX 64
#define OWNER_UNIT_MAX      124

/* Strings with their NUL, valid UTF-8, not escaped; "": does not apply. */
struct owner {
	char container[OWNER_CONTAINER_MAX]; /* its name in the pod; else its id */
	char pod[OWNER_POD_MAX];             /* its name; the UID where that is not known */
	char namespace[OWNER_NAMESPACE_MAX];
	char unit[OWNER_UNIT_MAX]; /* of systemd, where there is no pod */
	uint8_t unresolved;        /* it has names that could not be found out */
};

_Static_assert(sizeof(struct owner) == BIND_ORIGIN_BYTES, "takes the place of what it came from");

/*
 * Puts a decision down in place of what it was made from, in steps that may be interrupted
 * between any two: see enum bind_origin_state.
 */
void owner_decide(struct bind_origin *origin, const struct owner *owner);

/* Of memory that this program may have from another: the copy has valid labels, which end. */
void owner_copy(const struct owner *owner, struct owner *ret_copy);

#endif
