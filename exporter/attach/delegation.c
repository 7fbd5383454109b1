// SPDX-License-Identifier: Apache-2.0
#include "exporter/attach/delegation.h"

#include <stdlib.h>
#include <string.h>

#include "common/diagnosis.h"

#define OPTION "delegate_"
#define OTHERWISE \
	"or run the exporter in the initial user namespace (systemd: without delegated.conf)"

/* Collects the options "delegate_cmds=map_create:prog_load", without the prefix OPTION. */
static void collect(char *options, struct delegation *delegation)
{
	size_t size = sizeof(delegation->lists), used = 0;
	char *option;

	delegation->lists[0] = '\0';
	while ((option = strsep(&options, ",")))
		if (used < size && strncmp(option, OPTION, strlen(OPTION)) == 0)
			used += (size_t)snprintf(delegation->lists + used, size - used, "%s%s",
						 used ? "," : "", option + strlen(OPTION));
}

/*
 * Fields are separated by blanks: the fifth is the mount point. Type, source and options of the
 * file system follow a lone hyphen.
 */
static void read_line(char *line, struct delegation *delegation)
{
	char *fields = strstr(line, " - "), *path = line;

	for (int i = 0; i < 4 && path; i++)
		strsep(&path, " ");
	if (!fields || !path || strcmp(strsep(&path, " "), delegation->path) != 0)
		return;
	fields += strlen(" - ");
	fields[strcspn(fields, "\n")] = '\0';
	strsep(&fields, " ");
	if (fields)
		strsep(&fields, " ");
	if (fields)
		collect(fields, delegation);
}

void delegation_read(FILE *mountinfo, struct delegation *delegation)
{
	char *line = NULL;
	size_t size = 0;

	delegation->lists[0] = '\0';
	while (getline(&line, &size, mountinfo) > 0)
		read_line(line, delegation);
	free(line);
}

static bool takes_tokens(const struct delegation *delegation)
{
	return delegation->libbpf_major > 1 ||
	       (delegation->libbpf_major == 1 && delegation->libbpf_minor >= 5);
}

void delegation_explain(const struct delegation *delegation, enum bind_mode mode,
			const char *action, struct diagnosis *ret_diagnosis)
{
	if (bind_mode_facts(mode)->uses_perf) {
		diagnosis_reason(ret_diagnosis,
				 "%s is forbidden in a user namespace, even with a BPF token: "
				 "perf_event_open(2), which attaches it, does not accept tokens",
				 action);
		diagnosis_cure(ret_diagnosis, "use --bpf.attach=lsm or fentry, " OTHERWISE);
	} else if (!delegation->kernel_has_tokens) {
		diagnosis_reason(
			ret_diagnosis,
			"%s is forbidden: in a user namespace, capabilities count only with a BPF "
			"token, which this kernel does not support (Linux 6.9 or newer does)",
			action);
		diagnosis_cure(ret_diagnosis, "use Linux 6.9 or newer, " OTHERWISE);
	} else if (!takes_tokens(delegation)) {
		diagnosis_reason(
			ret_diagnosis,
			"%s is forbidden: in a user namespace, capabilities count only with a BPF "
			"token, which libbpf %u.%u does not support",
			action, delegation->libbpf_major, delegation->libbpf_minor);
		diagnosis_cure(ret_diagnosis, "use libbpf 1.5 or newer, " OTHERWISE);
	} else if (!delegation->lists[0]) {
		diagnosis_reason(
			ret_diagnosis,
			"%s is forbidden: in a user namespace, capabilities count only with a BPF "
			"token, and nothing is delegated at %.60s",
			action, delegation->path);
		diagnosis_cure(
			ret_diagnosis,
			"use systemd 258 or newer with delegated.conf, without spaces in its "
			"lists and without another line about /sys/fs/bpf, " OTHERWISE);
	} else {
		diagnosis_reason(ret_diagnosis, "%s is forbidden by the delegation at %.20s: %s",
				 action, delegation->path, delegation->lists);
		diagnosis_cure(ret_diagnosis, "delegate everything that delegated.conf lists, with "
					      "DelegateNamespaces=mnt, " OTHERWISE);
	}
}
