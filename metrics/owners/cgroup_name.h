/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one name of a cgroup tells, as containerd, CRI-O, Docker, BuildKit, Podman, nerdctl, LXC,
 * Garden, Amazon's ECS, the kubelet and systemd make them. Whether it is to be believed depends on
 * who could make it: see cgroup_path.h.
 */
#ifndef CGROUP_NAME_H
#define CGROUP_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "metrics/owners/owner.h"

#define POD_UID_MAX     37
#define CGROUP_NAME_MAX 256 /* of the kernel's, with its NUL */

/* The directory of pods, at the root or below. */
#define CGROUP_KUBEPODS "kubepods"

enum pod_name {
	NO_POD,
	POD,
	POD_OF_ODD_UID, /* the manifest of a static pod may have any */
};

/* Whether text, length bytes, is a pod's UID: a UUID, or what static pods have, 32 digits. */
bool pod_uid_is_valid(const char *text, size_t length);

/* below_kubepods: without systemd, only there. ret_uid is written for a POD only. */
enum pod_name cgroup_name_pod(const char *name, bool below_kubepods, char ret_uid[POD_UID_MAX]);

/* Whether it is a container's id. parent: the name above it, or "". */
bool cgroup_name_container(const char *parent, const char *name, char ret_id[OWNER_CONTAINER_MAX]);

/* What root calls a container that has no id, in LXC and Garden. False: it is none. */
bool cgroup_name_given(const char *parent, const char *name, char ret_name[OWNER_CONTAINER_MAX]);

/*
 * SLICE:RUNTIME:ID is what systemd would be asked for, made as a directory by a runtime that was
 * told to do without systemd. Returns the ID, in name; NULL: it is no such name.
 */
const char *cgroup_name_request(const char *name, char ret_slice[CGROUP_NAME_MAX]);

/* Whether the ID of a request is one of the ids that are known: a container's or a build step's. */
bool cgroup_name_requested(const char *id, char ret_id[OWNER_CONTAINER_MAX]);

bool cgroup_name_is_unit(const char *name);
bool cgroup_name_is_slice(const char *name);

/* A unit in whose cgroup a runtime of the kubelet's makes those of pods, if it is not root's. */
bool cgroup_name_is_engine(const char *unit);

/* Of programs that stand beside containers, not in them. */
bool cgroup_name_is_of_host(const char *parent, const char *name);

/* A scope with an id, which no known runtime has made. */
bool cgroup_name_is_unknown_scope(const char *name);

#endif
