// SPDX-License-Identifier: Apache-2.0
#include "exporter/source/preflight.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <unistd.h>

#include "bpf/abi/bind_abi.h"
#include "common/diagnosis.h"
#include "exporter/attach/btf_check.h"
#include "exporter/attach/config.h"
#include "exporter/attach/machine.h"
#include "exporter/pins/resume.h"

/* Loading BPF programs needs CAP_BPF and CAP_PERFMON, or CAP_SYS_ADMIN, which includes both. */
static bool check_capabilities(struct diagnosis *diagnosis)
{
	bool bpf, perfmon;

	bpf = machine_has_capability(CAP_BPF) || machine_has_capability(CAP_SYS_ADMIN);
	perfmon = machine_has_capability(CAP_PERFMON) || machine_has_capability(CAP_SYS_ADMIN);
	if (bpf && perfmon)
		return true;
	diagnosis_reason(diagnosis, "missing privileges: the process lacks %s%s%s",
			 bpf ? "" : "CAP_BPF", bpf || perfmon ? "" : " and ",
			 perfmon ? "" : "CAP_PERFMON");
	diagnosis_cure(diagnosis, "run it as root, or grant CAP_BPF and CAP_PERFMON "
				  "(systemd: AmbientCapabilities=, Kubernetes: "
				  "securityContext.capabilities.add)");
	return false;
}

static bool check_pinning(struct diagnosis *diagnosis)
{
	if (!machine_in_user_namespace())
		return true;
	diagnosis_reason(
		diagnosis,
		"counters cannot be pinned from a user namespace: no BPF token allows it, and the "
		"namespace's own BPF file system ends with it");
	diagnosis_cure(diagnosis, "leave out --bpf.pin-path, or run the exporter in the initial "
				  "user namespace (systemd: without delegated.conf)");
	return false;
}

/* The labels of owners come from the names of cgroups. */
static bool check_cgroups(struct diagnosis *diagnosis)
{
	if (machine_has_unified_cgroups())
		return true;
	diagnosis_reason(
		diagnosis,
		"the labels namespace, pod, container and unit need cgroup version 2, and this "
		"machine has only version 1");
	diagnosis_cure(diagnosis, "leave them out of --metrics.labels, or boot with "
				  "systemd.unified_cgroup_hierarchy=1");
	return false;
}

int preflight(const struct bind_source_config *config, struct resume **ret_resume,
	      struct diagnosis *ret_diagnosis)
{
	struct resume *resume = NULL;
	int error;

	if (!check_capabilities(ret_diagnosis))
		return -EPERM;
	if ((config->labels & BIND_LABELS_OWNER) && !check_cgroups(ret_diagnosis))
		return -EOPNOTSUPP;
	if (config->pins && !check_pinning(ret_diagnosis))
		return -EPERM;
	error = config->pins ? resume_begin(config->pins, &resume, ret_diagnosis) : 0;
	if (!error)
		error = btf_check(config->btf_path, ret_diagnosis);
	if (error)
		resume_end(resume);
	else
		*ret_resume = resume;
	return error;
}

int preflight_mode(enum bind_mode mode, const struct bind_source_config *config,
		   struct diagnosis *ret_diagnosis)
{
	const struct bind_mode_facts *facts = bind_mode_facts(mode);

	if (mode == BIND_MODE_KPROBE && access("/sys/bus/event_source/devices/kprobe", F_OK)) {
		diagnosis_reason(ret_diagnosis, "the kernel has no kprobes");
		diagnosis_cure(ret_diagnosis, "use a kernel built with CONFIG_KPROBE_EVENTS=y");
		return -ENOENT;
	}
	if (facts->needs_kernel_btf && config->btf_path && access(KERNEL_BTF, R_OK)) {
		diagnosis_reason(
			ret_diagnosis,
			"%s needs the kernel's own BTF, not an external file, and this kernel was "
			"built without CONFIG_DEBUG_INFO_BTF",
			bind_mode_name(mode));
		diagnosis_cure(ret_diagnosis, "use a kernel built with CONFIG_DEBUG_INFO_BTF=y");
		return -ENOENT;
	}
	if (config->pins &&
	    kernel_older_than(facts->pinnable_from.major, facts->pinnable_from.minor)) {
		diagnosis_reason(
			ret_diagnosis,
			"this kernel cannot pin the link of a %s (Linux %u.%u or newer can)",
			facts->name, facts->pinnable_from.major, facts->pinnable_from.minor);
		diagnosis_cure(ret_diagnosis,
			       "use --bpf.attach=lsm or fentry, or leave out --bpf.pin-path");
		return -EOPNOTSUPP;
	}
	return 0;
}
