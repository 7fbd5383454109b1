/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Derives the container, the pod and the systemd unit from the names of a cgroup and of those above
 * it, with the systemd driver and with cgroupfs.
 *
 * Names are read from the root down, and trusted as long as only root can have made them: a unit
 * may be delegated to a user, and the user can give the cgroups below it the name of any pod.
 */
#ifndef CGROUP_PATH_H
#define CGROUP_PATH_H

#include <stdbool.h>

#include "metrics/owners/cgroup_name.h"

struct cgroup_path {
	char container[OWNER_CONTAINER_MAX]; /* its id, or its name if it has no id; "": none */
	char pod_uid[POD_UID_MAX];           /* with dashes, as in the API; "": none */
	char unit[OWNER_UNIT_MAX]; /* a longer name is cut and ends in "…"; "" in a pod */
	/*
	 * The cgroup or its pod looks like a container's, and these names do not identify it; or
	 * names are unknown below the root, in neither a unit nor a known container.
	 */
	bool unnamed;
};

/* False: there are no names, or they are not valid. */
bool cgroup_path_parse(const struct bind_origin *origin, struct cgroup_path *ret_path);

#endif
