// SPDX-License-Identifier: Apache-2.0
/* The answers of the machine are fakes, which are defined here. */
#include "exporter/source/preflight.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "bpf/abi/bind_abi.h"
#include "common/diagnosis.h"
#include "exporter/attach/btf_check.h"
#include "exporter/attach/config.h"
#include "exporter/attach/machine.h"
#include "exporter/pins/resume.h"
#include "tests/unit/exporter/fake_access.h"
#include "tests/unit/suite.h"

#define CAP(name)     (1ULL << CAP_##name)
#define KPROBE_DEVICE "/sys/bus/event_source/devices/kprobe"
#define BTF_FILE      "/vmlinux.btf"

struct machine {
	uint64_t capabilities;
	bool user_namespace, cgroups_1;
	int resume_error, btf_error;
	const char *missing; /* a file; NULL: none is */
	unsigned int major, minor;
};

static struct machine machine;
static int resumes; /* begun, and not ended */

bool machine_has_capability(unsigned int capability)
{
	return machine.capabilities >> capability & 1;
}

bool machine_in_user_namespace(void)
{
	return machine.user_namespace;
}

bool machine_has_unified_cgroups(void)
{
	return !machine.cgroups_1;
}

bool kernel_older_than(unsigned int major, unsigned int minor)
{
	return machine.major < major || (machine.major == major && machine.minor < minor);
}

int __wrap_access(const char *path, int mode)
{
	return fake_access(path, mode, machine.missing);
}

static int answer(int error, const char *reason, struct diagnosis *diagnosis)
{
	if (error)
		diagnosis_reason(diagnosis, "%s", reason);
	return error;
}

/* The same for all: only its address matters. */
static struct resume *const pinned = (struct resume *)&resumes;

int resume_begin(const struct pins *pins, struct resume **ret_resume,
		 struct diagnosis *ret_diagnosis)
{
	ck_assert_ptr_nonnull(pins);
	if (!machine.resume_error) {
		*ret_resume = pinned;
		resumes++;
	}
	return answer(machine.resume_error, "fake: pins", ret_diagnosis);
}

void resume_end(struct resume *resume)
{
	resumes -= resume != NULL;
}

int btf_check(const char *path, struct diagnosis *ret_diagnosis)
{
	ck_assert_str_eq(path, BTF_FILE);
	return answer(machine.btf_error, "fake: no BTF", ret_diagnosis);
}

static struct bind_source_config config_of(uint32_t labels, bool pins)
{
	return (struct bind_source_config){
		.btf_path = BTF_FILE,
		.labels = labels,
		.pins = pins ? (const struct pins *)&resumes : NULL,
	};
}

#define ROOT UINT64_MAX

/* In the order of the checks: a row that fails several is refused for the first of them. */
static const struct {
	struct machine machine;
	uint32_t labels;
	bool pins;
	int error;
	const char *reason, *cure; /* parts of them */
} machines[] = {
	{{.capabilities = ROOT}, BIND_LABELS_OWNER, true, 0, NULL, NULL},
	{{.capabilities = ROOT}, 0, false, 0, NULL, NULL},
	{{.capabilities = CAP(SYS_ADMIN)}, 0, false, 0, NULL, NULL},
	{{.capabilities = CAP(BPF) | CAP(PERFMON)}, 0, false, 0, NULL, NULL},
	/* What nothing depends on. */
	{{.capabilities = ROOT, .user_namespace = true, .cgroups_1 = true, .resume_error = -EIO},
	 BIND_LABEL_PORT,
	 false,
	 0,
	 NULL,
	 NULL},
	{{.capabilities = ~(CAP(BPF) | CAP(PERFMON) | CAP(SYS_ADMIN)), .cgroups_1 = true},
	 BIND_LABELS_OWNER,
	 true,
	 -EPERM,
	 "the process lacks CAP_BPF and CAP_PERFMON",
	 "run it as root"},
	{{.capabilities = CAP(BPF), .btf_error = -ENOENT},
	 0,
	 false,
	 -EPERM,
	 "the process lacks CAP_PERFMON",
	 "AmbientCapabilities="},
	{{.capabilities = CAP(PERFMON)},
	 0,
	 false,
	 -EPERM,
	 "the process lacks CAP_BPF",
	 "securityContext.capabilities.add"},
	{{.capabilities = ROOT, .cgroups_1 = true, .user_namespace = true},
	 BIND_LABELS_OWNER,
	 true,
	 -EOPNOTSUPP,
	 "need cgroup version 2",
	 "systemd.unified_cgroup_hierarchy=1"},
	{{.capabilities = ROOT, .user_namespace = true, .resume_error = -EIO},
	 0,
	 true,
	 -EPERM,
	 "cannot be pinned from a user namespace",
	 "leave out --bpf.pin-path"},
	{{.capabilities = ROOT, .resume_error = -EPROTO, .btf_error = -ENOENT},
	 0,
	 true,
	 -EPROTO,
	 "fake: pins",
	 ""},
	{{.capabilities = ROOT, .btf_error = -ENOENT}, 0, true, -ENOENT, "fake: no BTF", ""},
	{{.capabilities = ROOT, .btf_error = -ENOENT}, 0, false, -ENOENT, "fake: no BTF", ""},
};

