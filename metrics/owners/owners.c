// SPDX-License-Identifier: Apache-2.0
#include "metrics/owners/owners.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/label.h"
#include "metrics/owners/cgroup_path.h"
#include "metrics/owners/log_link.h"

struct known_link {
	struct log_link link;
	char *name;
};

struct cgroup {
	uint64_t id;
	struct owner *owner; /* NULL: undecided */
};

struct owners {
	struct cgroup *cgroups; /* sorted by id */
	size_t cgroup_count;
	size_t cgroup_room;
	struct known_link *links; /* sorted by the pod's UID */
	size_t link_count;
	size_t link_room;
};

void owner_decide(struct bind_origin *origin, const struct owner *owner)
{
	if (origin->state == BIND_ORIGIN_DECIDED)
		return;
	__atomic_store_n(&origin->state, BIND_ORIGIN_DECIDING, __ATOMIC_RELEASE);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	memcpy(origin->bytes, owner, sizeof(*owner));
	__atomic_store_n(&origin->state, BIND_ORIGIN_DECIDED, __ATOMIC_RELEASE);
}

struct owners *owners_new(void)
{
	return calloc(1, sizeof(struct owners));
}

void owners_free(struct owners *owners)
{
	if (!owners)
		return;
	for (size_t i = 0; i < owners->cgroup_count; i++)
		free(owners->cgroups[i].owner);
	owners_unlearn_all(owners);
	free(owners->cgroups);
	free(owners->links);
	free(owners);
}

/* Returns the array with room for one more element, moved if necessary. NULL: out of memory. */
static void *with_room(void *array, size_t count, size_t *room, size_t size)
{
	size_t more = *room ? *room * 2 : 64;
	void *grown;

	if (count < *room)
		return array;
	grown = reallocarray(array, more, size);
	if (grown)
		*room = more;
	return grown;
}

