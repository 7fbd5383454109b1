// SPDX-License-Identifier: Apache-2.0
#include "exporter/attach/explain.h"

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

#include "common/diagnosis.h"
#include "exporter/attach/delegation.h"
#include "exporter/attach/machine.h"
#include "exporter/attach/tracefs.h"

#define KERNEL_ENOTSUPP 524 /* the kernel's own; user space has no name for it */

const char *error_text(int error, char ret_text[ERROR_TEXT_MAX])
{
	if (error == KERNEL_ENOTSUPP)
		error = ENOTSUP;
	if (error < __LIBBPF_ERRNO__START)
		return strerror(error);
	/* libbpf has no text for some of its numbers. */
	if (libbpf_strerror(error, ret_text, ERROR_TEXT_MAX) || strcmp(ret_text, "(null)") == 0)
		snprintf(ret_text, ERROR_TEXT_MAX, "libbpf error %d", error);
	return ret_text;
}

/* Before 5.11 maps count against RLIMIT_MEMLOCK, which libbpf raises if it is allowed to. */
static bool short_of_memlock(void)
{
	struct rlimit limit;

	return kernel_older_than(5, 11) && !machine_has_capability(CAP_SYS_RESOURCE) &&
	       getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
}

static void explain_user_namespace(enum bind_mode mode, const char *action,
				   struct diagnosis *diagnosis)
{
	struct delegation delegation = {
		.kernel_has_tokens = !kernel_older_than(6, 9),
		.libbpf_major = libbpf_major_version(),
		.libbpf_minor = libbpf_minor_version(),
		.path = "/sys/fs/bpf",
	};
	FILE *mountinfo = fopen("/proc/self/mountinfo", "re");

	if (mountinfo) {
		delegation_read(mountinfo, &delegation);
		fclose(mountinfo);
	}
	delegation_explain(&delegation, mode, action, diagnosis);
}

/* Several parts of the kernel answer EPERM: the likeliest that is active here is named. */
static void explain_permission(enum bind_mode mode, const char *action, struct diagnosis *diagnosis)
{
	if (machine_is_locked_down()) {
		diagnosis_reason(diagnosis,
				 "%s is forbidden: kernel lockdown is in confidentiality "
				 "mode",
				 action);
		diagnosis_cure(
			diagnosis,
			"boot with lockdown=integrity or without lockdown=, or use "
			"--bpf.attach=lsm or fentry (Linux 5.11 or newer, without the labels "
			"scope, namespace, pod, container and unit)");
	} else if (short_of_memlock()) {
		diagnosis_reason(diagnosis,
				 "%s is forbidden: RLIMIT_MEMLOCK is too low for its maps", action);
		diagnosis_cure(
			diagnosis,
			"raise the limit (ulimit -l unlimited, systemd: LimitMEMLOCK=infinity), or "
			"grant CAP_SYS_RESOURCE");
	} else if (machine_in_user_namespace()) {
		explain_user_namespace(mode, action, diagnosis);
	} else {
		diagnosis_reason(
			diagnosis,
			"%s is forbidden by this kernel although the process has the capabilities "
			"(a hardened kernel, or a seccomp or security policy)",
			action);
		diagnosis_cure(diagnosis, "allow it in that policy, or use another attach mode");
	}
}

void explain_load(enum bind_mode mode, int error, struct diagnosis *ret_diagnosis)
{
	char action[64], text[ERROR_TEXT_MAX];

	snprintf(action, sizeof(action), "loading the %s program", bind_mode_name(mode));
	/*
	 * Lockdown withdraws helpers, so the verifier answers EINVAL. On 5.10 all modes need these
	 * helpers, later only kprobe and tracepoint.
	 */
	if (error == EPERM || error == EACCES || (error == EINVAL && machine_is_locked_down())) {
		explain_permission(mode, action, ret_diagnosis);
	} else if (error == ESRCH && mode == BIND_MODE_LSM) {
		diagnosis_reason(ret_diagnosis, "the kernel has no BPF LSM hook socket_bind");
		diagnosis_cure(
			ret_diagnosis,
			"use a kernel built with CONFIG_BPF_LSM=y and CONFIG_SECURITY_NETWORK=y");
	} else if (error == ESRCH) {
		diagnosis_reason(ret_diagnosis,
				 "the kernel's BTF does not contain security_socket_bind");
		diagnosis_cure(ret_diagnosis,
			       "use a kernel built with CONFIG_SECURITY_NETWORK=y and "
			       "CONFIG_DEBUG_INFO_BTF=y");
	} else {
		diagnosis_reason(ret_diagnosis, "%s failed: %s", action, error_text(error, text));
		diagnosis_cure(ret_diagnosis,
			       "run with --log.level=debug to see the messages of libbpf and the "
			       "verifier");
	}
}

static bool explain_perf_paranoia(struct diagnosis *diagnosis)
{
	char paranoid[16];

	if (machine_in_user_namespace() || machine_has_capability(CAP_SYS_ADMIN) ||
	    !machine_setting("/proc/sys/kernel/perf_event_paranoid", paranoid, sizeof(paranoid)) ||
	    atoi(paranoid) <= 2)
		return false;
	diagnosis_reason(diagnosis,
			 "kernel.perf_event_paranoid is %s and the process lacks "
			 "CAP_SYS_ADMIN",
			 paranoid);
	diagnosis_cure(diagnosis,
		       "run sysctl kernel.perf_event_paranoid=2, or grant CAP_SYS_ADMIN");
	return true;
}

