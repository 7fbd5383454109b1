/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Explains why bpf(2) is refused in a user namespace. Capabilities there count only with a BPF
 * token (Linux 6.9): it comes from a BPF file system that root mounts for the namespace, with
 * options that list what is allowed (delegate_cmds, delegate_maps, delegate_progs,
 * delegate_attachs). From 1.5 on, libbpf takes a token from one path on its own, and logs nothing
 * if there is none. Pure, except that it reads an open file.
 */
#ifndef DELEGATION_H
#define DELEGATION_H

#include <stdbool.h>
#include <stdio.h>

#include "exporter/attach/mode.h"

struct diagnosis;

struct delegation {
	bool kernel_has_tokens;
	unsigned int libbpf_major, libbpf_minor; /* of the library that runs */
	const char *path;                        /* mount point at which libbpf looks */
	char lists[160]; /* what that mount delegates, "cmds=…,maps=…"; empty: nothing */
};

/*
 * Fills in lists from the last mount at path, which covers the earlier ones. mountinfo: in the
 * format of proc_pid_mountinfo(5). Longer lists are cut.
 */
void delegation_read(FILE *mountinfo, struct delegation *delegation);

/* action: what failed with EPERM in this mode, "loading the lsm program". */
void delegation_explain(const struct delegation *delegation, enum bind_mode mode,
			const char *action, struct diagnosis *ret_diagnosis);

#endif
