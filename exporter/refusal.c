// SPDX-License-Identifier: Apache-2.0
#include "refusal.h"

#include <bpf/libbpf.h>
#include <cap-ng.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>

#include "delegation.h"
#include "tracefs.h"

#define KERNEL_ENOTSUPP 524 /* the kernel's own; user space has no name for it */

void refusal_reason(struct bind_refusal *refusal, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(refusal->reason, sizeof(refusal->reason), format, arguments);
	va_end(arguments);
}

void refusal_cure(struct bind_refusal *refusal, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(refusal->cure, sizeof(refusal->cure), format, arguments);
	va_end(arguments);
}

const char *error_text(int error, char ret_text[ERROR_TEXT_MAX])
{
	if (error == KERNEL_ENOTSUPP)
		error = ENOTSUP;
	if (error < __LIBBPF_ERRNO__START)
		return strerror(error);
	/* libbpf has no words for some of its numbers. */
	if (libbpf_strerror(error, ret_text, ERROR_TEXT_MAX) || strcmp(ret_text, "(null)") == 0)
		snprintf(ret_text, ERROR_TEXT_MAX, "libbpf error %d", error);
	return ret_text;
}

/* The first line of a small file; false where it cannot be read, as often in containers. */
static bool read_setting(const char *path, char *ret_line, int size)
{
	FILE *file = fopen(path, "re");
	bool read = file && fgets(ret_line, size, file);

	if (file)
		fclose(file);
	if (read)
		ret_line[strcspn(ret_line, "\n")] = '\0';
	return read;
}

/* Asks anew: nothing is known, hence held, where that fails. */
static bool has_capability(unsigned int capability)
{
	return capng_get_caps_process() == 0 && capng_have_capability(CAPNG_EFFECTIVE, capability);
}

bool refusal_check_capabilities(struct bind_refusal *ret_refusal)
{
	bool bpf, perfmon;

	bpf = has_capability(CAP_BPF) || has_capability(CAP_SYS_ADMIN);
	perfmon = has_capability(CAP_PERFMON) || has_capability(CAP_SYS_ADMIN);
	if (bpf && perfmon)
		return true;
	refusal_reason(ret_refusal, "missing privileges: the process lacks %s%s%s",
		       bpf ? "" : "CAP_BPF", bpf || perfmon ? "" : " and ",
		       perfmon ? "" : "CAP_PERFMON");
	refusal_cure(ret_refusal, "run it as root, or grant CAP_BPF and CAP_PERFMON "
				  "(systemd: AmbientCapabilities=, Kubernetes: "
				  "securityContext.capabilities.add)");
	return false;
}

/* cgroups(7): the line of the version 2 hierarchy is the one that begins so. */
static bool is_in_unified_hierarchy(void)
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	bool found = false;
	char line[PATH_MAX];

	while (file && !found && fgets(line, sizeof(line), file))
		found = strncmp(line, "0::", 3) == 0;
	if (file)
		fclose(file);
	return found;
}

static bool in_user_namespace(void)
{
	char map[64];
	unsigned int inside, outside, count;

	return read_setting("/proc/self/uid_map", map, sizeof(map)) &&
	       (sscanf(map, "%u %u %u", &inside, &outside, &count) != 3 || outside != 0 ||
		count != UINT32_MAX);
}

bool refusal_check_pinning(struct bind_refusal *ret_refusal)
{
	if (!in_user_namespace())
		return true;
	refusal_reason(
		ret_refusal,
		"counters cannot be pinned from a user namespace: no BPF token allows it, and the "
		"namespace's own BPF file system ends with it");
	refusal_cure(ret_refusal,
		     "leave out --bpf.pin-path, or run the exporter in the initial user "
		     "namespace (systemd: without delegated.conf)");
	return false;
}

bool refusal_check_cgroups(struct bind_refusal *ret_refusal)
{
	if (is_in_unified_hierarchy())
		return true;
	refusal_reason(
		ret_refusal,
		"the labels namespace, pod, container and unit need cgroup version 2, and this "
		"machine has only version 1");
	refusal_cure(ret_refusal, "leave them out of --metrics.labels, or boot with "
				  "systemd.unified_cgroup_hierarchy=1");
	return false;
}

bool kernel_older_than(unsigned int major, unsigned int minor)
{
	unsigned int here_major = 0, here_minor = 0;
	struct utsname kernel;

	uname(&kernel);
	sscanf(kernel.release, "%u.%u", &here_major, &here_minor);
	return here_major < major || (here_major == major && here_minor < minor);
}

/* Before 5.11 maps count against RLIMIT_MEMLOCK, which libbpf raises where it may. */
static bool short_of_memlock(void)
{
	struct rlimit limit;

	return kernel_older_than(5, 11) && !has_capability(CAP_SYS_RESOURCE) &&
	       getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
}

