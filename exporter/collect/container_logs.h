/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Follows the directory of links that the kubelet keeps, by inotify, and passes them to owners.
 * Reads links, not the files that they point to. Not thread-safe.
 */
#ifndef CONTAINER_LOGS_H
#define CONTAINER_LOGS_H

struct container_logs;
struct owners;

/* directory outlives the result, and need not exist. 0, or -errno: no inotify. */
int container_logs_open(const char *directory, struct container_logs **ret_logs);

/* Accepts NULL. */
void container_logs_close(struct container_logs *logs);

/*
 * Passes the changes since the last call to owners; the first time, all links. Does not wait. While
 * a bind waits for a name, also checks that the directory is still the same, and logs once if there
 * is none. Returns 0, or -errno: the next call reads all links again. Accepts NULL for logs.
 */
int container_logs_update(struct container_logs *logs, struct owners *owners);

#endif
