/* SPDX-License-Identifier: Apache-2.0 */
/* Compresses a text with gzip, the content coding of HTTP. Touches only memory. */
#ifndef COMPRESS_H
#define COMPRESS_H

struct text;

/*
 * Overwrites ret_gzip with a text that the caller frees and that has no spare capacity. 0, or
 * -ENOMEM with ret_gzip untouched.
 */
int compress_gzip(const struct text *text, struct text *ret_gzip);

#endif