/* The index at which the links of a pod begin, or would begin. */
static size_t first_link(const struct owners *owners, const char *pod_uid)
{
	size_t low = 0, high = owners->link_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(owners->links[middle].link.pod_uid, pod_uid) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const struct log_link *link_at(const struct owners *owners, size_t at, const char *pod_uid)
{
	if (at >= owners->link_count || strcmp(owners->links[at].link.pod_uid, pod_uid) != 0)
		return NULL;
	return &owners->links[at].link;
}

int owners_learn(struct owners *owners, const char *name, const char *target)
{
	struct known_link new, *links;
	size_t at;
	int error = log_link_parse(name, target, &new.link);

	if (error)
		return error;
	owners_unlearn(owners, name);
	links = with_room(owners->links, owners->link_count, &owners->link_room, sizeof(*links));
	if (!links)
		return -ENOMEM;
	owners->links = links;
	new.name = strdup(name);
	if (!new.name)
		return -ENOMEM;
	at = first_link(owners, new.link.pod_uid);
	memmove(&links[at + 1], &links[at], (owners->link_count - at) * sizeof(*links));
	links[at] = new;
	owners->link_count++;
	return 0;
}

void owners_unlearn(struct owners *owners, const char *name)
{
	size_t at = 0;

	while (at < owners->link_count && strcmp(owners->links[at].name, name) != 0)
		at++;
	if (at == owners->link_count)
		return;
	free(owners->links[at].name);
	owners->link_count--;
	memmove(&owners->links[at], &owners->links[at + 1],
		(owners->link_count - at) * sizeof(owners->links[0]));
}

void owners_unlearn_all(struct owners *owners)
{
	for (size_t i = 0; i < owners->link_count; i++)
		free(owners->links[i].name);
	owners->link_count = 0;
}

/* Returns whether the cgroup is known, and its index or that for inserting it. */
static bool find_cgroup(const struct owners *owners, uint64_t id, size_t *ret_at)
{
	size_t low = 0, high = owners->cgroup_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (owners->cgroups[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	*ret_at = low;
	return low < owners->cgroup_count && owners->cgroups[low].id == id;
}

static int insert_cgroup(struct owners *owners, size_t at, const struct cgroup *new)
{
	struct cgroup *cgroups = with_room(owners->cgroups, owners->cgroup_count,
					   &owners->cgroup_room, sizeof(*new));

	if (!cgroups)
		return -ENOMEM;
	memmove(&cgroups[at + 1], &cgroups[at], (owners->cgroup_count - at) * sizeof(*new));
	cgroups[at] = *new;
	owners->cgroups = cgroups;
	owners->cgroup_count++;
	return 0;
}

static void clean(char *value, size_t size)
{
	char raw[sizeof(struct owner)];

	memcpy(raw, value, size);
	label_copy(raw, strnlen(raw, size - 1), value, size);
}

void owner_copy(const struct owner *owner, struct owner *ret_copy)
{
	*ret_copy = *owner;
	clean(ret_copy->container, sizeof(ret_copy->container));
	clean(ret_copy->pod, sizeof(ret_copy->pod));
	clean(ret_copy->namespace, sizeof(ret_copy->namespace));
	clean(ret_copy->unit, sizeof(ret_copy->unit));
}

static int decide(struct cgroup *cgroup, const struct owner *owner)
{
	struct owner *new = malloc(sizeof(*new));

	if (!new)
		return -ENOMEM;
	owner_copy(owner, new);
	cgroup->owner = new;
	return 0;
}

/* Sets the names of pod and container, as far as links have them. */
static void resolve(const struct owners *owners, const struct cgroup_path *path,
		    struct owner *owner)
{
	size_t at = first_link(owners, path->pod_uid);
	const struct log_link *link = link_at(owners, at, path->pod_uid);

	strcpy(owner->pod, link ? link->pod : path->pod_uid);
	if (link)
		strcpy(owner->namespace, link->namespace);
	owner->unresolved = !link || *path->container;
	if (!*path->container)
		return;
	for (; link; link = link_at(owners, ++at, path->pod_uid)) {
		if (!log_link_is_of(link, path->container))
			continue;
		strcpy(owner->container, link->container);
		owner->unresolved = 0;
		return;
	}
}

/* Returns whether a future link may add names. */
static bool judge(const struct owners *owners, const struct bind_origin *origin,
		  struct owner *ret_owner)
{
	struct cgroup_path path;
	bool waits;

	if (origin->state == BIND_ORIGIN_DECIDED) {
		memcpy(ret_owner, origin->bytes, sizeof(*ret_owner));
		return false;
	}
	*ret_owner = (struct owner){.unresolved = 1};
	if (!cgroup_path_parse(origin, &path))
		return false;
	ret_owner->unresolved = 0;
	strcpy(ret_owner->container, path.container);
	strcpy(ret_owner->unit, path.unit);
	if (*path.pod_uid)
		resolve(owners, &path, ret_owner);
	waits = ret_owner->unresolved;
	ret_owner->unresolved |= path.unnamed;
	return waits;
}

int owners_find(struct owners *owners, uint64_t cgroup, const struct bind_origin *origin,
		bool final, const struct owner **ret_owner)
{
	struct cgroup *entry;
	struct owner owner;
	size_t at;
	int error;

	if (!find_cgroup(owners, cgroup, &at)) {
		error = insert_cgroup(owners, at, &(struct cgroup){cgroup, NULL});
		if (error)
			return error;
	}
	entry = &owners->cgroups[at];
	if (!entry->owner) {
		if (judge(owners, origin, &owner) && !final)
			return -EAGAIN;
		error = decide(entry, &owner);
		if (error)
			return error;
	}
	*ret_owner = entry->owner;
	return 0;
}

int owners_restore(struct owners *owners, uint64_t cgroup, const struct owner *owner)
{
	struct cgroup new = {.id = cgroup};
	size_t at;
	int error;

	if (find_cgroup(owners, cgroup, &at))
		return owners->cgroups[at].owner ? 0 : decide(&owners->cgroups[at], owner);
	error = decide(&new, owner);
	if (!error)
		error = insert_cgroup(owners, at, &new);
	if (error)
		free(new.owner);
	return error;
}

const struct owner *owners_known(const struct owners *owners, uint64_t cgroup)
{
	size_t at;

	return find_cgroup(owners, cgroup, &at) ? owners->cgroups[at].owner : NULL;
}

void owners_sweep(struct owners *owners, bool (*in_use)(uint64_t cgroup, void *data), void *data)
{
	size_t kept = 0;

	for (size_t i = 0; i < owners->cgroup_count; i++) {
		if (in_use(owners->cgroups[i].id, data))
			owners->cgroups[kept++] = owners->cgroups[i];
		else
			free(owners->cgroups[i].owner);
	}
	owners->cgroup_count = kept;
}

uint32_t owners_unresolved(const struct owners *owners)
{
	uint32_t count = 0;

	for (size_t i = 0; i < owners->cgroup_count; i++)
		if (owners->cgroups[i].owner && owners->cgroups[i].owner->unresolved)
			count++;
	return count;
}

uint32_t owners_waiting(const struct owners *owners)
{
	uint32_t count = 0;

	for (size_t i = 0; i < owners->cgroup_count; i++)
		if (!owners->cgroups[i].owner)
			count++;
	return count;
}
