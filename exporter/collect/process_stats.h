/* SPDX-License-Identifier: Apache-2.0 */
/* This process, as /proc/self and its limits tell. */
#ifndef PROCESS_STATS_H
#define PROCESS_STATS_H

struct process_status;

/* 0, or -errno when /proc cannot be read. */
int process_stats_read(struct process_status *ret_status);

#endif
