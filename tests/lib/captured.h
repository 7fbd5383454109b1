/* SPDX-License-Identifier: Apache-2.0 */
/* What is written to standard error between two calls, as far as a pipe holds it. */
#ifndef LIB_CAPTURED_H
#define LIB_CAPTURED_H

#include <stddef.h>

/* 0 or -errno. From now on standard error is a pipe. */
int capture_begin(void);

/* Standard error is what it was before. Cut at size - 1 bytes; NUL-terminated. */
void capture_end(char *ret_text, size_t size);

#endif
