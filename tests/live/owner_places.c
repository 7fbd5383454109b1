// SPDX-License-Identifier: Apache-2.0
#include "tests/live/owner_places.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lib/page_reader.h"
#include "tests/live/bind_load.h"
#include "tests/live/cgroups.h"

#define LINK_CUT 251 /* the kubelet cuts a link's name there, then adds ".log" */

#define LONG_NAME                                            \
	"a-name-of-the-greatest-length-that-a-pod-may-have-" \
	"a-name-of-the-greatest-length-that-a-pod-may-have-" \
	"a-name-of-the-greatest-length-that-a-pod-may-have-" \
	"a-name-of-the-greatest-length-that-a-pod-may-have-"

#define SIXTY                                                          \
	"/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f" \
	"/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f"
#define A_NAME                                                                        \
	"a-name-of-a-hundred-and-twenty-bytes-which-is-as-long-as-those-that-systemd" \
	"-makes-of-devices-and-of-mounts-and-of-templates"

const struct owner_place owner_places[] = {
	{"containerd, systemd",
	 "kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod$.slice/"
	 "cri-containerd-*.scope",
	 "shop", "web-6d4f", "nginx", "", true, false},
	{"containerd, systemd, guaranteed",
	 "kubepods.slice/kubepods-pod$.slice/cri-containerd-*.scope", "shop", "db-0", "postgres",
	 "", true, false},
	{"containerd, cgroupfs", "kubepods/besteffort/pod#/*", "shop", "cache-0", "redis", "", true,
	 false},
	{"CRI-O, systemd, runc",
	 "kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod$.slice/crio-*.scope",
	 "infra", "dns-x1", "coredns", "", true, false},
	{"CRI-O, systemd, crun",
	 "kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod$.slice/"
	 "crio-*.scope/container",
	 "infra", "dns-x2", "coredns", "", true, false},
	{"CRI-O, cgroupfs", "kubepods/burstable/pod#/crio-*", "infra", "dns-x3", "coredns", "",
	 true, false},
	{"cri-dockerd, systemd",
	 "kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod$.slice/docker-*.scope",
	 "infra", "proxy-1", "envoy", "", true, false},
	{"kind",
	 "docker/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef/kubelet.slice/"
	 "kubelet-kubepods.slice/kubelet-kubepods-burstable.slice/"
	 "kubelet-kubepods-burstable-pod$.slice/cri-containerd-*.scope",
	 "kind", "try-me", "app", "", true, false},
	{"a link whose name was cut", "kubepods/burstable/pod#/*", "shop", LONG_NAME, "app", "",
	 true, false},
	{"Docker, systemd", "system.slice/docker-*.scope", "", "", NULL, "", false, false},
	{"Docker, cgroupfs", "docker/*", "", "", NULL, "", false, false},
	{"Podman", "machine.slice/libpod-*.scope/container", "", "", NULL, "", false, false},
	{"Podman, in a service", "system.slice/web.service/libpod-payload-*", "", "", NULL,
	 "web.service", false, false},
	{"Podman, without root",
	 "user.slice/user-1000.slice/user@1000.service/user.slice/libpod-*.scope/container", "", "",
	 NULL, "user@1000.service", false, false},
	{"a user who pretends to be a pod",
	 "user.slice/user-1001.slice/user@1001.service/kubepods-pod$.slice/cri-containerd-*.scope",
	 "", "", NULL, "user@1001.service", true, false},
	{"a service", "system.slice/nginx.service", "", "", "", "nginx.service", false, false},
	{"a session", "user.slice/user-1000.slice/session-3.scope", "", "", "", "session-3.scope",
	 false, false},
	{"containerd without systemd, the kubelet with it",
	 "system.slice/kubepods-burstable-pod$.slice:cri-containerd:*", "shop", "odd-1", "nginx",
	 "", true, false},
	{"the same, in its unit",
	 "system.slice/containerd.service/kubepods-pod$.slice:cri-containerd:*", "shop", "odd-2",
	 "nginx", "", true, false},
	{"a pod of Podman's, cgroupfs",
	 "libpod_parent/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef/libpod-*",
	 "", "", NULL, "", false, false},
	{"Docker, a deep parent", "ecs/#/*", "", "", NULL, "", false, false},
	{"LXC", "lxc.payload.box/system.slice/sshd.service", "", "", "box", "", false, false},
	{"kind in a pod",
	 "kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod$.slice/"
	 "cri-containerd-*.scope/container/kubelet.slice/kubelet-kubepods.slice/"
	 "kubelet-kubepods-burstable.slice/"
	 "kubelet-kubepods-burstable-pod00000000_1234_4321_abcd_0123456789ab.slice/"
	 "cri-containerd-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope/x",
	 "shop", "node-1", "kind", "", true, false},
	{"a long path in a pod",
	 "kubepods/burstable/pod#/*/" A_NAME "/" A_NAME "/" A_NAME "/" A_NAME "/" A_NAME A_NAME,
	 "shop", "long-1", "app", "", true, false},
	{"a long path to a container",
	 "own.slice/" A_NAME "/" A_NAME "/" A_NAME "/" A_NAME "/" A_NAME "/docker-*.scope", "", "",
	 NULL, "", false, true},
	{"as deep as is read", "system.slice/deep.service" SIXTY "/1", "", "", "", "deep.service",
	 false, false},
	{"deeper than that", "system.slice/deep.service" SIXTY "/1/2", "", "", "", "", false, true},
};

