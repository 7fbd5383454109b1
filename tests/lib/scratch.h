/* SPDX-License-Identifier: Apache-2.0 */
/* Temporary directories and whole files, for tests. */
#ifndef LIB_SCRATCH_H
#define LIB_SCRATCH_H

#include <stddef.h>

#define SCRATCH_SIZE 64 /* room for the path of a scratch directory */

/*
 * A fresh directory under $TMPDIR or /tmp, mode 0755 so that unprivileged
 * children can pass. 0, -ENAMETOOLONG where $TMPDIR leaves no room, or -errno.
 */
int scratch_make(char ret_path[SCRATCH_SIZE]);

/* Removes the directory and everything in it, as far as it can. */
void scratch_remove(const char *path);

/* A whole file, NUL-terminated; sizes that stat() does not know (/proc, /sys) are fine. */
int scratch_read(const char *path, char **ret_text, size_t *ret_length);

/* Writes a new file of these bytes. */
int scratch_write(const char *path, const void *bytes, size_t length);

/* How many entries a directory has, or -errno; in /proc/self/fd, one is of this call. */
int scratch_count(const char *path);

/*
 * Waits, for up to 5 s, until that count is the expected one, and returns the last: /proc/self/task
 * may list a thread for a moment after it was joined.
 */
int scratch_await_count(const char *path, int expected);

#endif
