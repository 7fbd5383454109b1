/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a program in an image's root file system like a container runtime, with the settings that
 * Kubernetes gives to a container of root that drops all capabilities except for a few: read-only
 * root, its own namespaces (mounts, processes, host name, IPC, cgroups), no way to gain privileges,
 * /proc masked, /sys read-only. The network namespace is the caller's, so that the caller can
 * scrape.
 *
 *   contain CAPABILITY,... ROOT PROGRAM [ARGUMENT]...     "": no capability
 *
 * Needs root, and stays root. ROOT must be writable, for mount points. SIGTERM and SIGINT are
 * passed on to the program; the exit status is the program's.
 */
#include <cap-ng.h>
#include <errno.h>
#include <error.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#define FAILED  125
#define NOTHING (MS_NOSUID | MS_NOEXEC | MS_NODEV)

static pid_t program;

static void must(bool done, const char *what)
{
	if (!done)
		error(FAILED, errno, "contain: %s", what);
}

static void file_system(const char *type, const char *where, unsigned long flags)
{
	must(!mkdir(where, 0755) || errno == EEXIST, where);
	must(!mount(type, where, type, flags, NULL), where);
}

static void read_only(const char *path)
{
	if (mount(path, path, NULL, MS_BIND | MS_REC, NULL) && errno == ENOENT)
		return;
	must(!mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | NOTHING, NULL), path);
}

/* Hides the paths that runtimes hide, and makes others read-only. */
static void mask_kernel(void)
{
	static const char *const hidden[] = {
		"proc/kcore",       "proc/keys",          "proc/timer_list",
		"proc/sched_debug", "proc/latency_stats",
	};
	static const char *const fixed[] = {
		"proc/bus", "proc/fs", "proc/irq", "proc/sys", "proc/sysrq-trigger",
	};

	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		must(!mount("dev/null", hidden[i], NULL, MS_BIND, NULL) || errno == ENOENT,
		     hidden[i]);
	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		read_only(fixed[i]);
}

static void make_devices(void)
{
	static const struct {
		const char *path;
		unsigned int minor;
	} devices[] = {
		{"dev/null", 3},   {"dev/zero", 5},    {"dev/full", 7},
		{"dev/random", 8}, {"dev/urandom", 9},
	};

	file_system("tmpfs", "dev", MS_NOSUID | MS_NOEXEC);
	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		must(!mknod(devices[i].path, S_IFCHR | 0666, makedev(1, devices[i].minor)),
		     devices[i].path);
}

static void enter_root(const char *root)
{
	must(!mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "making mounts private");
	must(!mount(root, root, NULL, MS_BIND, NULL) && !chdir(root), root);
	file_system("proc", "proc", NOTHING);
	file_system("sysfs", "sys", NOTHING | MS_RDONLY);
	file_system("cgroup2", "sys/fs/cgroup", NOTHING | MS_RDONLY);
	make_devices();
	mask_kernel();
	must(!mount(NULL, root, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL), "read-only root");
	/*
	 * Runtimes use another way, but only this one works from an initramfs: see pivot_root(2).
	 */
	must(!mount(root, "/", NULL, MS_MOVE, NULL) && !chroot(".") && !chdir("/"), "new root");
}

static void limit(char *capabilities)
{
	char *rest = NULL;

	capng_clear(CAPNG_SELECT_ALL);
	for (char *name = strtok_r(capabilities, ",", &rest); name;
	     name = strtok_r(NULL, ",", &rest)) {
		int capability = capng_name_to_capability(name);

		if (capability < 0)
			error(FAILED, 0, "contain: no capability %s", name);
		capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED | CAPNG_BOUNDING_SET,
			     (unsigned int)capability);
	}
	must(!capng_apply(CAPNG_SELECT_ALL), "capabilities");
	must(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
}

static void pass_on(int signal)
{
	kill(program, signal);
}

static int ending(void)
{
	int status;

	while (waitpid(program, &status, 0) < 0)
		must(errno == EINTR, "waiting");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char **argv)
{
	char *environment[] = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
			       NULL};
	struct sigaction passing = {.sa_handler = pass_on};

	if (argc < 4)
		error(FAILED, 0, "usage: contain CAPABILITY,... ROOT PROGRAM [ARGUMENT]...");
	must(!unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWCGROUP),
	     "new namespaces");
	program = fork();
	must(program >= 0, "new process");
	if (program > 0) {
		sigaction(SIGTERM, &passing, NULL);
		sigaction(SIGINT, &passing, NULL);
		return ending();
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	enter_root(argv[2]);
	limit(argv[1]);
	execve(argv[3], argv + 3, environment);
	error(FAILED, errno, "contain: %s", argv[3]);
	return FAILED;
}
