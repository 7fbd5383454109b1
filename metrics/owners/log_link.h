/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A link in /var/log/containers, which the kubelet makes for each container that logs to a file:
 *
 *   POD_NAMESPACE_CONTAINER-ID.log -> /var/log/pods/NAMESPACE_POD_UID/CONTAINER/0.log
 *
 * The name is cut after 251 bytes, so that a long one lacks the end of the id, or all of it. The
 * target is complete.
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
	char id[OWNER_CONTAINER_MAX];        /* id of the container, or its beginning */
};

/* 0; -EINVAL: it is not such a link. */
int log_link_parse(const char *name, const char *target, struct log_link *ret_link);

/* Whether it is the link of this container. Its id may be cut, but must have enough digits. */
bool log_link_is_of(const struct log_link *link, const char *container_id);

#endif
