/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gives up, for good, the capabilities and system calls that the program needs
 * no more once it counts. What it still needs is a list in privileges.c.
 */
#ifndef PRIVILEGES_H
#define PRIVILEGES_H

#include <stdbool.h>

struct diagnosis;

struct privileges {
	const char *capabilities; /* "none", or the one that counting needs on this kernel */
	bool filtered;            /* by seccomp; false: this kernel has no such filters */
};

/*
 * To be called when everything is opened and attached, and before the first
 * thread starts: what is given up here is given up by the calling thread and
 * the ones it starts. Afterwards files can only be read, nothing can be connected,
 * processes can neither be made nor signalled, and a system call that is not allowed, or not
 * with these arguments, fails with ENOSYS and leaves a line in the kernel's log.
 *
 * 0, or -errno with the reason and the cure in ret_diagnosis; the process may
 * then have given up a part.
 */
int privileges_drop(struct privileges *ret_left, struct diagnosis *ret_diagnosis);

#endif
