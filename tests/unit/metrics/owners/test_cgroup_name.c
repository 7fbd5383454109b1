// SPDX-License-Identifier: Apache-2.0
/* Single names of cgroups. Whole paths, with all runtimes, are in test_cgroup_path. */
#include "metrics/owners/cgroup_name.h"

#include <string.h>

#include "tests/unit/suite.h"

#define ID   "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define UID  "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
#define UID_ "0f1e2d3c_4b5a_6978_8796_a5b4c3d2e1f0"
#define TASK "00112233445566778899aabbccddeeff" /* of ECS; static pods have such UIDs */

static const struct {
	const char *name;
	bool below_kubepods;
	enum pod_name pod;
	const char *uid;
} pods[] = {
	{"kubepods-pod" UID_ ".slice", false, POD, UID},
	{"kubepods-besteffort-pod" TASK ".slice", false, POD, TASK},
	{"kubepods-pod" UID ".slice", false, POD_OF_ODD_UID, NULL},
	{"kubepods-podown.slice", false, POD_OF_ODD_UID, NULL},
	{"other-pod" UID_ ".slice", true, NO_POD, NULL},
	{"pod" UID, true, POD, UID},
	{"pod" UID, false, NO_POD, NULL},
	{"pod" UID_, true, POD_OF_ODD_UID, NULL},
	{"kubepods", true, NO_POD, NULL},
};

START_TEST(pods_have_uids)
{
	char uid[POD_UID_MAX] = "untouched";

	ck_assert_int_eq(cgroup_name_pod(pods[_i].name, pods[_i].below_kubepods, uid),
			 pods[_i].pod);
	ck_assert_str_eq(uid, pods[_i].uid ? pods[_i].uid : "untouched");
}
END_TEST

static const struct {
	const char *parent, *name, *id; /* id: NULL: it is not a container */
} containers[] = {
	{"", "cri-containerd-" ID ".scope", ID},
	{"", "docker-" ID, ID},
	{"", ID, ID},
	{"libpod_parent", ID, NULL},
	{"libpod_parent", "libpod-" ID, ID},
	{"", "own-" ID, NULL},
	{"", "docker-.scope", NULL},
	{TASK, TASK "-12", TASK "-12"},
	{TASK, TASK "-", NULL},
	{TASK, TASK "-1a", NULL},
	{"ecs", TASK "-12", NULL},
};

START_TEST(containers_have_ids)
{
	char id[OWNER_CONTAINER_MAX];

	ck_assert_int_eq(cgroup_name_container(containers[_i].parent, containers[_i].name, id),
			 containers[_i].id != NULL);
	if (containers[_i].id)
		ck_assert_str_eq(id, containers[_i].id);
}
END_TEST

START_TEST(requests_have_three_parts)
{
	char slice[CGROUP_NAME_MAX];
	const char *id = cgroup_name_request("system.slice:docker:" ID, slice);

	ck_assert_ptr_nonnull(id);
	ck_assert_str_eq(id, ID);
	ck_assert_str_eq(slice, "system.slice");
	ck_assert_ptr_null(cgroup_name_request("system.slice:docker", slice));
	ck_assert_ptr_null(cgroup_name_request("system:docker:" ID, slice));
	ck_assert_ptr_null(cgroup_name_request("dbus-:1.2-org.bus:0.service", slice));
}
END_TEST

START_TEST(kinds_follow_from_names)
{
	ck_assert(cgroup_name_is_unit("ssh.service"));
	ck_assert(cgroup_name_is_unit("session-3.scope"));
	ck_assert(!cgroup_name_is_unit(".service"));
	ck_assert(!cgroup_name_is_unit("system.slice"));
	ck_assert(cgroup_name_is_slice("system.slice"));
	ck_assert(cgroup_name_is_engine("k3s.service"));
	ck_assert(!cgroup_name_is_engine("k3s.service.d"));
	ck_assert(cgroup_name_is_unknown_scope("own-" ID ".scope"));
	ck_assert(!cgroup_name_is_unknown_scope("own-1.scope"));
	ck_assert(cgroup_name_is_of_host("", "crio-conmon-" ID ".scope"));
	ck_assert(cgroup_name_is_of_host("libpod_parent", ID));
	ck_assert(!cgroup_name_is_of_host("", ID));
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{pods_have_uids, ARRAY_SIZE(pods)},
		{containers_have_ids, ARRAY_SIZE(containers)},
		{requests_have_three_parts, 0},
		{kinds_follow_from_names, 0},
	};

	return run_suite("cgroup_name", tests, ARRAY_SIZE(tests));
}