START_TEST(checks_what_every_mode_requires)
{
	const struct bind_source_config config = config_of(machines[_i].labels, machines[_i].pins);
	struct diagnosis diagnosis = {"", ""};
	struct resume *resume = NULL;

	machine = machines[_i].machine;
	ck_assert_int_eq(preflight(&config, &resume, &diagnosis), machines[_i].error);
	if (machines[_i].error) {
		ck_assert_ptr_null(resume);
		ck_assert_ptr_nonnull(strstr(diagnosis.reason, machines[_i].reason));
		ck_assert_ptr_nonnull(strstr(diagnosis.cure, machines[_i].cure));
		ck_assert_int_eq(resumes, 0);
	} else {
		ck_assert_ptr_eq(resume, machines[_i].pins ? pinned : NULL);
		ck_assert_int_eq(resumes, machines[_i].pins);
	}
}
END_TEST

static const struct {
	enum bind_mode mode;
	struct machine machine;
	bool own_btf, pins;
	int error;
	const char *reason, *cure;
} modes[] = {
	{BIND_MODE_LSM, {.major = 5, .minor = 8}, true, true, 0, NULL, NULL},
	{BIND_MODE_KPROBE, {.major = 5, .minor = 15}, false, true, 0, NULL, NULL},
	{BIND_MODE_FENTRY, {.major = 5, .minor = 8}, false, true, 0, NULL, NULL},
	{BIND_MODE_TRACEPOINT, {.major = 6}, false, true, 0, NULL, NULL},
	{BIND_MODE_KPROBE, {.major = 5, .minor = 14}, false, false, 0, NULL, NULL},
	{BIND_MODE_KPROBE,
	 {.missing = KPROBE_DEVICE},
	 true,
	 true,
	 -ENOENT,
	 "the kernel has no kprobes",
	 "CONFIG_KPROBE_EVENTS=y"},
	{BIND_MODE_TRACEPOINT, {.missing = KPROBE_DEVICE}, true, false, 0, NULL, NULL},
	/* A mode that attaches by the kernel's BTF; the others need only what is in the file. */
	{BIND_MODE_LSM,
	 {.missing = KERNEL_BTF},
	 false,
	 false,
	 -ENOENT,
	 "lsm needs the kernel's own BTF",
	 "CONFIG_DEBUG_INFO_BTF=y"},
	{BIND_MODE_FENTRY,
	 {.missing = KERNEL_BTF},
	 false,
	 false,
	 -ENOENT,
	 "fentry needs the kernel's own BTF",
	 "CONFIG_DEBUG_INFO_BTF=y"},
	{BIND_MODE_KPROBE, {.missing = KERNEL_BTF}, false, false, 0, NULL, NULL},
	/* Without a file, btf_check() has found BTF elsewhere. */
	{BIND_MODE_LSM, {.missing = KERNEL_BTF}, true, false, 0, NULL, NULL},
	{BIND_MODE_KPROBE,
	 {.major = 5, .minor = 14},
	 true,
	 true,
	 -EOPNOTSUPP,
	 "cannot pin the link of a kprobe (Linux 5.15 or newer can)",
	 "leave out --bpf.pin-path"},
	{BIND_MODE_TRACEPOINT,
	 {.major = 5, .minor = 10},
	 true,
	 true,
	 -EOPNOTSUPP,
	 "cannot pin the link of a tracepoint",
	 "--bpf.attach=lsm or fentry"},
};

START_TEST(checks_what_a_mode_requires)
{
	struct bind_source_config config = config_of(0, modes[_i].pins);
	struct diagnosis diagnosis = {"", ""};

	machine = modes[_i].machine;
	if (modes[_i].own_btf)
		config.btf_path = NULL;
	ck_assert_int_eq(preflight_mode(modes[_i].mode, &config, &diagnosis), modes[_i].error);
	if (modes[_i].error) {
		ck_assert_ptr_nonnull(strstr(diagnosis.reason, modes[_i].reason));
		ck_assert_ptr_nonnull(strstr(diagnosis.cure, modes[_i].cure));
	}
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{checks_what_every_mode_requires, ARRAY_SIZE(machines)},
		{checks_what_a_mode_requires, ARRAY_SIZE(modes)},
	};

	return run_suite("preflight", tests, ARRAY_SIZE(tests));
}
