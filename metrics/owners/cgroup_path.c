// SPDX-License-Identifier: Apache-2.0
#include "metrics/owners/cgroup_path.h"

#include <string.h>

#include "common/label.h"

/* What was found on the way from the root. */
struct walk {
	struct cgroup_path *path;
	const char *parent;
	bool below_kubepods;
	bool below_slices; /* only below slices: units are named by root's systemd there */
	bool in_engine;    /* below the unit of a container runtime or kubelet */
	bool doubtful;     /* below lxc or unknown names: any user may have named pods */
	bool untold;       /* a name had no meaning */
	bool odd;          /* a name looks like a container's or pod's, except for its id */
};

/*
 * A pod in a container (kind) is a pod. A pod in a unit or in a guest of LXC may be a user's
 * invention.
 */
static bool meet_pod(struct walk *walk, const char *name)
{
	struct cgroup_path *path = walk->path;
	enum pod_name pod = NO_POD;

	if (!*path->pod_uid && !walk->doubtful && (!*path->unit || walk->in_engine))
		pod = cgroup_name_pod(name, walk->below_kubepods, path->pod_uid);
	if (pod == POD) {
		path->container[0] = '\0';
		path->unit[0] = '\0';
		walk->untold = false;
	}
	walk->odd |= pod == POD_OF_ODD_UID && !*path->container;
	return pod == POD;
}

/* systemd puts "_" before names that would be files of the kernel: cpu.service, memory.service. */
static void copy_unit(const char *name, struct cgroup_path *path)
{
	if (*name == '_')
		name++;
	label_copy(name, strlen(name), path->unit, sizeof(path->unit));
}

/* The names that a systemd inside a container gives its units do not matter. */
static void meet_other(struct walk *walk, const char *name)
{
	struct cgroup_path *path = walk->path;
	bool owned = *path->unit || *path->pod_uid;

	if (*path->container || cgroup_name_container(walk->parent, name, path->container))
		return;
	if (!owned && cgroup_name_given(walk->parent, name, path->container))
		return;
	if (!owned && walk->below_slices && cgroup_name_is_unit(name)) {
		copy_unit(name, path);
		walk->odd |= cgroup_name_is_unknown_scope(name) &&
			     !cgroup_name_is_of_host(walk->parent, name);
		return;
	}
	if (!cgroup_name_is_slice(name) && !cgroup_name_is_of_host(walk->parent, name))
		walk->untold = true;
}

static void step(struct walk *walk, const char *name)
{
	char slice[CGROUP_NAME_MAX];
	const char *requested = cgroup_name_request(name, slice);
	struct cgroup_path *path = walk->path;

	if (requested) {
		meet_pod(walk, slice);
		if (!*path->container && !cgroup_name_requested(requested, path->container))
			walk->odd |= !*path->unit || walk->in_engine;
	} else if (!meet_pod(walk, name)) {
		meet_other(walk, name);
	}
	walk->in_engine |= walk->below_slices && cgroup_name_is_engine(name);
	walk->below_kubepods |= strcmp(name, CGROUP_KUBEPODS) == 0;
	walk->doubtful |= strncmp(name, "lxc", strlen("lxc")) == 0;
	walk->below_slices &= cgroup_name_is_slice(name);
	walk->parent = name;
}

/*
 * Some names are not known. If no name above them gave an owner, one of them may have been a unit,
 * and its user may have named everything below.
 */
static void leap(struct walk *walk)
{
	walk->parent = "";
	walk->below_slices = false;
	walk->in_engine = false;
	walk->doubtful = true;
	walk->odd |= !*walk->path->container && !*walk->path->unit;
}

/*
 * Each name must end within bytes, as the kernel side writes them. Returns their number; -1: one
 * does not.
 */
static int find_names(const struct bind_origin *origin, const char *ret_names[BIND_ORIGIN_LEVELS])
{
	const char *at = origin->bytes, *end = origin->bytes + BIND_ORIGIN_BYTES;
	bool may_be_empty = origin->state == BIND_ORIGIN_MIDDLE_OUT; /* the first */
	int count = 0;

	for (; at < end && (*at || may_be_empty) && count < BIND_ORIGIN_LEVELS; count++) {
		size_t length = strnlen(at, end - at);

		if (at + length == end)
			return -1;
		ret_names[count] = at;
		at += length + 1;
		may_be_empty = false;
	}
	return count;
}

bool cgroup_path_parse(const struct bind_origin *origin, struct cgroup_path *ret_path)
{
	const char *names[BIND_ORIGIN_LEVELS];
	struct walk walk = {.path = ret_path, .parent = "", .below_slices = true};
	bool leaps = origin->state == BIND_ORIGIN_MIDDLE_OUT;
	int count;

	*ret_path = (struct cgroup_path){0};
	if (origin->state != BIND_ORIGIN_COMPLETE && !leaps)
		return false;
	count = find_names(origin, names);
	if (count < 0)
		return false;
	while (count-- > 0) {
		if (leaps && count == 0)
			leap(&walk);
		if (*names[count])
			step(&walk, names[count]);
	}
	ret_path->unnamed = walk.odd || (walk.untold && !*ret_path->container && !*ret_path->unit);
	return true;
}
