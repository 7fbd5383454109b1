/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Closes descriptors of another process without its knowledge, with ptrace. To that process, this
 * looks like a tool that detaches BPF links, or like a bug.
 */
#ifndef LIVE_REMOTE_CLOSE_H
#define LIVE_REMOTE_CLOSE_H

#include <sys/types.h>

/*
 * Makes the process call close() on every descriptor whose /proc/PID/fd link contains one of the
 * words (a list that ends with NULL), for instance "bpf_link". Returns 0 with their number, or
 * -errno.
 */
int remote_close(pid_t pid, const char *const *words, unsigned int *ret_closed);

#endif
