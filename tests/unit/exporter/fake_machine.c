// SPDX-License-Identifier: Apache-2.0
/* The fake kernel's machine: Linux 6.1, which does not need its own BTF to be asked. */
#include <errno.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>
#include <time.h>

#include "common/diagnosis.h"
#include "exporter/privileges.h"
#include "tests/unit/exporter/fake_access.h"
#include "tests/unit/exporter/fake_bpf.h"
#include "tests/unit/exporter/fake_bpf_private.h"

int __real_nanosleep(const struct timespec *duration, struct timespec *remaining);
int __real_statfs(const char *path, struct statfs *ret_statistics);

bool __wrap_kernel_older_than(unsigned int major, unsigned int minor)
{
	return major > 6 || (major == 6 && minor > 1);
}

bool __wrap_machine_has_capability(unsigned int capability)
{
	(void)capability;
	return !fake.unprivileged;
}

bool __wrap_machine_in_user_namespace(void)
{
	return false;
}

bool __wrap_machine_has_unified_cgroups(void)
{
	return true;
}

bool __wrap_machine_is_locked_down(void)
{
	return fake.locked_down;
}

int __wrap_tracefs_event_id(const char *name)
{
	(void)name;
	return 1;
}

int __wrap_access(const char *path, int mode)
{
	return fake_access(path, mode, fake.missing);
}

int __wrap_signals_end(void)
{
	return fake.signal;
}

int __wrap_nanosleep(const struct timespec *duration, struct timespec *remaining)
{
	if (!fake.sleeping)
		return __real_nanosleep(duration, remaining);
	fake.sleeping();
	return 0;
}

int __wrap_statfs(const char *path, struct statfs *ret_statistics)
{
	if (fake_fails("statfs") || __real_statfs(path, ret_statistics))
		return -1;
	if (!fake.other_file_system)
		ret_statistics->f_type = BPF_FS_MAGIC;
	return 0;
}

/* The process keeps its own privileges, so that the test can go on. */
int __wrap_privileges_drop(struct privileges *ret_left, struct diagnosis *ret_diagnosis)
{
	if (fake.dropping)
		fake.dropping();
	if (fake_fails("privileges_drop")) {
		diagnosis_reason(ret_diagnosis, "fake: %s", strerror(errno));
		diagnosis_cure(ret_diagnosis, "drop no privileges");
		return -errno;
	}
	*ret_left = (struct privileges){.capabilities = "none", .filtered = !fake.unfiltered};
	return 0;
}
