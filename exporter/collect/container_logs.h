/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Follows the directory of links that the kubelet keeps, by inotify, and tells owners what is
 * there. Links are read, what they point to is not. One thread at a time.
 */
#ifndef CONTAINER_LOGS_H
#define CONTAINER_LOGS_H

struct container_logs;
struct owners;

/* directory: outlives the result; it need not be there. 0 or -errno: no inotify. */
int container_logs_open(const char *directory, struct container_logs **ret_logs);

/* NULL is allowed. */
void container_logs_close(struct container_logs *logs);

/*
 * What has changed since the last time; the first time, all that is there. Does not wait.
 * While somebody waits for a name, it is made sure that the directory is still the same; where
 * there is none, the log says so once. 0, or -errno: next time everything is read again. logs may
 * be NULL.
 */
int container_logs_update(struct container_logs *logs, struct owners *owners);

#endif
