/* SPDX-License-Identifier: Apache-2.0 */
/* Turns the messages of libbpf into log lines. */
#ifndef LIBBPF_LOG_H
#define LIBBPF_LOG_H

/* Applies to the whole process, until it ends. */
void libbpf_log_start(void);

#endif
