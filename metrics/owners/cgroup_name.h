/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parses a single name of a cgroup, as made by containerd, CRI-O, Docker, BuildKit, Podman,
 * nerdctl, LXC, Garden, Amazon ECS, the kubelet and systemd. Whether a name can be trusted depends
 * on the user that could have made it: see cgroup_path.h.
 */
#ifndef CGROUP_NAME_H
#define CGROUP_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "metrics/owners/owner.h"

#define POD_UID_MAX     37
#define CGROUP_NAME_MAX 256 /* of the kernel's names, with NUL */

/* The directory of pods, at the root or below. */
#define CGROUP_KUBEPODS "kubepods"

enum pod_name {
	NO_POD,
	POD,
	POD_OF_ODD_UID, /* the manifest of a static pod may have any */
};

/* Whether text, of length bytes, is a pod's UID: a UUID, or the 32 digits of a static pod. */
bool pod_uid_is_valid(const char *text, size_t length);

/*
 * below_kubepods: the name is below CGROUP_KUBEPODS; without systemd, pods are only there. ret_uid
 * is written only for POD.
 */
enum pod_name cgroup_name_pod(const char *name, bool below_kubepods, char ret_uid[POD_UID_MAX]);

/* Whether name is a container's id. parent: the name above it, or "". */
bool cgroup_name_container(const char *parent, const char *name, char ret_id[OWNER_CONTAINER_MAX]);

/* Whether it is a container without an id, in LXC or Garden, with the name that root gave it. */
bool cgroup_name_given(const char *parent, const char *name, char ret_name[OWNER_CONTAINER_MAX]);

/*
 * SLICE:RUNTIME:ID is a request to systemd. A runtime that was configured without systemd makes it
 * a directory. Returns the ID, in name. NULL: it is not such a name.
 */
const char *cgroup_name_request(const char *name, char ret_slice[CGROUP_NAME_MAX]);

/* Whether the ID of a request is of a known form: that of a container or of a build step. */
bool cgroup_name_requested(const char *id, char ret_id[OWNER_CONTAINER_MAX]);

bool cgroup_name_is_unit(const char *name);
bool cgroup_name_is_slice(const char *name);

/*
 * Whether it is the unit of a container runtime or kubelet that makes the cgroups of pods below its
 * own, unless it makes them below the root.
 */
bool cgroup_name_is_engine(const char *unit);

/* Whether it is a program beside containers, not in one. */
bool cgroup_name_is_of_host(const char *parent, const char *name);

/* Whether it is a scope with an id that no known runtime makes. */
bool cgroup_name_is_unknown_scope(const char *name);

#endif
