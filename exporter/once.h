/* SPDX-License-Identifier: Apache-2.0 */
/* --once: the page on standard output instead of a port. */
#ifndef ONCE_H
#define ONCE_H

struct collector;

/*
 * Writes the page as text, all of it. 0; -EAGAIN, with nothing written: what was
 * collected is not good; or -errno of write(2).
 */
int once_print(struct collector *collector);

#endif
