// SPDX-License-Identifier: Apache-2.0
#include "metrics/owners/cgroup_path.h"

#include <string.h>

#include "tests/lib/origin.h"
#include "tests/unit/suite.h"

#define ID_A "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ID_B "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"

#define UID        "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
#define UID_       "0f1e2d3c_4b5a_6978_8796_a5b4c3d2e1f0"
#define UID_STATIC "00112233445566778899aabbccddeeff"
#define STEP       "0a1b2c3d4e5f6g7h8i9j0k1l2"

#define BURSTABLE "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" UID_ ".slice"
#define USER      "/user.slice/user-1000.slice/user@1000.service"
#define KIND      "/docker/" ID_B "/kubelet.slice/kubelet-kubepods.slice"

#define TEN     "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define DEEP    "/1/2/3/4/5/6/7/8/9/10/11/12"
#define LONG    "/" HUNDRED "/" HUNDRED "/" HUNDRED "/" HUNDRED "/" HUNDRED
#define LONGEST "/" HUNDRED HUNDRED TEN TEN TEN TEN TEN "-"
#define IN_POD  BURSTABLE "/cri-containerd-" ID_A ".scope"

/* The user of a unit has named the cgroup that binds, and as many above it as necessary. */
#define SIXTY TEN TEN TEN TEN TEN TEN
#define DELEGATED                                                               \
	"/system.slice/system-" SIXTY ".slice/" SIXTY "@" HUNDRED SIXTY TEN TEN \
	".service/" HUNDRED HUNDRED

struct told {
	const char *path, *container, *pod_uid, *unit;
};

