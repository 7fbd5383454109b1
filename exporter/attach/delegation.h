/* SPDX-License-Identifier: Apache-2.0 */
/*
 * BPF in a user namespace, whose capabilities do not count, but with a token: of a BPF file system
 * that root mounted for it with options that list what it may (delegate_cmds, delegate_maps,
 * delegate_progs, delegate_attachs; Linux 6.9). libbpf takes that of one place by itself from 1.5
 * on, and says nothing where there is none. Here is why that did not do. Pure, but for the file
 * that is read.
 */
#ifndef DELEGATION_H
#define DELEGATION_H

#include <stdbool.h>
#include <stdio.h>

#include "exporter/attach/mode.h"

struct diagnosis;

struct delegation {
	bool kernel_has_tokens;
	unsigned int libbpf_major, libbpf_minor; /* the one that runs */
	const char *place;                       /* where libbpf looks for the file system */
	char lists[160]; /* what it delegates, "cmds=…,maps=…"; empty: nothing */
};

/*
 * Fills in lists, of the mount at the place that covers the others. mountinfo: as
 * proc_pid_mountinfo(5) describes it. What is longer is cut.
 */
void delegation_read(FILE *mountinfo, struct delegation *delegation);

/* action: what got EPERM in this mode, "loading the lsm program". */
void delegation_explain(const struct delegation *delegation, enum bind_mode mode,
			const char *action, struct diagnosis *ret_diagnosis);

#endif
