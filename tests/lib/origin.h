/* SPDX-License-Identifier: Apache-2.0 */
/* The names of a cgroup, as the kernel side writes them. */
#ifndef LIB_ORIGIN_H
#define LIB_ORIGIN_H

struct bind_origin;

/*
 * path: from the root down, "/a/b"; a name has at most 255 bytes. As in the BPF program, the last
 * name comes first; a path that is too long loses its middle, and one that is too deep is cut.
 */
void origin_of(const char *path, struct bind_origin *ret_origin);

#endif