static const struct told cases[] = {
	/* Kubernetes, systemd driver. */
	{BURSTABLE "/cri-containerd-" ID_A ".scope", ID_A, UID, ""},
	{BURSTABLE "/crio-" ID_A ".scope", ID_A, UID, ""},
	{BURSTABLE "/crio-" ID_A ".scope/container", ID_A, UID, ""},
	{BURSTABLE "/docker-" ID_A ".scope", ID_A, UID, ""},
	{BURSTABLE "/crio-conmon-" ID_A ".scope", "", UID, ""},
	{BURSTABLE, "", UID, ""},
	{"/kubepods.slice/kubepods-pod" UID_ ".slice/cri-containerd-" ID_A ".scope", ID_A, UID, ""},
	{"/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod" UID_STATIC
	 ".slice/cri-containerd-" ID_A ".scope",
	 ID_A, UID_STATIC, ""},
	{"/own.slice/own-kubepods.slice/own-kubepods-pod" UID_ ".slice/crio-" ID_A ".scope", ID_A,
	 UID, ""},
	/* Kubernetes, cgroupfs driver. */
	{"/kubepods/burstable/pod" UID "/" ID_A, ID_A, UID, ""},
	{"/kubepods/pod" UID "/" ID_A, ID_A, UID, ""},
	{"/kubepods/besteffort/pod" UID_STATIC "/" ID_A, ID_A, UID_STATIC, ""},
	{"/kubepods/besteffort/pod" UID "/crio-" ID_A, ID_A, UID, ""},
	{"/kubepods/besteffort/pod" UID "/crio-conmon-" ID_A, "", UID, ""},
	/* The systemd driver with a runtime that was configured without systemd. */
	{"/system.slice/kubepods-burstable-pod" UID_ ".slice:cri-containerd:" ID_A, ID_A, UID, ""},
	{"/system.slice/containerd.service/kubepods-pod" UID_ ".slice:cri-containerd:" ID_A, ID_A,
	 UID, ""},
	{"/kubepods-besteffort-pod" UID_STATIC ".slice:cri-containerd:" ID_A, ID_A, UID_STATIC, ""},
	{"/system.slice/k3s.service/kubepods-pod" UID_ ".slice:cri-containerd:" ID_A "/own/x", ID_A,
	 UID, ""},
	/* A systemd, or anything else, inside the container. */
	{BURSTABLE "/cri-containerd-" ID_A ".scope/system.slice/nginx.service", ID_A, UID, ""},
	{BURSTABLE "/cri-containerd-" ID_A ".scope/docker/" ID_B, ID_A, UID, ""},
	{BURSTABLE "/cri-containerd-" ID_A ".scope/kubepods/pod" UID_STATIC "/" ID_B, ID_A, UID,
	 ""},
	{"/docker/" ID_A "/system.slice/nginx.service", ID_A, "", ""},
	{"/docker/" ID_A "/docker/" ID_B, ID_A, "", ""},
	/* A node that is a container: its pods are pods. */
	{KIND "/kubelet-kubepods-burstable.slice/kubelet-kubepods-burstable-pod" UID_
	      ".slice/cri-containerd-" ID_A ".scope",
	 ID_A, UID, ""},
	{"/system.slice/docker-" ID_B ".scope/kubelet/kubepods/pod" UID "/" ID_A, ID_A, UID, ""},
	{"/docker/" ID_B "/kubelet.slice/kubelet.service", ID_B, "", ""},
	/* Docker, Podman, nerdctl. */
	{"/system.slice/docker-" ID_A ".scope", ID_A, "", ""},
	{"/docker/" ID_A, ID_A, "", ""},
	{"/own.slice/docker/" ID_A, ID_A, "", ""},
	{"/system.slice/nerdctl-" ID_A ".scope", ID_A, "", ""},
	{"/default/" ID_A, ID_A, "", ""},
	{"/k8s.io/" ID_A, ID_A, "", ""},
	{"/machine.slice/libpod-" ID_A ".scope", ID_A, "", ""},
	{"/machine.slice/libpod-" ID_A ".scope/container", ID_A, "", ""},
	{"/machine.slice/libpod-conmon-" ID_A ".scope", "", "", "libpod-conmon-" ID_A ".scope"},
	{"/libpod_parent/libpod-" ID_A, ID_A, "", ""},
	{"/system.slice/web.service/libpod-payload-" ID_A, ID_A, "", "web.service"},
	{USER "/user.slice/libpod-" ID_A ".scope/container", ID_A, "", "user@1000.service"},
	{"/libpod_parent/" ID_B "/libpod-" ID_A, ID_A, "", ""},
	{"/libpod_parent/" ID_B "/conmon", "", "", ""},
	{"/libpod_parent/" ID_B, "", "", ""},
	{"/" ID_A, ID_A, "", ""},
	{"/a/b/" ID_A, ID_A, "", ""},
	{"/docker/buildx/" ID_A, ID_A, "", ""},
	{"/ecs/" UID "/" ID_A, ID_A, "", ""},
	{"/ecs/" UID_STATIC "/" UID_STATIC "-1234567890", UID_STATIC "-1234567890", "", ""},
	{"/system.slice/system.slice:docker:" STEP, STEP, "", ""},
	{"/system.slice/system.slice:docker:" ID_A, ID_A, "", ""},
	{"/system.slice/docker.service/system.slice:docker:" STEP, STEP, "", "docker.service"},
	/* LXC and Garden. Their containers have names. */
	{"/lxc.payload.box", "box", "", ""},
	{"/lxc.payload.box/system.slice/sshd.service", "box", "", ""},
	{"/lxc.payload/box", "box", "", ""},
	{"/lxc/101/ns/system.slice/sshd.service", "101", "", ""},
	{"/lxc.monitor.box", "", "", ""},
	{"/garden/" UID, UID, "", ""},
	/* Units. */
	{"/system.slice/nginx.service", "", "", "nginx.service"},
	{"/system.slice/system-getty.slice/getty@tty1.service", "", "", "getty@tty1.service"},
	{"/system.slice/docker.service", "", "", "docker.service"},
	{"/system.slice/_memory.service", "", "", "memory.service"},
	{"/system.slice/__own.service", "", "", "_own.service"},
	{"/system.slice/cups.socket", "", "", "cups.socket"},
	{"/system.slice/a.service/b.service", "", "", "a.service"},
	{"/user.slice/user-1000.slice/session-3.scope", "", "", "session-3.scope"},
	{USER "/app.slice/app-editor.service", "", "", "user@1000.service"},
	{"/init.scope", "", "", "init.scope"},
	{"/system.slice/bad\xff.service", "", "", "bad\xef\xbf\xbd.service"},
	{"/system.slice/bad\r.service", "", "", "bad\xef\xbf\xbd.service"},
	{"/system.slice/" HUNDRED TEN TEN "0.service", "", "", HUNDRED TEN TEN "\xe2\x80\xa6"},
	{"/", "", "", ""},
	{"/system.slice", "", "", ""},
	/* Names that users make below their own units are only names. */
	{USER "/kubepods.slice/kubepods-pod" UID_ ".slice/cri-containerd-" ID_A ".scope", ID_A, "",
	 "user@1000.service"},
	{USER "/kubepods/pod" UID "/" ID_A, ID_A, "", "user@1000.service"},
	{"/system.slice/own.service/kubepods/pod" UID "/crio-" ID_A, ID_A, "", "own.service"},
	{"/user.slice/session-3.scope/kubepods-pod" UID_ ".slice", "", "", "session-3.scope"},
	{USER "/kubepods-pod" UID_ ".slice:cri-containerd:" ID_A, ID_A, "", "user@1000.service"},
	{USER "/containerd.service/kubepods-pod" UID_ ".slice:cri-containerd:" ID_A, ID_A, "",
	 "user@1000.service"},
	{USER "/lxc.payload.box", "", "", "user@1000.service"},
	/* Names made by LXC's guests are not trusted either. */
	{"/lxc.payload.web/kubepods/pod" UID "/" ID_A, "web", "", ""},
	{"/lxc.payload.web" BURSTABLE "/cri-containerd-" ID_A ".scope", "web", "", ""},
	/* Names that only look like a container's. */
	{"/system.slice/docker-.scope", "", "", "docker-.scope"},
	{"/system.slice/dbus-:1.2-org.bus@0.service", "", "", "dbus-:1.2-org.bus@0.service"},
	{"/pod" UID "/" ID_A, ID_A, "", ""},
	{"/other.slice/other-pod" UID_ ".slice", "", "", ""},
	{"/openrc.sshd", "", "", ""},
	/* Users of units cannot make the exporter complain, either. */
	{USER "/x.slice:y:z", "", "", "user@1000.service"},
	{"/system.slice/own.service/a.slice:b:c", "", "", "own.service"},
	{"/docker/" ID_A "/kubepods/podown", ID_A, "", ""},
	/* Below the units of runtimes, names are root's. */
	{"/system.slice/k3s.service/kubepods/pod" UID "/" ID_A, ID_A, UID, ""},
	{"/system.slice/containerd.service/kubepods.slice/kubepods-pod" UID_
	 ".slice/cri-containerd-" ID_A ".scope",
	 ID_A, UID, ""},
	/* Names nearest to the root are kept. */
	{"/kubepods/pod" UID "/" ID_A DEEP, ID_A, UID, ""},
	/* A node of kind in a pod; rootless; a user's session in a pod's systemd. */
	{IN_POD "/container" KIND "/kubelet-kubepods-burstable.slice"
		"/kubelet-kubepods-burstable-pod" UID_STATIC ".slice/cri-containerd-" ID_B ".scope",
	 ID_A, UID, ""},
	{USER "/user.slice/libpod-" ID_A ".scope/container/kubelet.slice/kubelet-kubepods.slice"
	      "/kubelet-kubepods-burstable.slice/kubelet-kubepods-burstable-pod" UID_
	      ".slice/cri-containerd-" ID_B ".scope",
	 ID_A, "", "user@1000.service"},
	{IN_POD USER "/app.slice/app-editor.service", ID_A, UID, ""},
	{IN_POD LONG, ID_A, UID, ""},
	{IN_POD LONGEST LONGEST, ID_A, UID, ""},
	{"/system.slice/nginx.service" LONG "/docker-" ID_A ".scope", ID_A, "", "nginx.service"},
	{"/system.slice/nginx.service" LONG LONGEST, "", "", "nginx.service"},
};

