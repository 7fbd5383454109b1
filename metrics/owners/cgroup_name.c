// SPDX-License-Identifier: Apache-2.0
#include "metrics/owners/cgroup_name.h"

#include <stdio.h>
#include <string.h>

#include "common/label.h"

#define ID_LENGTH       64
#define UUID_LENGTH     36
#define STATIC_LENGTH   32 /* UID of a static pod, id of an ECS task */
#define STEP_LENGTH     25 /* id of a step of BuildKit */
#define DECIMAL         "0123456789"
#define HEXADECIMAL     DECIMAL "abcdef"
#define BASE_36         DECIMAL "abcdefghijklmnopqrstuvwxyz"
#define SLICE           ".slice"
#define SCOPE           ".scope"
#define PODMAN          "libpod_parent" /* Podman's directory for its containers and pods */
#define LXC_PAYLOAD     "lxc.payload."
#define LENGTH_OF(text) (sizeof(text) - 1)

/* The prefixes of ids, by runtime. Cgroups of conmon have another word in between. */
static const char *const runtimes[] = {
	"cri-containerd-", "crio-", "docker-", "libpod-payload-", "libpod-", "nerdctl-", NULL,
};

static const char *const unit_types[] = {".service", SCOPE, ".socket", ".mount", ".swap", NULL};

static const char *const engines[] = {
	"containerd.service",
	"crio.service",
	"docker.service",
	"cri-docker.service",
	"kubelet.service",
	"k3s.service",
	"k3s-agent.service",
	"rke2-server.service",
	"rke2-agent.service",
	"k0scontroller.service",
	"k0sworker.service",
	"snap.microk8s.daemon-containerd.service",
	"snap.k8s.containerd.service",
	NULL,
};

/* Directories in which every entry is a container, with the name that root gave it. */
static const char *const given[] = {"lxc", "lxc.payload", "garden", NULL};

/* Prefixes of monitors of containers, and of services of OpenRC. */
static const char *const hosts[] = {
	"conmon-", "crio-conmon-", "libpod-conmon-", "lxc.monitor", "lxc.pivot", "openrc.", NULL,
};

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static bool ends(const char *text, const char *with)
{
	size_t length = strlen(text), tail = strlen(with);

	return length > tail && strcmp(text + length - tail, with) == 0;
}

static bool is_one_of(const char *text, const char *const *words)
{
	while (*words && strcmp(text, *words) != 0)
		words++;
	return *words;
}

static bool is_hexadecimal(const char *text, size_t length)
{
	return strspn(text, HEXADECIMAL) >= length;
}

/* A UUID has dashes between its groups of digits; in names made by systemd, underscores. */
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

/* Returns the end of the last "-pod" of text, or NULL. */
static const char *behind_pod(const char *text)
{
	const char *found = NULL;

	while ((text = strstr(text, "-pod")) != NULL)
		found = text += LENGTH_OF("-pod");
	return found;
}

/* kubepods-burstable-podUID.slice (systemd), or podUID anywhere below kubepods (cgroupfs). */
enum pod_name cgroup_name_pod(const char *name, bool below_kubepods, char ret_uid[POD_UID_MAX])
{
	bool slice = cgroup_name_is_slice(name);
	const char *uid = NULL;
	size_t length;

	if (slice && strstr(name, CGROUP_KUBEPODS))
		uid = behind_pod(name);
	else if (!slice && below_kubepods && begins(name, "pod"))
		uid = name + LENGTH_OF("pod");
	if (!uid)
		return NO_POD;
	length = strlen(uid) - (slice ? LENGTH_OF(SLICE) : 0);
	if (!is_uid(uid, length, slice ? '_' : '-'))
		return POD_OF_ODD_UID;
	copy_uid(uid, length, ret_uid);
	return POD;
}

static bool parse_id(const char *text, size_t length, char ret_id[OWNER_CONTAINER_MAX])
{
	if (length != ID_LENGTH || !is_hexadecimal(text, length))
		return false;
	memcpy(ret_id, text, length);
	ret_id[length] = '\0';
	return true;
}

