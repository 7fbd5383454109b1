/* SPDX-License-Identifier: Apache-2.0 */
/* --once: prints the page to standard output instead of serving it. */
#ifndef ONCE_H
#define ONCE_H

struct collector;

/*
 * Writes the whole page as text. 0; -EAGAIN: nothing is written, because the collector is not ready
 * or has no page; or -errno of write(2). Logs its errors.
 */
int once_print(struct collector *collector);

#endif
