/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel's side writes of a cgroup's place. */
#ifndef SUPPORT_ORIGIN_H
#define SUPPORT_ORIGIN_H

struct bind_origin;

/*
 * path: from the root down, "/a/b" (no name is longer than 255 bytes). As the program does it: the
 * last name first; what is too long loses its middle, what is too deep is cut.
 */
void origin_of(const char *path, struct bind_origin *ret_origin);

#endif
