/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growing text. A failed allocation marks it as failed until text_free(): further calls do
 * nothing, and the caller checks once, at the end.
 */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text {
	char *data; /* not NUL-terminated; owned; NULL while empty */
	size_t length;
	size_t capacity;
	bool failed;
};

/*
 * Returns room for more bytes behind the text; text_commit() takes the end of the bytes written
 * there. NULL: the text has failed.
 */
char *text_reserve(struct text *text, size_t more);
void text_commit(struct text *text, const char *end);

void text_append(struct text *text, const char *bytes, size_t length);
void text_append_string(struct text *text, const char *string);
void text_append_double(struct text *text, double value); /* the shortest that reads back equal */

#define TEXT_NUMBER_MAX 24 /* bytes of room that the two functions below need */

/* Write to out, without a NUL, and return the end of the bytes written. */
char *text_format_u64(char *out, uint64_t value);      /* decimal, exact */
char *text_format_nanoseconds(char *out, uint64_t ns); /* in seconds, cut to milliseconds */

/* Frees the memory and leaves the text empty and usable again. */
void text_free(struct text *text);

#endif
