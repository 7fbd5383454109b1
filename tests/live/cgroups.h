/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cgroups of version 2 as container runtimes and systemd make them, all below one of
 * this run's own. Paths are relative to that.
 */
#ifndef LIVE_CGROUPS_H
#define LIVE_CGROUPS_H

/* Makes the one of this run, a slice as systemd has them. -ENOENT: no such hierarchy is mounted; or
 * -errno: not allowed. */
int cgroups_begin(const char *name);

/* Removes it; all others must be gone. */
void cgroups_end(void);

/* Makes a cgroup and those above it that are missing. */
int cgroups_make(const char *path);

/* Moves the calling process. */
int cgroups_enter(const char *path);

/* Removes a cgroup and those above it that are empty then. */
void cgroups_remove(const char *path);

#endif
