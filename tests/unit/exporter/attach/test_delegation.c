// SPDX-License-Identifier: Apache-2.0
/* The mounts are copied from a machine with systemd 262 and Linux 7.2. */
#include "exporter/attach/delegation.h"

#include <stdlib.h>
#include <string.h>

#include "exporter/attach/explain.h"
#include "tests/unit/suite.h"

#define NODE \
	"68 64 0:30 / /sys/fs/bpf rw,nosuid,nodev,noexec,relatime shared:36 master:7 - bpf bpf rw,mode=700\n"
#define UNIT "107 68 0:39 / /sys/fs/bpf rw,nosuid,relatime shared:37 - bpf none rw,gid=62122"
#define LISTS                                                               \
	"cmds=map_create:prog_load:btf_load,maps=array:array_of_maps,"      \
	"progs=socket_filter:tracing:lsm,attachs=cgroup_inet_ingress:trace" \
	"_fexit:lsm_mac"
#define OPTIONS                                                             \
	",delegate_cmds=map_create:prog_load:btf_load,delegate_maps=array:" \
	"array_of_maps,delegate_progs=socket_filter:tracing:lsm,delegate_"  \
	"attachs=cgroup_inet_ingress:trace_fexit:lsm_mac"

static const struct {
	const char *mountinfo, *path, *lists;
} mounts[] = {
	{NODE UNIT OPTIONS "\n", "/sys/fs/bpf", LISTS},
	{NODE UNIT OPTIONS, "/sys/fs/bpf", LISTS}, /* without the last newline */
	{NODE, "/sys/fs/bpf", ""},
	{NODE UNIT "\n", "/sys/fs/bpf", ""},
	{NODE UNIT ",delegate_cmds=any\n", "/sys/fs/bpf", "cmds=any"},
	/* The last one covers the others. */
	{UNIT OPTIONS "\n" NODE, "/sys/fs/bpf", ""},
	{NODE UNIT OPTIONS "\n", "/run/bpf", ""},
	{NODE "1 2 0:3 / /run/bpf rw - bpf none rw,delegate_maps=array\n", "/run/bpf",
	 "maps=array"},
	{"", "/sys/fs/bpf", ""},
	{"\n1\n1 2 3 4\n1 2 3 4 /sys/fs/bpf\n1 2 3 4 /sys/fs/bpf - bpf\n", "/sys/fs/bpf", ""},
};

static void read_from(const char *mountinfo, struct delegation *delegation)
{
	/* fmemopen() refuses a length of 0. */
	FILE *file = fmemopen((char *)mountinfo, strlen(mountinfo) + !*mountinfo, "r");

	ck_assert_ptr_nonnull(file);
	delegation_read(file, delegation);
	fclose(file);
}

START_TEST(finds_what_is_delegated)
{
	struct delegation delegation = {.path = mounts[_i].path, .lists = "not filled in"};

	read_from(mounts[_i].mountinfo, &delegation);
	ck_assert_str_eq(delegation.lists, mounts[_i].lists);
}
END_TEST

START_TEST(cuts_what_is_longer)
{
	struct delegation delegation = {.path = "/sys/fs/bpf"};
	char line[4096] = UNIT;

	while (strlen(line) < 3000)
		strcat(line, OPTIONS);
	read_from(line, &delegation);
	ck_assert_uint_eq(strlen(delegation.lists), sizeof(delegation.lists) - 1);
	ck_assert_int_eq(strncmp(delegation.lists, LISTS, strlen(LISTS)), 0);
}
END_TEST

static const struct {
	enum bind_mode mode;
	bool kernel_has_tokens;
	unsigned int major, minor;
	const char *lists, *reason, *cure;
} refusals[] = {
	{BIND_MODE_KPROBE, true, 1, 7, LISTS, "perf_event_open(2)", "--bpf.attach=lsm or fentry"},
	{BIND_MODE_TRACEPOINT, false, 1, 1, "", "perf_event_open(2)", "--bpf.attach=lsm or fentry"},
	{BIND_MODE_LSM, false, 1, 7, "", "which this kernel does not support",
	 "Linux 6.9 or newer"},
	{BIND_MODE_LSM, false, 1, 1, "", "which this kernel does not support",
	 "Linux 6.9 or newer"},
	{BIND_MODE_LSM, true, 1, 4, LISTS, "libbpf 1.4 does not support", "libbpf 1.5 or newer"},
	{BIND_MODE_LSM, true, 0, 9, LISTS, "libbpf 0.9 does not support", "libbpf 1.5 or newer"},
	{BIND_MODE_LSM, true, 1, 5, "", "nothing is delegated at /sys/fs/bpf", "systemd 258"},
	{BIND_MODE_LSM, true, 2, 0, "", "nothing is delegated at /sys/fs/bpf", "systemd 258"},
	{BIND_MODE_FENTRY, true, 1, 5, LISTS, "forbidden by the delegation at /sys/fs/bpf: " LISTS,
	 "delegated.conf lists"},
};

/* Each reason has its cure, and neither is cut. */
START_TEST(explains_each_refusal)
{
	struct delegation delegation = {
		.kernel_has_tokens = refusals[_i].kernel_has_tokens,
		.libbpf_major = refusals[_i].major,
		.libbpf_minor = refusals[_i].minor,
		.path = "/sys/fs/bpf",
	};
	struct diagnosis diagnosis;

	snprintf(delegation.lists, sizeof(delegation.lists), "%s", refusals[_i].lists);
	delegation_explain(&delegation, refusals[_i].mode, "loading the fentry program",
			   &diagnosis);
	ck_assert_msg(strstr(diagnosis.reason, refusals[_i].reason), "%s", diagnosis.reason);
	ck_assert_msg(strstr(diagnosis.cure, refusals[_i].cure), "%s", diagnosis.cure);
	ck_assert_msg(strstr(diagnosis.cure, "without delegated.conf)"), "%s", diagnosis.cure);
	ck_assert_uint_lt(strlen(diagnosis.reason), sizeof(diagnosis.reason) - 1);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{finds_what_is_delegated, ARRAY_SIZE(mounts)},
		{cuts_what_is_longer, 0},
		{explains_each_refusal, ARRAY_SIZE(refusals)},
	};

	return run_suite("delegation", tests, ARRAY_SIZE(tests));
}