const size_t owner_places_n = ARRAY_SIZE(owner_places);

const struct owner_place owner_unnamed = {
	.what = "a container without a link in time",
	.path = "kubepods/burstable/pod#/*",
	.namespace = "",
	.pod = "#",
	.unit = "",
	.unnamed = true,
};

char owner_comm[COMM_SIZE];
char links_directory[128];
char links_flag[160];

bool owners_begin(const char *suffix)
{
	char name[COMM_SIZE];
	int error = cgroups_begin(live_comm("", name));

	live_comm(suffix, owner_comm);
	snprintf(links_directory, sizeof(links_directory), "%s/containers%d", live.scratch,
		 (int)getpid());
	snprintf(links_flag, sizeof(links_flag), "--metrics.container-logs=%s", links_directory);
	ck_assert(mkdir(links_directory, 0755) == 0 || errno == EEXIST);
	if (error)
		live_skip("no cgroup can be made: %s", strerror(-error));
	return !error;
}

void owners_end(struct exporter *exporter)
{
	live_stop(exporter);
	cgroups_end();
}

static void expand(struct container *container)
{
	char *out = container->path;

	for (const char *in = container->place->path; *in; in++) {
		const char *text = *in == '*' ? container->id : container->uid;
		bool token = strchr("*#$", *in) != NULL;
		char *from = out;

		out = token ? stpcpy(out, text) : (*out = *in, out + 1);
		for (; *in == '$' && from < out; from++)
			if (*from == '-')
				*from = '_';
	}
	*out = '\0';
}

static const char *container_name(const struct container *container, const char *otherwise)
{
	return container->place->container ? container->place->container : otherwise;
}

void container_in(const struct owner_place *place, unsigned int number, struct container *ret)
{
	ret->place = place;
	for (unsigned int word = 0; word < 8; word++)
		sprintf(ret->id + word * 8, "%08x", (number * 8 + word + 1) * 0x9e3779b9U);
	sprintf(ret->uid, "%08x-1234-4321-abcd-0123456789ab", (number + 1) * 0x85ebca6bU);
	expand(ret);
	snprintf(ret->link, sizeof(ret->link), "%s/%s_%s_%s-%s", links_directory, place->pod,
		 place->namespace, container_name(ret, "app"), ret->id);
	ret->link[strlen(links_directory) + 1 + LINK_CUT] = '\0';
	strcat(ret->link, ".log");
}

void container_at(const char *what, unsigned int number, struct container *ret_container)
{
	const struct owner_place *place = owner_places;

	while (strcmp(place->what, what) != 0)
		place++;
	container_in(place, number, ret_container);
}

/* The link's target contains everything except for the id. */
void container_link(const struct container *container)
{
	const struct owner_place *place = container->place;
	char target[PATH_SIZE];

	if (!place->linked)
		return;
	snprintf(target, sizeof(target), "/var/log/pods/%s_%s_%s/%s/0.log", place->namespace,
		 place->pod, container->uid, container_name(container, "app"));
	ck_assert_msg(symlink(target, container->link) == 0, "%s: %s", container->link,
		      strerror(errno));
}

static int bind_inside(void *argument)
{
	const struct container *container = argument;
	const struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int error = cgroups_enter(container->path), fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (error || fd < 0)
		return error ? error : -errno;
	return bind(fd, (const struct sockaddr *)&address, sizeof(address)) ? -errno : 0;
}

void container_run(struct container *container)
{
	int error = cgroups_make(container->path);

	ck_assert_msg(error == 0, "%s: %s", container->path, strerror(-error));
	error = bind_load_child(owner_comm, bind_inside, container);
	ck_assert_msg(error == 0, "in %s: %s", container->path, strerror(-error));
	cgroups_remove(container->path);
}

static uint64_t attempts_in(const char *page, const struct container *container)
{
	const struct owner_place *place = container->place;
	char labels[4][PATH_SIZE];

	snprintf(labels[0], PATH_SIZE, ",namespace=\"%s\"", place->namespace);
	snprintf(labels[1], PATH_SIZE, ",pod=\"%s\"",
		 strcmp(place->pod, "#") ? place->pod : container->uid);
	snprintf(labels[2], PATH_SIZE, ",container=\"%s\"",
		 container_name(container, container->id));
	snprintf(labels[3], PATH_SIZE, ",unit=\"%s\"", place->unit);
	return page_sum(page, "socket_bind_attempts_total", owner_comm, labels[0], labels[1],
			labels[2], labels[3], NULL);
}

/* A whole page is too long for a message. */
static void print_rows(const char *page)
{
	char *copy = strdup(page), *save;

	for (char *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (strstr(line, owner_comm))
			fprintf(stderr, "%s\n", line);
	free(copy);
}

void assert_container(const char *page, const struct container *container)
{
	if (attempts_in(page, container) == 1)
		return;
	print_rows(page);
	ck_abort_msg("%s (%s) has not its row, but those above", container->place->what,
		     container->path);
}

void assert_container_of(const struct exporter *exporter, const struct container *container)
{
	char *page = live_page(exporter);

	assert_container(page, container);
	free(page);
}
