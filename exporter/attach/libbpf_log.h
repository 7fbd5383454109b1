/* SPDX-License-Identifier: Apache-2.0 */
/* What libbpf says, as log lines. */
#ifndef LIBBPF_LOG_H
#define LIBBPF_LOG_H

/* From here on, until the program ends. */
void libbpf_log_start(void);

#endif
