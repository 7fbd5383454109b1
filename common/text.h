/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A growing text. An allocation that fails makes it "failed" for good: further
 * calls do nothing, and the caller checks once, at the end.
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

/* Room for more bytes, to be filled and committed; NULL when it failed. */
char *text_reserve(struct text *text, size_t more);
void text_commit(struct text *text, const char *end);

void text_append(struct text *text, const char *bytes, size_t length);
void text_append_string(struct text *text, const char *string);
void text_append_double(struct text *text, double value); /* shortest that reads back equal */

#define TEXT_NUMBER_MAX 24 /* room that the following need */

/* Written to out, without a NUL; they return the end of what they wrote. */
char *text_format_u64(char *out, uint64_t value);      /* decimal, to the last digit */
char *text_format_nanoseconds(char *out, uint64_t ns); /* as seconds, to the millisecond */

/* Frees what it owns and leaves it empty, usable again. */
void text_free(struct text *text);

#endif
