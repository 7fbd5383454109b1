/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gives up, for good, the capabilities and system calls that the program does not need once it
 * counts. privileges.c lists the system calls that it still needs.
 */
#ifndef PRIVILEGES_H
#define PRIVILEGES_H

#include <stdbool.h>

struct diagnosis;

struct privileges {
	const char *capabilities; /* static: "none", or the one that this kernel requires */
	bool filtered;            /* by seccomp; false: this kernel has no seccomp filters */
};

/*
 * To be called after everything is opened and attached, and before the first thread starts: it
 * affects the calling thread and the threads that this thread starts later. Afterwards files can
 * only be read, sockets cannot be connected, and processes can be neither started nor signalled. A
 * system call that is not allowed, or not with these arguments, fails with ENOSYS and leaves a line
 * in the kernel's log.
 *
 * 0, or -errno with reason and cure in ret_diagnosis; a part of the privileges may then be gone.
 */
int privileges_drop(struct privileges *ret_left, struct diagnosis *ret_diagnosis);

#endif
