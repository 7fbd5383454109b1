/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owners of binds. Processes bind in cgroups with the names that container runtimes and systemd
 * use, while a directory of links imitates the kubelet's /var/log/containers. A cgroup is gone
 * before the page is read, like that of a container that lived for some milliseconds.
 */
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tests/lib/page_reader.h"
#include "tests/lib/scratch.h"
#include "tests/live/bind_load.h"
#include "tests/live/cgroups.h"
#include "tests/live/live_test.h"
#include "tests/live/pin_place.h"
#include "tests/live/sandbox.h"

#define ID_SIZE   65 /* of a container: 64 hexadecimal digits */
#define UID_SIZE  37 /* of a pod */
#define PATH_SIZE 1024
#define LINK_CUT  251   /* the kubelet cuts a link's name there, then adds ".log" */
#define WAIT_MS   10000 /* for a name, before a row is published without one */

#define ATTEMPTS   "socket_bind_attempts_total"
#define UNRESOLVED "socket_bind_exporter_unresolved_containers"
#define LABELS     "--metrics.labels=category,family,comm,namespace,pod,container,unit"

#define LONG_NAME                                            \
	"a-name-of-the-greatest-length-that-a-pod-may-have-" \
	"a-name-of-the-greatest-length-that-a-pod-may-have-" \
	"a-name-of-the-greatest-length-that-a-pod-may-have-" \
	"a-name-of-the-greatest-length-that-a-pod-may-have-"

/*
 * path: '*' stands for the container's id, '#' for the pod's UID, '$' for the UID with underscores.
 * container NULL: the id; pod "#": the UID.
 */
struct place {
	const char *what;
	const char *path;
	const char *namespace, *pod, *container, *unit;
	bool linked;  /* /var/log/containers has the names */
	bool unnamed; /* it counts as unresolved */
};

#define SIXTY                                                          \
	"/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f" \
	"/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f/1/2/3/4/5/6/7/8/9/a/b/c/d/e/f"
#define A_NAME                                                                        \
	"a-name-of-a-hundred-and-twenty-bytes-which-is-as-long-as-those-that-systemd" \
	"-makes-of-devices-and-of-mounts-and-of-templates"

