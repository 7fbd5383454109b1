/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts about the machine and this process, read at each call. A fact that cannot be read is
 * reported as false. Reads files in /proc and /sys.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include <stdbool.h>

/* Pure: whether a release ("6.1.0-18-amd64") is below major.minor. One without numbers is 0.0. */
bool release_older_than(const char *release, unsigned int major, unsigned int minor);

/* Whether the running kernel's release is below major.minor. */
bool kernel_older_than(unsigned int major, unsigned int minor);

/* Whether CAP_* is in the effective set. */
bool machine_has_capability(unsigned int capability);

/* Whether kernel lockdown is in confidentiality mode, which withdraws helpers from programs. */
bool machine_is_locked_down(void);

/* Pure: whether the first line of a uid_map (user_namespaces(7)) maps all users to themselves. */
bool uid_map_is_initial(const char *line);

/* Whether this process is in another user namespace than the initial one. */
bool machine_in_user_namespace(void);

/* Whether there is a hierarchy of version 2 (cgroups(7)) that this process is in. */
bool machine_has_unified_cgroups(void);

/*
 * Reads the first line of a small file, without its newline. False: it cannot be read, as often in
 * containers.
 */
bool machine_setting(const char *path, char *ret_line, int size);

#endif