/* Explains why the tracepoint's number cannot be read. False: it can. */
static bool explain_tracefs(struct diagnosis *diagnosis)
{
	int id = tracefs_event_id("syscalls/sys_enter_bind");

	if (id == -EPERM) {
		diagnosis_reason(diagnosis, "tracefs is not mounted and mounting it needs "
					    "CAP_SYS_ADMIN");
		diagnosis_cure(diagnosis, "mount -t tracefs tracefs /sys/kernel/tracing, or grant "
					  "CAP_SYS_ADMIN");
	} else if (id == -EACCES) {
		diagnosis_reason(diagnosis, "tracefs is not readable by this user");
		diagnosis_cure(diagnosis, "run as root, or grant CAP_DAC_READ_SEARCH");
	} else if (id < 0) {
		diagnosis_reason(diagnosis,
				 "the kernel has no system-call tracepoints (tracefs: %s)",
				 strerror(-id));
		diagnosis_cure(diagnosis, "use a kernel built with CONFIG_FTRACE_SYSCALLS=y");
	}
	return id < 0;
}

void explain_attach(enum bind_mode mode, int error, struct diagnosis *ret_diagnosis)
{
	bool perf = bind_mode_facts(mode)->uses_perf;
	char action[64], text[ERROR_TEXT_MAX];

	if (mode == BIND_MODE_TRACEPOINT && explain_tracefs(ret_diagnosis))
		return;
	snprintf(action, sizeof(action), "attaching the %s program", bind_mode_name(mode));
	if (error == EPERM || error == EACCES) {
		if (!perf || !explain_perf_paranoia(ret_diagnosis))
			explain_permission(mode, action, ret_diagnosis);
	} else if (error == KERNEL_ENOTSUPP ||
		   (!perf && (error == EOPNOTSUPP || error == EINVAL))) {
		diagnosis_reason(ret_diagnosis,
				 "the kernel has no BPF trampolines for this function");
		diagnosis_cure(
			ret_diagnosis,
			"use a kernel built with CONFIG_FUNCTION_TRACER=y and "
			"CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS=y (on aarch64: Linux 6.4 or "
			"newer)");
	} else {
		diagnosis_reason(ret_diagnosis, "%s failed: %s", action, error_text(error, text));
		diagnosis_cure(ret_diagnosis,
			       "run with --log.level=debug to see the messages of libbpf");
	}
}

void explain_pin(int error, struct diagnosis *ret_diagnosis)
{
	char text[ERROR_TEXT_MAX];

	if (error == EEXIST) {
		diagnosis_reason(
			ret_diagnosis,
			"the directories under --bpf.pin-path do not all belong to one exporter");
		diagnosis_cure(
			ret_diagnosis,
			"choose another directory, or remove them: run --unpin (the counts are "
			"lost), then remove the rest by hand");
		return;
	}
	diagnosis_reason(ret_diagnosis, "pinning under --bpf.pin-path failed: %s",
			 error_text(error, text));
	diagnosis_cure(
		ret_diagnosis,
		"make that directory writable for the exporter, or start over with --unpin (the "
		"counts are lost)");
}

/*
 * A BPF LSM program attaches without an error even if "bpf" is not among the active security
 * modules, but the kernel never calls it (measured on 5.10 and 6.1).
 */
void explain_silent_lsm(const char *modules, struct diagnosis *ret_diagnosis)
{
	static const char add_bpf[] = "boot with bpf added to lsm= on the kernel's command line";

	if (!modules) {
		diagnosis_reason(
			ret_diagnosis,
			"attached, but the kernel never calls it: bpf is probably missing from the "
			"kernel's lsm= list (/sys/kernel/security/lsm cannot be read here)");
		diagnosis_cure(ret_diagnosis, "%s", add_bpf);
	} else if (!strstr(modules, "bpf")) {
		diagnosis_reason(ret_diagnosis,
				 "attached, but the kernel never calls it: bpf is missing "
				 "from the active security modules (lsm=%.100s)",
				 modules);
		diagnosis_cure(ret_diagnosis, "%s", add_bpf);
	} else {
		diagnosis_reason(ret_diagnosis,
				 "attached, but it did not see the exporter's own bind "
				 "although bpf is active: another security module may have "
				 "denied that bind first (lsm=%.100s)",
				 modules);
		diagnosis_cure(
			ret_diagnosis,
			"let that module allow the exporter to bind UNIX sockets, or use another "
			"attach mode");
	}
}

void explain_selfcheck(enum bind_mode mode, int error, struct diagnosis *ret_diagnosis)
{
	char text[ERROR_TEXT_MAX], modules[160];

	if (error != ENODATA) {
		diagnosis_reason(ret_diagnosis,
				 "the self-check could not bind an abstract UNIX socket: %s",
				 error_text(error, text));
		diagnosis_cure(ret_diagnosis, "allow the exporter to bind UNIX sockets (seccomp, "
					      "AppArmor, SELinux, RestrictAddressFamilies=)");
	} else if (mode == BIND_MODE_LSM) {
		bool known = machine_setting("/sys/kernel/security/lsm", modules, sizeof(modules));

		explain_silent_lsm(known ? modules : NULL, ret_diagnosis);
	} else {
		diagnosis_reason(ret_diagnosis,
				 "attached, but it did not see the exporter's own bind");
		diagnosis_cure(ret_diagnosis,
			       "check that tracing is on (kernel.ftrace_enabled, "
			       "/sys/kernel/debug/kprobes/enabled), or use another attach mode");
	}
}