/*
 * Below the root, in neither a unit nor a known container; or a container's name, except for its
 * id.
 */
static const struct told unnamed[] = {
	{"/init", "", "", ""},
	{"/.service", "", "", ""},
	{"/own/system.slice/sshd.service", "", "", ""},
	{"/default/box", "", "", ""},
	{"/libpod_parent/x", "", "", ""},
	{"/conmonster", "", "", ""},
	{"/kubepods/burstable", "", "", ""},
	{"/docker/0" ID_A, "", "", ""},
	{"/docker/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde", "", "", ""},
	{"/docker/"
	 "0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef",
	 "", "", ""},
	{"/docker/" ID_A ".scope", "", "", ""},
	{"/ecs/" UID_STATIC "/" UID_STATIC "-", "", "", ""},
	{"/ecs/" UID_STATIC "/" UID_STATIC "-12x", "", "", ""},
	{"/ecs/1/1-12", "", "", ""},
	{"/system.slice/system.slice:docker:" STEP "0", "", "", ""},
	{"/system.slice/containerd.service/system.slice:new:Box", "", "", "containerd.service"},
	{"/system.slice/new-" ID_A ".scope", "", "", "new-" ID_A ".scope"},
	{"/kubepods/pod" UID "/new-" ID_A, "", UID, ""},
	{BURSTABLE "/new-" ID_A ".scope", "", UID, ""},
	/* A static pod may have any UID. */
	{"/kubepods.slice/kubepods-podmy_own_uid.slice/cri-containerd-" ID_A ".scope", ID_A, "",
	 ""},
	{"/kubepods/podmy-own-uid/" ID_A, ID_A, "", ""},
	{"/kubepods/pod" UID_ "/" ID_A, ID_A, "", ""},
	{"/kubepods/pod" UID "0/" ID_A, ID_A, "", ""},
	{"/kubepods/pod", "", "", ""},
	{"/kubepods.slice/kubepods-pod.slice", "", "", ""},
	{"/kubepods.slice/kubepods-pod" UID ".slice", "", "", ""},
	/* The names that are left out may have contained the owner. */
	{"/own.slice" LONG "/docker-" ID_A ".scope", ID_A, "", ""},
	{DELEGATED "/kubepods-" SIXTY TEN "-pod" UID_ ".slice", "", "", ""},
	{LONG "/" TEN, "", "", ""},
	{"/own.slice" LONG "/nginx.service", "", "", ""},
	{BURSTABLE LONG "/" TEN, "", UID, ""},
};