static bool parse_prefixed_id(const char *name, char ret_id[OWNER_CONTAINER_MAX])
{
	size_t length = strlen(name);

	if (ends(name, SCOPE))
		length -= LENGTH_OF(SCOPE);
	for (const char *const *runtime = runtimes; *runtime; runtime++) {
		size_t prefix = strlen(*runtime);

		if (length > prefix && begins(name, *runtime) &&
		    parse_id(name + prefix, length - prefix, ret_id))
			return true;
	}
	return false;
}

/* TASK-NUMBER in the directory TASK, on machines that ECS manages. */
static bool is_ecs_container(const char *task, const char *name)
{
	const char *number;

	if (strlen(task) != STATIC_LENGTH || !is_hexadecimal(task, STATIC_LENGTH) ||
	    !begins(name, task) || name[STATIC_LENGTH] != '-')
		return false;
	number = name + STATIC_LENGTH + 1;
	return *number && number[strspn(number, DECIMAL)] == '\0';
}

bool cgroup_name_container(const char *parent, const char *name, char ret_id[OWNER_CONTAINER_MAX])
{
	if (parse_prefixed_id(name, ret_id))
		return true;
	if (is_ecs_container(parent, name)) {
		label_copy(name, strlen(name), ret_id, OWNER_CONTAINER_MAX);
		return true;
	}
	return strcmp(parent, PODMAN) != 0 && parse_id(name, strlen(name), ret_id);
}

bool cgroup_name_given(const char *parent, const char *name, char ret_name[OWNER_CONTAINER_MAX])
{
	if (begins(name, LXC_PAYLOAD))
		name += LENGTH_OF(LXC_PAYLOAD);
	else if (!is_one_of(parent, given))
		return false;
	label_copy(name, strlen(name), ret_name, OWNER_CONTAINER_MAX);
	return *name;
}

const char *cgroup_name_request(const char *name, char ret_slice[CGROUP_NAME_MAX])
{
	const char *first = strchr(name, ':'), *last = strrchr(name, ':');

	if (!first || first == last || cgroup_name_is_unit(name))
		return NULL;
	snprintf(ret_slice, CGROUP_NAME_MAX, "%.*s", (int)(first - name), name);
	return cgroup_name_is_slice(ret_slice) ? last + 1 : NULL;
}

bool cgroup_name_requested(const char *id, char ret_id[OWNER_CONTAINER_MAX])
{
	size_t length = strlen(id);

	if (length == STEP_LENGTH && strspn(id, BASE_36) == length) {
		strcpy(ret_id, id);
		return true;
	}
	return parse_id(id, length, ret_id);
}

bool cgroup_name_is_unit(const char *name)
{
	for (const char *const *type = unit_types; *type; type++)
		if (ends(name, *type))
			return true;
	return false;
}

bool cgroup_name_is_slice(const char *name)
{
	return ends(name, SLICE);
}

bool cgroup_name_is_engine(const char *unit)
{
	return is_one_of(unit, engines);
}

bool cgroup_name_is_of_host(const char *parent, const char *name)
{
	char unused[OWNER_CONTAINER_MAX];

	for (const char *const *host = hosts; *host; host++)
		if (begins(name, *host))
			return true;
	return strcmp(name, "conmon") == 0 || strcmp(name, PODMAN) == 0 ||
	       (strcmp(parent, PODMAN) == 0 && parse_id(name, strlen(name), unused));
}

bool cgroup_name_is_unknown_scope(const char *name)
{
	char unused[OWNER_CONTAINER_MAX];
	size_t length = strlen(name), tail = 1 + ID_LENGTH + LENGTH_OF(SCOPE);

	return ends(name, SCOPE) && length > tail && name[length - tail] == '-' &&
	       parse_id(name + length - tail + 1, ID_LENGTH, unused);
}
