/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the names of a cgroup and of those above it tell: the container, the pod and the
 * systemd unit, with the systemd driver and with cgroupfs.
 *
 * Read from the root down, and believed as far as root alone makes such names: a unit may be
 * delegated to a user, who can name what is below it like anybody's pod.
 */
#ifndef CGROUP_PATH_H
#define CGROUP_PATH_H

#include <stdbool.h>

#include "metrics/owners/cgroup_name.h"

struct cgroup_path {
	char container[OWNER_CONTAINER_MAX]; /* its id, or its name where it has none; "": none */
	char pod_uid[POD_UID_MAX];           /* with dashes, as the API has it; "": none */
	char unit[OWNER_UNIT_MAX]; /* a longer name is cut, and ends in "…"; "" where there is a pod
				    */
	/*
	 * It, or its pod, is like a container's cgroup, and these names do not tell whose: below
	 * the root, neither in a unit nor in a container that is known.
	 */
	bool unnamed;
};

/* False: there are no names, and the path tells nothing. */
bool cgroup_path_parse(const struct bind_origin *origin, struct cgroup_path *ret_path);

#endif