static void assert_told(const struct told *told, bool lacks)
{
	struct bind_origin origin;
	struct cgroup_path path;

	origin_of(told->path, &origin);
	ck_assert_msg(cgroup_path_parse(&origin, &path), "%s: not parsed", told->path);
	ck_assert_msg(strcmp(path.container, told->container) == 0 &&
			      strcmp(path.pod_uid, told->pod_uid) == 0 &&
			      strcmp(path.unit, told->unit) == 0 && path.unnamed == lacks,
		      "%s: container \"%s\", pod \"%s\", unit \"%s\"%s", told->path, path.container,
		      path.pod_uid, path.unit, path.unnamed ? ", unnamed" : "");
}

START_TEST(tells)
{
	assert_told(&cases[_i], false);
}
END_TEST

START_TEST(does_not_tell_all)
{
	assert_told(&unnamed[_i], true);
}
END_TEST

/* Deeper than real nesting. */
START_TEST(too_many_names_tell_nothing)
{
	char text[512] = "/system.slice/nginx.service";
	struct bind_origin origin;
	struct cgroup_path path;

	while (strlen(text) < strlen("/system.slice/nginx.service") + 2 * (BIND_ORIGIN_LEVELS - 2))
		strcat(text, "/x");
	origin_of(text, &origin);
	ck_assert(cgroup_path_parse(&origin, &path));
	ck_assert_str_eq(path.unit, "nginx.service");
	strcat(text, "/x");
	origin_of(text, &origin);
	ck_assert(!cgroup_path_parse(&origin, &path));
}
END_TEST

static const enum bind_origin_state no_names[] = {
	BIND_ORIGIN_NONE,
	BIND_ORIGIN_CUT,
	BIND_ORIGIN_DECIDING,
	BIND_ORIGIN_DECIDED,
};

START_TEST(bytes_that_are_no_names)
{
	struct bind_origin origin;
	struct cgroup_path path;

	origin_of("/docker/" ID_A, &origin);
	origin.state = no_names[_i];
	ck_assert(!cgroup_path_parse(&origin, &path));
}
END_TEST

START_TEST(names_without_an_end)
{
	struct bind_origin origin = {.state = BIND_ORIGIN_COMPLETE};
	struct cgroup_path path;

	memset(origin.bytes, 'a', sizeof(origin.bytes));
	ck_assert(!cgroup_path_parse(&origin, &path));
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{tells, ARRAY_SIZE(cases)},       {does_not_tell_all, ARRAY_SIZE(unnamed)},
		{too_many_names_tell_nothing, 0}, {bytes_that_are_no_names, ARRAY_SIZE(no_names)},
		{names_without_an_end, 0},
	};

	return run_suite("cgroup_path", tests, ARRAY_SIZE(tests));
}
