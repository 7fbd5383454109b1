/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the names of a cgroup and of those above it tell: the container, the pod and the
 * systemd unit, as containerd, CRI-O, Docker, Podman and the kubelet name them, with the
 * systemd driver and with cgroupfs.
 *
 * Read from the root down, and believed as far as root alone makes such names: a unit may be
 * delegated to a user, who can name what is below it like anybody's pod.
 */
#ifndef CGROUP_PATH_H
#define CGROUP_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "owner.h"

#define POD_UID_MAX 37

struct cgroup_path {
	char container[OWNER_CONTAINER_MAX]; /* its id; "": none */
	char pod_uid[POD_UID_MAX];           /* with dashes, as the API has it; "": none */
	char unit[OWNER_UNIT_MAX]; /* a longer name is cut, and ends in "…"; "" where there is a pod
				    */
};

/* False: the names are not all there, and the path tells nothing. */
bool cgroup_path_parse(const struct bind_origin *origin, struct cgroup_path *ret_path);

/* Whether text, length bytes, is a pod's UID: a UUID, or what static pods have, 32 digits. */
bool pod_uid_is_valid(const char *text, size_t length);

#endif
