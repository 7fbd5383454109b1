/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/live/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <net/if.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/scratch.h"
#include "tests/live/live_test.h"

#define NOBODY 65534

#define LANDLOCK_ABI_WITH_NETWORK 4
#define LANDLOCK_BIND_TCP         1 /* LANDLOCK_ACCESS_NET_BIND_TCP */

static int loopback_up(void)
{
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int error;

	if (fd < 0)
		return -errno;
	error = ioctl(fd, SIOCSIFFLAGS, &request) ? -errno : 0;
	close(fd);
	return error;
}

int sandbox_enter_network(void)
{
	if (unshare(CLONE_NEWNET))
		return -errno;
	return loopback_up();
}

int sandbox_probe_bpf(void)
{
	union bpf_attr attributes = {
		.map_type = BPF_MAP_TYPE_ARRAY,
		.key_size = 4,
		.value_size = 8,
		.max_entries = 1,
	};
	long fd = syscall(SYS_bpf, BPF_MAP_CREATE, &attributes, sizeof(attributes));

	if (fd < 0)
		return -errno;
	close((int)fd);
	return 0;
}

static int own_mounts(void)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return -errno;
	return 0;
}

int sandbox_hide_btf(void *unused)
{
	int error = own_mounts();

	(void)unused;
	if (error)
		return error;
	return mount("none", "/sys/kernel/btf", "tmpfs", 0, NULL) ? -errno : 0;
}

int sandbox_hide_cgroup2(void *unused)
{
	static const char only_v1[] = "1:memory:/\n";
	char file[SCRATCH_SIZE + 32];
	int error = own_mounts();

	(void)unused;
	if (error)
		return error;
	snprintf(file, sizeof(file), "%s/cgroup-%d", live.scratch, getpid());
	error = scratch_write(file, only_v1, strlen(only_v1));
	if (error)
		return error;
	return mount(file, "/proc/self/cgroup", NULL, MS_BIND, NULL) ? -errno : 0;
}

int sandbox_unmount_tracefs(void *unused)
{
	static const char *const places[] = {"/sys/kernel/debug/tracing", "/sys/kernel/tracing"};
	int error = own_mounts();
	size_t i;

	(void)unused;
	if (error)
		return error;
	/* Mounts can cover each other. EINVAL means that none is left. */
	for (i = 0; i < 2; i++)
		while (!umount2(places[i], MNT_DETACH))
			;
	return 0;
}

int sandbox_become_nobody(void *unused)
{
	(void)unused;
	if (setgroups(0, NULL) || setgid(NOBODY) || setuid(NOBODY))
		return -errno;
	return 0;
}

/* Uses ambient capabilities like systemd: they survive the execve(2) of a program without any. */
static int keep_capabilities(const int *capabilities, size_t count)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {0};

	for (size_t i = 0; i < count; i++) {
		struct __user_cap_data_struct *half = &data[CAP_TO_INDEX(capabilities[i])];

		half->permitted |= CAP_TO_MASK(capabilities[i]);
		half->effective = half->inheritable = half->permitted;
	}
	if (syscall(SYS_capset, &header, data))
		return -errno;
	for (size_t i = 0; i < count; i++)
		if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capabilities[i], 0, 0))
			return -errno;
	return 0;
}

int sandbox_become_service(bool traces)
{
	static const int capabilities[] = {CAP_BPF, CAP_PERFMON, CAP_SYS_ADMIN,
					   CAP_DAC_READ_SEARCH};
	const struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};

	/*
	 * Like LimitMEMLOCK=: before 5.11, maps count against it. A container may not be allowed to
	 * raise it.
	 */
	setrlimit(RLIMIT_MEMLOCK, &unlimited);
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) || sandbox_become_nobody(NULL) ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	return keep_capabilities(capabilities, traces ? 4 : 2);
}

