/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Closes descriptors of another process behind its back, with ptrace: what a
 * tool that detaches BPF links, or a bug, would look like to it.
 */
#ifndef LIVE_REMOTE_CLOSE_H
#define LIVE_REMOTE_CLOSE_H

#include <sys/types.h>

/*
 * Makes the process call close() on every descriptor whose /proc/PID/fd link
 * contains one of the words (a list closed by NULL), for instance "bpf_link".
 * Returns 0 with their number, or -errno.
 */
int remote_close(pid_t pid, const char *const *words, unsigned int *ret_closed);

#endif
