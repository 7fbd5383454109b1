/* SPDX-License-Identifier: Apache-2.0 */
/* Files read whole, and what tells that one has changed. */
#ifndef WHOLE_FILE_H
#define WHOLE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * NUL-terminated, to be freed. 0; -EFBIG: longer than max bytes; -EISDIR; -EINVAL:
 * a pipe, or another that is no regular file; or an -errno of open or read.
 */
int whole_file_read(const char *path, size_t max, char **ret_text, size_t *ret_length);

/* Frees what may hold a secret. NULL is allowed. */
void whole_file_forget(char *text, size_t length);

/* Two that differ tell two contents, or the same written twice. */
struct file_stamp {
	uint64_t device, inode, size;
	int64_t modified_ns, changed_ns; /* since 1970: of the content, of the inode */
	int error;                       /* errno of stat(); the others are 0 then */
};

struct file_stamp file_stamp_of(const char *path);
bool file_stamp_equal(const struct file_stamp *one, const struct file_stamp *other);

/*
 * How long ago it was made, nanoseconds; 0: in the future, or there is no file. Right after
 * a stamp was made another write may have the same: the kernel's clock for files goes in
 * steps.
 */
uint64_t file_stamp_age_ns(const struct file_stamp *stamp);

#define FILE_STAMP_STEP_NS 50000000 /* longer than the longest step, 10 ms */

#endif
