/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts of the machine and of this process, asked anew each time: an answer that cannot be had is
 * the one that stands in nobody's way.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include <stdbool.h>

/* Whether the running kernel's release is below major.minor. */
bool kernel_older_than(unsigned int major, unsigned int minor);

/* CAP_*, in the effective set. */
bool machine_has_capability(unsigned int capability);

/* Kernel lockdown in confidentiality mode, which takes helpers away from programs. */
bool machine_is_locked_down(void);

/* Any but the initial one. */
bool machine_in_user_namespace(void);

/* cgroups(7): processes are in a hierarchy of version 2. */
bool machine_has_unified_cgroups(void);

/* The first line of a small file; false where it cannot be read, as often in containers. */
bool machine_setting(const char *path, char *ret_line, int size);

#endif
