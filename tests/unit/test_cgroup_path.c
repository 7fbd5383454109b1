// SPDX-License-Identifier: Apache-2.0
#include "cgroup_path.h"

#include <string.h>

#include "../support/origin.h"
#include "suite.h"

#define ID_A "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ID_B "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"

#define UID        "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
#define UID_       "0f1e2d3c_4b5a_6978_8796_a5b4c3d2e1f0"
#define UID_STATIC "00112233445566778899aabbccddeeff"

#define BURSTABLE "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" UID_ ".slice"
#define USER      "/user.slice/user-1000.slice/user@1000.service"
#define KIND      "/docker/" ID_B "/kubelet.slice/kubelet-kubepods.slice"

#define TEN     "0123456789"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static const struct {
	const char *path, *container, *pod_uid, *unit;
} cases[] = {
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
	/* A systemd, or anything, inside the container. */
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
	{"/system.slice/" HUNDRED TEN TEN "0.service", "", "", HUNDRED TEN TEN "\xe2\x80\xa6"},
	{"/", "", "", ""},
	{"/init", "", "", ""},
	{"/system.slice", "", "", ""},
	{"/.service", "", "", ""},
	/* Names that users of their own units make are names only. */
	{USER "/kubepods.slice/kubepods-pod" UID_ ".slice/cri-containerd-" ID_A ".scope", ID_A, "",
	 "user@1000.service"},
	{USER "/kubepods/pod" UID "/" ID_A, "", "", "user@1000.service"},
	{"/system.slice/own.service/kubepods/pod" UID "/crio-" ID_A, ID_A, "", "own.service"},
	{"/user.slice/session-3.scope/kubepods-pod" UID_ ".slice", "", "", "session-3.scope"},
	/* Nor are those of LXC's guests believed. */
	{"/lxc.payload.web/system.slice/sshd.service", "", "", ""},
	{"/lxc/101/ns/system.slice/sshd.service", "", "", ""},
	{"/lxc.payload.web/kubepods/pod" UID "/" ID_A, "", "", ""},
	{"/lxc.payload.web" BURSTABLE "/cri-containerd-" ID_A ".scope", ID_A, "", ""},
	{"/own/system.slice/sshd.service", "", "", ""},
	/* What only looks like it. */
	{"/" ID_A, "", "", ""},
	{"/a/b/" ID_A, "", "", ""},
	{"/docker/0" ID_A, "", "", ""},
	{"/docker/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde", "", "", ""},
	{"/docker/"
	 "0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef",
	 "", "", ""},
	{"/docker/" ID_A ".scope", "", "", ""},
	{"/system.slice/docker-.scope", "", "", "docker-.scope"},
	{"/pod" UID "/" ID_A, ID_A, "", ""},
	{"/kubepods/pod" UID_ "/" ID_A, "", "", ""},
	{"/kubepods/pod" UID "0/" ID_A, "", "", ""},
	{"/kubepods/pod", "", "", ""},
	{"/kubepods.slice/kubepods-pod.slice", "", "", ""},
	{"/kubepods.slice/kubepods-pod" UID ".slice", "", "", ""},
	{"/other.slice/other-pod" UID_ ".slice", "", "", ""},
};

START_TEST(tells)
{
	struct bind_origin origin;
	struct cgroup_path path;

	origin_of(cases[_i].path, &origin);
	ck_assert_msg(cgroup_path_parse(&origin, &path), "%s: not parsed", cases[_i].path);
	ck_assert_msg(strcmp(path.container, cases[_i].container) == 0 &&
			      strcmp(path.pod_uid, cases[_i].pod_uid) == 0 &&
			      strcmp(path.unit, cases[_i].unit) == 0,
		      "%s: container \"%s\", pod \"%s\", unit \"%s\"", cases[_i].path,
		      path.container, path.pod_uid, path.unit);
}
END_TEST

static const char *const cut[] = {
	"/kubepods/pod" UID "/" ID_A "/1/2/3/4/5/6/7",
	"/" HUNDRED "/" HUNDRED "/" HUNDRED "/" HUNDRED "/" HUNDRED "/" TEN,
};

/* Whoever may nest could else hide under whose unit he is. */
START_TEST(a_cut_path_tells_nothing)
{
	struct bind_origin origin;
	struct cgroup_path path;

	origin_of(cut[_i], &origin);
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
		{tells, ARRAY_SIZE(cases)},
		{a_cut_path_tells_nothing, ARRAY_SIZE(cut)},
		{bytes_that_are_no_names, ARRAY_SIZE(no_names)},
		{names_without_an_end, 0},
	};

	return run_suite("cgroup_path", tests, ARRAY_SIZE(tests));
}
