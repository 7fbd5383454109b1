/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cgroups of version 2 like those of container runtimes and systemd, all below one cgroup of this
 * run. Paths are relative to that.
 */
#ifndef LIVE_CGROUPS_H
#define LIVE_CGROUPS_H

/*
 * Creates the cgroup of this run, a slice like systemd's. -ENOENT: no such hierarchy is mounted; or
 * -errno: not allowed.
 */
int cgroups_begin(const char *name);

/* Removes it. All others must have been removed before. */
void cgroups_end(void);

/* Creates a cgroup and its missing ancestors. */
int cgroups_make(const char *path);

/* Moves the calling process. */
int cgroups_enter(const char *path);

/* Removes a cgroup, and ancestors that are empty then. */
void cgroups_remove(const char *path);

#endif
