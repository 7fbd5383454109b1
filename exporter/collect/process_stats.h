/* SPDX-License-Identifier: Apache-2.0 */
/* Statistics of this process, from /proc/self and its limits. */
#ifndef PROCESS_STATS_H
#define PROCESS_STATS_H

struct process_status;

/* 0, or -errno: /proc cannot be read. */
int process_stats_read(struct process_status *ret_status);

#endif
