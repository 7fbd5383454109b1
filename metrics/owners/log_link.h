/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A link as the kubelet makes it in /var/log/containers for every container whose log is a file:
 *
 *   POD_NAMESPACE_CONTAINER-ID.log -> /var/log/pods/NAMESPACE_POD_UID/CONTAINER/0.log
 *
 * The name is cut after 251 bytes, so that of a long one the end of the id is missing, or
 * all of it. The target is whole.
 */
#ifndef LOG_LINK_H
#define LOG_LINK_H

#include <stdbool.h>

#include "metrics/owners/cgroup_name.h"
#include "metrics/owners/owner.h"

struct log_link {
	char namespace[OWNER_NAMESPACE_MAX];
	char pod[OWNER_POD_MAX];
	char pod_uid[POD_UID_MAX];
	char container[OWNER_CONTAINER_MAX]; /* its name */
	char id[OWNER_CONTAINER_MAX];        /* of the container, or how it begins */
};

/* 0; -EINVAL: it is no such link. */
int log_link_parse(const char *name, const char *target, struct log_link *ret_link);

/* Whether it is the container's, its id being known whole or for the better part. */
bool log_link_is_of(const struct log_link *link, const char *container_id);

#endif