static bool locked_down(void)
{
	char lockdown[64];

	return read_setting("/sys/kernel/security/lockdown", lockdown, sizeof(lockdown)) &&
	       strstr(lockdown, "[confidentiality]");
}

static void explain_user_namespace(enum bind_mode mode, const char *action,
				   struct bind_refusal *refusal)
{
	struct delegation delegation = {
		.kernel_has_tokens = !kernel_older_than(6, 9),
		.libbpf_major = libbpf_major_version(),
		.libbpf_minor = libbpf_minor_version(),
		.place = "/sys/fs/bpf",
	};
	FILE *mountinfo = fopen("/proc/self/mountinfo", "re");

	if (mountinfo) {
		delegation_read(mountinfo, &delegation);
		fclose(mountinfo);
	}
	delegation_explain(&delegation, mode, action, refusal);
}

/* EPERM: what takes the permission away. */
static void explain_permission(enum bind_mode mode, const char *action,
			       struct bind_refusal *refusal)
{
	if (locked_down()) {
		refusal_reason(refusal,
			       "%s is forbidden: kernel lockdown is in confidentiality "
			       "mode",
			       action);
		refusal_cure(refusal,
			     "boot with lockdown=integrity or without lockdown=, or use "
			     "--bpf.attach=lsm or fentry (Linux 5.11 or newer, without the labels "
			     "scope, namespace, pod, container and unit)");
	} else if (short_of_memlock()) {
		refusal_reason(refusal, "%s is forbidden: RLIMIT_MEMLOCK is too low for its maps",
			       action);
		refusal_cure(
			refusal,
			"raise the limit (ulimit -l unlimited, systemd: LimitMEMLOCK=infinity), or "
			"grant CAP_SYS_RESOURCE");
	} else if (in_user_namespace()) {
		explain_user_namespace(mode, action, refusal);
	} else {
		refusal_reason(
			refusal,
			"%s is forbidden by this kernel although the process has the capabilities "
			"(a hardened kernel, or a seccomp or security policy)",
			action);
		refusal_cure(refusal, "allow it in that policy, or use another attach mode");
	}
}

static bool uses_perf(enum bind_mode mode)
{
	return mode == BIND_MODE_KPROBE || mode == BIND_MODE_TRACEPOINT;
}

void refusal_of_load(enum bind_mode mode, int error, struct bind_refusal *ret_refusal)
{
	char action[64], text[ERROR_TEXT_MAX];

	snprintf(action, sizeof(action), "loading the %s program", bind_mode_name(mode));
	/* Lockdown takes helpers away: EINVAL. All modes need them on 5.10, later only two. */
	if (error == EPERM || error == EACCES || (error == EINVAL && locked_down())) {
		explain_permission(mode, action, ret_refusal);
	} else if (error == ESRCH && mode == BIND_MODE_LSM) {
		refusal_reason(ret_refusal, "the kernel has no BPF LSM hook socket_bind");
		refusal_cure(
			ret_refusal,
			"use a kernel built with CONFIG_BPF_LSM=y and CONFIG_SECURITY_NETWORK=y");
	} else if (error == ESRCH) {
		refusal_reason(ret_refusal,
			       "the kernel's BTF does not contain security_socket_bind");
		refusal_cure(ret_refusal, "use a kernel built with CONFIG_SECURITY_NETWORK=y and "
					  "CONFIG_DEBUG_INFO_BTF=y");
	} else {
		refusal_reason(ret_refusal, "%s failed: %s", action, error_text(error, text));
		refusal_cure(ret_refusal,
			     "run with --log.level=debug to see the messages of libbpf and the "
			     "verifier");
	}
}

static bool explain_perf_paranoia(struct bind_refusal *refusal)
{
	char paranoid[16];

	if (in_user_namespace() || has_capability(CAP_SYS_ADMIN) ||
	    !read_setting("/proc/sys/kernel/perf_event_paranoid", paranoid, sizeof(paranoid)) ||
	    atoi(paranoid) <= 2)
		return false;
	refusal_reason(refusal,
		       "kernel.perf_event_paranoid is %s and the process lacks "
		       "CAP_SYS_ADMIN",
		       paranoid);
	refusal_cure(refusal, "run sysctl kernel.perf_event_paranoid=2, or grant CAP_SYS_ADMIN");
	return true;
}

