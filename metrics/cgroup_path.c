// SPDX-License-Identifier: Apache-2.0
#include "cgroup_path.h"

#include <string.h>

#include "label.h"

#define ID_LENGTH       64
#define UUID_LENGTH     36
#define STATIC_LENGTH   32
#define HEXADECIMAL     "0123456789abcdef"
#define POD_DRIVER_ROOT "kubepods"
#define SCOPE           ".scope"
#define LENGTH_OF(text) (sizeof(text) - 1)

/* What stands before an id, in all runtimes: conmon's cgroups have another word between. */
static const char *const runtimes[] = {
	"cri-containerd-", "crio-", "docker-", "libpod-payload-", "libpod-", "nerdctl-",
};

static const char *const unit_types[] = {".service", SCOPE, ".socket", ".mount", ".swap"};

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static bool ends(const char *text, const char *with)
{
	size_t length = strlen(text), tail = strlen(with);

	return length > tail && strcmp(text + length - tail, with) == 0;
}

static bool is_hexadecimal(const char *text, size_t length)
{
	return strspn(text, HEXADECIMAL) >= length;
}

/* Between its groups of digits a UUID has dashes; in a name of systemd's, underscores. */
static bool is_uuid(const char *text, char separator)
{
	for (size_t i = 0; i < UUID_LENGTH; i++) {
		bool between = i == 8 || i == 13 || i == 18 || i == 23;

		if (between ? text[i] != separator : !is_hexadecimal(text + i, 1))
			return false;
	}
	return true;
}

static bool is_uid(const char *text, size_t length, char separator)
{
	return (length == UUID_LENGTH && is_uuid(text, separator)) ||
	       (length == STATIC_LENGTH && is_hexadecimal(text, length));
}

bool pod_uid_is_valid(const char *text, size_t length)
{
	return is_uid(text, length, '-');
}

static void copy_uid(const char *text, size_t length, char ret_uid[POD_UID_MAX])
{
	memcpy(ret_uid, text, length);
	ret_uid[length] = '\0';
	for (char *at = ret_uid; (at = strchr(at, '_')) != NULL;)
		*at = '-';
}

/* Of the last "-pod" of text, or NULL. */
static const char *find_pod(const char *text)
{
	const char *found = NULL;

	while ((text = strstr(text, "-pod")) != NULL)
		found = text++;
	return found;
}

/* kubepods-burstable-podUID.slice (systemd), or podUID somewhere below kubepods (cgroupfs). */
static bool parse_pod(const char *name, bool below_root, char ret_uid[POD_UID_MAX])
{
	const char *uid;
	size_t length;

	if (ends(name, ".slice")) {
		uid = strstr(name, POD_DRIVER_ROOT) ? find_pod(name) : NULL;
		if (!uid)
			return false;
		uid += LENGTH_OF("-pod");
		length = strlen(uid) - LENGTH_OF(".slice");
		if (!is_uid(uid, length, '_'))
			return false;
	} else {
		if (!below_root || !begins(name, "pod"))
			return false;
		uid = name + LENGTH_OF("pod");
		length = strlen(uid);
		if (!is_uid(uid, length, '-'))
			return false;
	}
	copy_uid(uid, length, ret_uid);
	return true;
}

static bool parse_id(const char *text, size_t length, char ret_id[OWNER_CONTAINER_MAX])
{
	if (length != ID_LENGTH || !is_hexadecimal(text, length))
		return false;
	memcpy(ret_id, text, length);
	ret_id[length] = '\0';
	return true;
}

/* bare: where drivers that make directories put ids without anything about them. */
static bool parse_container(const char *name, bool bare, char ret_id[OWNER_CONTAINER_MAX])
{
	size_t length = strlen(name);

	if (bare && parse_id(name, length, ret_id))
		return true;
	if (ends(name, SCOPE))
		length -= LENGTH_OF(SCOPE);
	for (size_t i = 0; i < sizeof(runtimes) / sizeof(runtimes[0]); i++) {
		size_t prefix = strlen(runtimes[i]);

		if (length > prefix && begins(name, runtimes[i]) &&
		    parse_id(name + prefix, length - prefix, ret_id))
			return true;
	}
	return false;
}

static bool is_unit(const char *name)
{
	for (size_t i = 0; i < sizeof(unit_types) / sizeof(unit_types[0]); i++)
		if (ends(name, unit_types[i]))
			return true;
	return false;
}

/* systemd puts "_" before names that would be files of the kernel's: cpu.service, memory.service.
 */
static void copy_unit(const char *name, struct cgroup_path *path)
{
	if (*name == '_')
		name++;
	label_copy(name, strlen(name), path->unit, sizeof(path->unit));
}

/* What was met on the way from the root. */
struct walk {
	struct cgroup_path *path;
	const char *parent;
	int level; /* how many were passed */
	bool below_kubepods;
	bool in_pod;       /* the parent is the pod's own cgroup */
	bool in_guest;     /* below lxc: root of a container that may name its cgroups */
	bool below_slices; /* nothing else: who names units there is systemd */
};

/*
 * A pod's container is below it. A pod in a container (kind) is one, a pod in a unit or in LXC's
 * guest is somebody's word. What a systemd inside a container calls its units is its own affair.
 */
static void step(struct walk *walk, const char *name)
{
	struct cgroup_path *path = walk->path;
	/* In Docker's directory, wherever a node has it, or in that of a namespace of containerd's.
	 */
	bool bare = walk->in_pod || walk->level == 1 || strcmp(walk->parent, "docker") == 0;

	walk->in_pod = false;
	if (!*path->pod_uid && !*path->unit && !walk->in_guest &&
	    parse_pod(name, walk->below_kubepods, path->pod_uid)) {
		walk->in_pod = true;
		path->container[0] = '\0';
	} else if (!*path->container && !parse_container(name, bare, path->container) &&
		   !*path->pod_uid && !*path->unit && walk->below_slices && is_unit(name)) {
		copy_unit(name, path);
	}
	if (strcmp(name, POD_DRIVER_ROOT) == 0)
		walk->below_kubepods = true;
	if (begins(name, "lxc"))
		walk->in_guest = true;
	if (!ends(name, ".slice"))
		walk->below_slices = false;
	walk->parent = name;
	walk->level++;
}

bool cgroup_path_parse(const struct bind_origin *origin, struct cgroup_path *ret_path)
{
	const char *names[BIND_ORIGIN_LEVELS], *at = origin->bytes;
	const char *end = origin->bytes + BIND_ORIGIN_BYTES;
	struct walk walk = {.path = ret_path, .parent = "", .below_slices = true};
	int levels = 0;

	if (origin->state != BIND_ORIGIN_COMPLETE)
		return false;
	for (; at < end && *at && levels < BIND_ORIGIN_LEVELS; levels++) {
		size_t length = strnlen(at, end - at);

		if (at + length == end)
			return false; /* not what the kernel's side writes */
		names[levels] = at;
		at += length + 1;
	}
	*ret_path = (struct cgroup_path){0};
	while (levels--)
		step(&walk, names[levels]);
	return true;
}