static const struct place places[] = {
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

#define PLACES (sizeof(places) / sizeof(places[0]))

/* A place with the ids that it has in one test. */
struct container {
	char id[ID_SIZE];
	char uid[UID_SIZE];
	char path[PATH_SIZE];
	char link[PATH_SIZE];
};

static char links[128]; /* the directory in place of /var/log/containers */
static char logs_flag[160];

static void sleep_ms(long ms)
{
	nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

/* False, with a message: there are no cgroups of version 2 here. */
static bool prepare(void)
{
	char name[COMM_SIZE];
	int error = cgroups_begin(live_comm("", name));

	snprintf(links, sizeof(links), "%s/containers%d", live.scratch, (int)getpid());
	snprintf(logs_flag, sizeof(logs_flag), "--metrics.container-logs=%s", links);
	ck_assert(mkdir(links, 0755) == 0 || errno == EEXIST);
	if (error)
		live_skip("no cgroup can be made: %s", strerror(-error));
	return !error;
}

static void start(struct exporter *exporter, const char *flag)
{
	live_start(exporter, (const char *const[]){LABELS, logs_flag, flag, NULL});
}

static void expand(const struct place *place, struct container *container)
{
	char *out = container->path;

	for (const char *in = place->path; *in; in++) {
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

/* number: makes ids differ within a test. */
static void describe(const struct place *place, unsigned int number, struct container *ret)
{
	for (unsigned int word = 0; word < 8; word++)
		sprintf(ret->id + word * 8, "%08x", (number * 8 + word + 1) * 0x9e3779b9U);
	sprintf(ret->uid, "%08x-1234-4321-abcd-0123456789ab", (number + 1) * 0x85ebca6bU);
	expand(place, ret);
	snprintf(ret->link, sizeof(ret->link), "%s/%s_%s_%s-%s", links, place->pod,
		 place->namespace, place->container ? place->container : "app", ret->id);
	ret->link[strlen(links) + 1 + LINK_CUT] = '\0';
	strcat(ret->link, ".log");
}

/* Makes the kubelet's link, whose target contains everything except for the id. */
static void make_link(const struct place *place, const struct container *container)
{
	char target[PATH_SIZE];

	if (!place->linked)
		return;
	snprintf(target, sizeof(target), "/var/log/pods/%s_%s_%s/%s/0.log", place->namespace,
		 place->pod, container->uid, place->container ? place->container : "app");
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

/* Runs a container from its start to its end: its cgroup is gone when this returns. */
static void run_container(const char *comm, struct container *container)
{
	int error = cgroups_make(container->path);

	ck_assert_msg(error == 0, "%s: %s", container->path, strerror(-error));
	error = bind_load_child(comm, bind_inside, container);
	ck_assert_msg(error == 0, "in %s: %s", container->path, strerror(-error));
	cgroups_remove(container->path);
}

/* Attempts in rows with exactly these labels. */
static uint64_t attempts_in(const char *page, const char *comm, const struct place *place,
			    const struct container *container, const char *pod)
{
	char labels[4][PATH_SIZE];

	snprintf(labels[0], PATH_SIZE, ",namespace=\"%s\"", place->namespace);
	snprintf(labels[1], PATH_SIZE, ",pod=\"%s\"", pod);
	snprintf(labels[2], PATH_SIZE, ",container=\"%s\"",
		 place->container ? place->container : container->id);
	snprintf(labels[3], PATH_SIZE, ",unit=\"%s\"", place->unit);
	return page_sum(page, ATTEMPTS, comm, labels[0], labels[1], labels[2], labels[3], NULL);
}

/* A whole page is too long for a message. */
static void print_rows(const char *page, const char *comm)
{
	char *copy = strdup(page), *save;

	for (char *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		if (strstr(line, comm))
			fprintf(stderr, "%s\n", line);
	free(copy);
}

/* Fails the test with the rows of this name. */
static void assert_attempts(const char *page, const char *comm, const struct place *place,
			    const struct container *container, const char *pod)
{
	if (attempts_in(page, comm, place, container, pod) == 1)
		return;
	print_rows(page, comm);
	ck_abort_msg("%s (%s) has not its row, but those above", place->what, container->path);
}

START_TEST(every_runtime)
{
	struct container containers[PLACES];
	struct exporter exporter = {0};
	char comm[COMM_SIZE], *page;
	uint64_t unresolved = 0;

	if (!prepare())
		return;
	live_comm("place", comm);
	start(&exporter, NULL);
	for (size_t i = 0; i < PLACES; i++) {
		describe(&places[i], i, &containers[i]);
		make_link(&places[i], &containers[i]);
		run_container(comm, &containers[i]);
		unresolved += places[i].unnamed;
	}
	page = live_page(&exporter);
	for (size_t i = 0; i < PLACES; i++)
		assert_attempts(page, comm, &places[i], &containers[i], places[i].pod);
	ck_assert_uint_eq(page_sum(page, ATTEMPTS, comm, NULL), PLACES);
	ck_assert_uint_eq(exporter_value(page, UNRESOLVED), unresolved);
	free(page);
	live_stop(&exporter);
	cgroups_end();
}
END_TEST

/* A container, a service and a session. Filters keep out all but the session. */
START_TEST(filters_by_owner)
{
	static const char *const wanted[] = {"containerd, systemd", "a service", "a session"};
	struct container container;
	struct exporter exporter = {0};
	char comm[COMM_SIZE], *page;
	const struct place *place;

	if (!prepare())
		return;
	live_comm("filter", comm);
	live_start(&exporter, (const char *const[]){LABELS, logs_flag, "--unit.exclude=nginx.*",
						    "--namespace.exclude=sh?p", NULL});
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		for (place = places; strcmp(place->what, wanted[i]) != 0;)
			place++;
		describe(place, 500 + i, &container);
		make_link(place, &container);
		run_container(comm, &container);
	}
	page = live_page(&exporter);
	assert_attempts(page, comm, place, &container, "");
	ck_assert_uint_eq(page_sum(page, ATTEMPTS, comm, NULL), 1);
	ck_assert_uint_eq(page_sum(page, "socket_bind_exporter_filtered_attempts_total", "auto",
				   "\"inet\"", NULL),
			  2);
	free(page);
	live_stop(&exporter);
	cgroups_end();
}
END_TEST

/*
 * The kubelet creates the link after the container has started; there is no row until then. With
 * the first link, it creates the directory.
 */
START_TEST(link_comes_later)
{
	struct exporter exporter = {0};
	struct container container;
	char comm[COMM_SIZE], *page;

	if (!prepare())
		return;
	live_comm("later", comm);
	describe(&places[0], 100, &container);
	ck_assert(rmdir(links) == 0);
	start(&exporter, NULL);
	run_container(comm, &container);
	for (int i = 0; i < 5; i++, sleep_ms(200)) {
		page = live_page(&exporter);
		ck_assert_msg(!strstr(page, comm), "published without its name");
		free(page);
	}
	ck_assert(mkdir(links, 0755) == 0);
	make_link(&places[0], &container);
	page = live_page(&exporter);
	assert_attempts(page, comm, &places[0], &container, places[0].pod);
	free(page);
	live_stop(&exporter);
	cgroups_end();
}
END_TEST

static const struct place unnamed = {
	"a container without a link in time",
	"kubepods/burstable/pod#/*",
	"",
	"",
	NULL,
	"",
	false,
	true,
};

/* A row keeps the labels that it was published with. */
START_TEST(link_comes_too_late)
{
	struct exporter exporter = {0};
	struct container container;
	char comm[COMM_SIZE], *page;

	if (!prepare())
		return;
	live_comm("late", comm);
	describe(&places[2], 200, &container);
	start(&exporter, NULL);
	run_container(comm, &container);
	free(live_page(&exporter));
	sleep_ms(WAIT_MS + 1000);
	for (int i = 0; i < 2; i++) {
		page = live_page(&exporter);
		assert_attempts(page, comm, &unnamed, &container, container.uid);
		ck_assert_uint_eq(page_sum(page, ATTEMPTS, comm, NULL), 1);
		ck_assert_uint_eq(exporter_value(page, UNRESOLVED), 1);
		free(page);
		if (i == 0)
			make_link(&places[2], &container);
	}
	live_stop(&exporter);
	cgroups_end();
}
END_TEST

/*
 * Resumed counters keep their labels although container and link are gone, in the same maps and
 * carried over to others.
 */
START_TEST(names_survive_a_restart)
{
	const char *const flags[] = {LABELS, logs_flag, pin_flag,
				     _i ? "--metrics.last-attempt" : NULL, NULL};
	struct exporter exporter = {0};
	struct container container;
	char comm[COMM_SIZE], *page;

	if (!pin_place_prepare() || !prepare())
		return;
	live_comm("pinned", comm);
	describe(&places[0], 300, &container);
	make_link(&places[0], &container);
	start(&exporter, pin_flag);
	run_container(comm, &container);
	free(live_page(&exporter));
	exporter_stop(&exporter, SIGKILL, NULL);
	ck_assert_int_eq(unlink(container.link), 0);
	live_start(&exporter, flags);
	page = live_page(&exporter);
	assert_attempts(page, comm, &places[0], &container, places[0].pod);
	free(page);
	live_stop(&exporter);
	cgroups_end();
}
END_TEST

/* The container bound while no exporter was running, and would have had its link long ago. */
START_TEST(nobody_waits_for_the_past)
{
	struct exporter exporter = {0};
	struct container container;
	char comm[COMM_SIZE], *page;

	if (!pin_place_prepare() || !prepare())
		return;
	live_comm("past", comm);
	describe(&unnamed, 400, &container);
	start(&exporter, pin_flag);
	run_container(comm, &container);
	exporter_stop(&exporter, SIGKILL, NULL);
	sleep_ms(WAIT_MS);
	start(&exporter, pin_flag);
	page = live_page(&exporter);
	assert_attempts(page, comm, &unnamed, &container, container.uid);
	free(page);
	live_stop(&exporter);
	cgroups_end();
}
END_TEST

#define SESSIONS 320 /* the smallest half has 512 entries, 256 of them for such names */
#define WAVE     40
#define FULL     192 /* at this many, the half is flipped, but at most once in ten seconds */
#define FOLD     "--metrics.unit-fold=session-*.scope"
#define ENTRIES  "socket_bind_exporter_map_entries{map=\"table\"}"

/* The page when the half in use has room for another wave, and for other processes. */
static char *page_with_room(const struct exporter *exporter)
{
	char *page = live_page(exporter);

	for (int tries = 0; tries < 300 && exporter_value(page, ENTRIES) >= FULL; tries++) {
		free(page);
		sleep_ms(100);
		page = live_page(exporter);
	}
	return page;
}

/*
 * One login after the other, more than the table has entries: entries become free early. An attempt
 * without an entry would be in "(other)", and one that is not folded would have a row of its own.
 */
START_TEST(sessions_without_end_are_one_row)
{
	const char *const flags[] = {LABELS, logs_flag, FOLD, "--metrics.max-series=256", NULL};
	struct exporter exporter = {0};
	char comm[COMM_SIZE], *page;
	struct container session;

	if (!prepare())
		return;
	live_comm("login", comm);
	live_start(&exporter, flags);
	for (int i = 1; i <= SESSIONS; i++) {
		snprintf(session.path, PATH_SIZE, "user.slice/user-1000.slice/session-%d.scope", i);
		run_container(comm, &session);
		if (i % WAVE)
			continue;
		page = page_with_room(&exporter);
		ck_assert_uint_lt(exporter_value(page, ENTRIES), FULL);
		ck_assert_uint_eq(page_sum(page, ATTEMPTS, comm, NULL), i);
		ck_assert_uint_eq(page_count(page, ATTEMPTS, comm, NULL), 1);
		ck_assert_uint_eq(
			page_count(page, ATTEMPTS, comm, "unit=\"session-*.scope\"", NULL), 1);
		free(page);
	}
	live_stop(&exporter);
	cgroups_end();
}
END_TEST

START_TEST(refused_on_version_1)
{
	struct exporter_setup setup = {
		.flags = (const char *const[]){live.attach_flag, LABELS, NULL},
		.prepare = sandbox_hide_cgroup2,
	};
	char *log = live_refused(&setup);

	ck_assert_msg(log_lines(log, "need cgroup version 2", "cure=", NULL) == 1, "%s", log);
	free(log);
}
END_TEST

TCase *owner_tests(void)
{
	TCase *tcase = live_tcase("owners", 60);

	tcase_add_test(tcase, every_runtime);
	tcase_add_test(tcase, filters_by_owner);
	tcase_add_test(tcase, link_comes_later);
	tcase_add_test(tcase, link_comes_too_late);
	tcase_add_loop_test(tcase, names_survive_a_restart, 0, 2);
	tcase_add_test(tcase, nobody_waits_for_the_past);
	tcase_add_test(tcase, sessions_without_end_are_one_row);
	tcase_add_test(tcase, refused_on_version_1);
	return tcase;
}
