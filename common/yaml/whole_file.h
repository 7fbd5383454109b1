/* SPDX-License-Identifier: Apache-2.0 */
/* Reads whole files, and detects changes by stat(2). */
#ifndef WHOLE_FILE_H
#define WHOLE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Reads a file; ret_text is NUL-terminated, and the caller frees it. 0; -EFBIG: the file is longer
 * than max bytes; -EISDIR; -EINVAL: it is a pipe or otherwise not a regular file; or an -errno of
 * open(2) or read(2).
 */
int whole_file_read(const char *path, size_t max, char **ret_text, size_t *ret_length);

/* Erases and frees a text that can hold a secret. NULL is allowed. */
void whole_file_forget(char *text, size_t length);

/* Two stamps differ if the contents differ, or if the same content was written again. */
struct file_stamp {
	uint64_t device, inode, size;
	int64_t modified_ns, changed_ns; /* since 1970; of the content, of the inode */
	int error;                       /* errno of stat(2); the others are then 0 */
};

struct file_stamp file_stamp_of(const char *path);
bool file_stamp_equal(const struct file_stamp *one, const struct file_stamp *other);

/*
 * Returns the nanoseconds since the last change of the inode; 0: that is in the future, or there
 * is no file. A write shortly after another can leave the same stamp, because the kernel's clock
 * for files advances in steps.
 */
uint64_t file_stamp_age_ns(const struct file_stamp *stamp);

#define FILE_STAMP_STEP_NS 50000000 /* longer than the longest step, 10 ms */

#endif
