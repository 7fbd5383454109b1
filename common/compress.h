/* SPDX-License-Identifier: Apache-2.0 */
/* gzip, as HTTP has it. */
#ifndef COMPRESS_H
#define COMPRESS_H

struct text;

/* ret_gzip: an empty text, with no more memory than is used. 0 or -ENOMEM. */
int compress_gzip(const struct text *text, struct text *ret_gzip);

#endif