/* What kept the tracepoint's number from being read; false: nothing did. */
static bool explain_tracefs(struct bind_refusal *refusal)
{
	int id = tracefs_event_id("syscalls/sys_enter_bind");

	if (id == -EPERM) {
		refusal_reason(refusal, "tracefs is not mounted and mounting it needs "
					"CAP_SYS_ADMIN");
		refusal_cure(refusal, "mount -t tracefs tracefs /sys/kernel/tracing, or grant "
				      "CAP_SYS_ADMIN");
	} else if (id == -EACCES) {
		refusal_reason(refusal, "tracefs is not readable by this user");
		refusal_cure(refusal, "run as root, or grant CAP_DAC_READ_SEARCH");
	} else if (id < 0) {
		refusal_reason(refusal, "the kernel has no system-call tracepoints (tracefs: %s)",
			       strerror(-id));
		refusal_cure(refusal, "use a kernel built with CONFIG_FTRACE_SYSCALLS=y");
	}
	return id < 0;
}

void refusal_of_attach(enum bind_mode mode, int error, struct bind_refusal *ret_refusal)
{
	bool perf = uses_perf(mode);
	char action[64], text[ERROR_TEXT_MAX];

	if (mode == BIND_MODE_TRACEPOINT && explain_tracefs(ret_refusal))
		return;
	snprintf(action, sizeof(action), "attaching the %s program", bind_mode_name(mode));
	if (error == EPERM || error == EACCES) {
		if (!perf || !explain_perf_paranoia(ret_refusal))
			explain_permission(mode, action, ret_refusal);
	} else if (error == KERNEL_ENOTSUPP ||
		   (!perf && (error == EOPNOTSUPP || error == EINVAL))) {
		refusal_reason(ret_refusal, "the kernel has no BPF trampolines for this function");
		refusal_cure(ret_refusal,
			     "use a kernel built with CONFIG_FUNCTION_TRACER=y and "
			     "CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS=y (on aarch64: Linux 6.4 or "
			     "newer)");
	} else {
		refusal_reason(ret_refusal, "%s failed: %s", action, error_text(error, text));
		refusal_cure(ret_refusal,
			     "run with --log.level=debug to see the messages of libbpf");
	}
}

void refusal_of_pin(int error, struct bind_refusal *ret_refusal)
{
	char text[ERROR_TEXT_MAX];

	if (error == EEXIST) {
		refusal_reason(
			ret_refusal,
			"the directories under --bpf.pin-path do not all belong to one exporter");
		refusal_cure(
			ret_refusal,
			"choose another directory, or remove them: run --unpin (the counts are "
			"lost), then remove the rest by hand");
		return;
	}
	refusal_reason(ret_refusal, "pinning under --bpf.pin-path failed: %s",
		       error_text(error, text));
	refusal_cure(
		ret_refusal,
		"make that directory writable for the exporter, or start over with --unpin (the "
		"counts are lost)");
}

/*
 * A BPF LSM program attaches where "bpf" is not among the active security
 * modules, and is never called, without an error (measured on 5.10 and 6.1).
 */
void refusal_of_silent_lsm(const char *modules, struct bind_refusal *ret_refusal)
{
	static const char add_bpf[] = "boot with bpf added to lsm= on the kernel's command line";

	if (!modules) {
		refusal_reason(
			ret_refusal,
			"attached, but the kernel never calls it: bpf is probably missing from the "
			"kernel's lsm= list (/sys/kernel/security/lsm cannot be read here)");
		refusal_cure(ret_refusal, "%s", add_bpf);
	} else if (!strstr(modules, "bpf")) {
		refusal_reason(ret_refusal,
			       "attached, but the kernel never calls it: bpf is missing "
			       "from the active security modules (lsm=%.100s)",
			       modules);
		refusal_cure(ret_refusal, "%s", add_bpf);
	} else {
		refusal_reason(ret_refusal,
			       "attached, but it did not see the exporter's own bind "
			       "although bpf is active: another security module may have "
			       "denied that bind first (lsm=%.100s)",
			       modules);
		refusal_cure(
			ret_refusal,
			"let that module allow the exporter to bind UNIX sockets, or use another "
			"attach mode");
	}
}

void refusal_of_selfcheck(enum bind_mode mode, int error, struct bind_refusal *ret_refusal)
{
	char text[ERROR_TEXT_MAX], modules[160];

	if (error != ENODATA) {
		refusal_reason(ret_refusal,
			       "the self-check could not bind an abstract UNIX socket: %s",
			       error_text(error, text));
		refusal_cure(ret_refusal, "allow the exporter to bind UNIX sockets (seccomp, "
					  "AppArmor, SELinux, RestrictAddressFamilies=)");
	} else if (mode == BIND_MODE_LSM) {
		bool known = read_setting("/sys/kernel/security/lsm", modules, sizeof(modules));

		refusal_of_silent_lsm(known ? modules : NULL, ret_refusal);
	} else {
		refusal_reason(ret_refusal, "attached, but it did not see the exporter's own bind");
		refusal_cure(ret_refusal,
			     "check that tracing is on (kernel.ftrace_enabled, "
			     "/sys/kernel/debug/kprobes/enabled), or use another attach mode");
	}
}