int sandbox_forbid_tcp_binds(void)
{
	/*
	 * struct landlock_ruleset_attr; the second member may be missing in the C library's
	 * headers.
	 */
	const struct {
		uint64_t file_system;
		uint64_t network;
	} handled = {.network = LANDLOCK_BIND_TCP};
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	int ruleset, error;

	if (abi < LANDLOCK_ABI_WITH_NETWORK)
		return -ENOSYS;
	ruleset = (int)syscall(SYS_landlock_create_ruleset, &handled, sizeof(handled), 0);
	if (ruleset < 0)
		return -errno;
	/*
	 * The ruleset refuses every access that it handles and no rule allows. There are no rules.
	 */
	error = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
				syscall(SYS_landlock_restrict_self, ruleset, 0)
			? -errno
			: 0;
	close(ruleset);
	return error;
}

static bool file_says(const char *path, const char *word)
{
	char *text;
	size_t length;
	bool says;

	if (scratch_read(path, &text, &length))
		return false;
	says = strstr(text, word);
	free(text);
	return says;
}

/* The kernel marks the active mode: "none voluntary (full) lazy". */
static int debugfs_answer(void)
{
	const char *file = "/sys/kernel/debug/sched/preempt";

	if (own_mounts())
		return 2;
	mount("none", "/sys/kernel/debug", "debugfs", 0, NULL);
	if (file_says(file, "(full)") || file_says(file, "(lazy)"))
		return 1;
	return file_says(file, "(none)") || file_says(file, "(voluntary)") ? 0 : 2;
}

/* 0: no, 1: yes, 2: unknown. Reads it in a child, because that requires a mount namespace. */
static int ask_debugfs(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(debugfs_answer());
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return 2;
	return WEXITSTATUS(status);
}

/* The default that the kernel was built with, if it keeps its configuration and zcat exists. */
static int ask_configuration(void)
{
	static const char command[] =
		"zcat /proc/config.gz 2>/dev/null || cat \"/boot/config-$(uname -r)\" 2>/dev/null";
	FILE *pipe = popen(command, "r");
	char line[256];
	int answer = 2;

	while (pipe && fgets(line, sizeof(line), pipe)) {
		if (!strcmp(line, "CONFIG_PREEMPT_NONE=y\n") ||
		    !strcmp(line, "CONFIG_PREEMPT_VOLUNTARY=y\n"))
			answer = 0;
		if (!strcmp(line, "CONFIG_PREEMPT=y\n") ||
		    !strcmp(line, "CONFIG_PREEMPT_LAZY=y\n") ||
		    !strcmp(line, "CONFIG_PREEMPT_RT=y\n"))
			answer = 1;
	}
	if (pipe)
		pclose(pipe);
	return answer;
}

static int ask_command_line(void)
{
	const char *file = "/proc/cmdline";

	if (file_says(file, "preempt=full") || file_says(file, "preempt=lazy"))
		return 1;
	return file_says(file, "preempt=none") || file_says(file, "preempt=voluntary") ? 0 : 2;
}

/* Without PREEMPT_DYNAMIC, the version string is enough. */
static int ask_version(void)
{
	struct utsname name;

	if (uname(&name) || strstr(name.version, "PREEMPT_DYNAMIC"))
		return 2;
	return strstr(name.version, "PREEMPT") != NULL;
}

bool sandbox_kernel_preempts(const char **ret_source)
{
	static const struct {
		const char *source;
		int (*ask)(void);
	} oracles[] = {
		{"debugfs", ask_debugfs},
		{"the kernel's command line", ask_command_line},
		{"the kernel's version string", ask_version},
		{"the kernel's configuration", ask_configuration},
	};
	size_t i;

	for (i = 0; i < sizeof(oracles) / sizeof(oracles[0]); i++) {
		int answer = oracles[i].ask();

		*ret_source = oracles[i].source;
		if (answer != 2)
			return answer == 1;
	}
	*ret_source = "nothing, so it is assumed";
	return true;
}
