// SPDX-License-Identifier: Apache-2.0
#include "common/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *grow(struct text *text, size_t more)
{
	size_t capacity = text->capacity ? text->capacity : 4096;
	char *data;

	if (text->failed)
		return NULL;
	while (capacity - text->length < more)
		capacity *= 2;
	data = realloc(text->data, capacity);
	if (!data) {
		text->failed = true;
		return NULL;
	}
	text->data = data;
	text->capacity = capacity;
	return data + text->length;
}

char *text_reserve(struct text *text, size_t more)
{
	if (text->data && !text->failed && text->capacity - text->length >= more)
		return text->data + text->length;
	return grow(text, more);
}

void text_commit(struct text *text, const char *end)
{
	text->length = end - text->data;
}

void text_append(struct text *text, const char *bytes, size_t length)
{
	char *out = text_reserve(text, length);

	if (!out)
		return;
	memcpy(out, bytes, length);
	text->length += length;
}

void text_append_string(struct text *text, const char *string)
{
	text_append(text, string, strlen(string));
}

/* Writes two digits at a time: divisions are the main cost of a page of numbers. */
char *text_format_u64(char *out, uint64_t value)
{
	static const char pairs[] = "00010203040506070809101112131415161718192021222324"
				    "25262728293031323334353637383940414243444546474849"
				    "50515253545556575859606162636465666768697071727374"
				    "75767778798081828384858687888990919293949596979899";
	char digits[20]; /* UINT64_MAX has as many */
	char *first = digits + sizeof(digits);

	for (; value >= 100; value /= 100) {
		first -= 2;
		memcpy(first, pairs + 2 * (value % 100), 2);
	}
	if (value >= 10)
		*--first = (char)('0' + value % 10);
	*--first = (char)('0' + (value >= 10 ? value / 10 : value));
	return mempcpy(out, first, digits + sizeof(digits) - first);
}

char *text_format_nanoseconds(char *out, uint64_t ns)
{
	uint64_t ms = ns / 1000000;

	out = text_format_u64(out, ms / 1000);
	*out++ = '.';
	*out++ = (char)('0' + ms / 100 % 10);
	*out++ = (char)('0' + ms / 10 % 10);
	*out++ = (char)('0' + ms % 10);
	return out;
}

void text_append_double(struct text *text, double value)
{
	char digits[32];
	int length = 0;

	for (int precision = 6; precision <= 17; precision++) {
		length = snprintf(digits, sizeof(digits), "%.*g", precision, value);
		if (strtod(digits, NULL) == value)
			break;
	}
	text_append(text, digits, length);
}

void text_free(struct text *text)
{
	free(text->data);
	*text = (struct text){0};
}
