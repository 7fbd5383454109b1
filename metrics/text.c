// SPDX-License-Identifier: Apache-2.0
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool text_reserve(struct text *text, size_t more)
{
	size_t capacity = text->capacity ? text->capacity : 4096;
	char *data;

	if (text->failed)
		return false;
	if (text->data && text->capacity - text->length >= more)
		return true;
	while (capacity - text->length < more)
		capacity *= 2;
	data = realloc(text->data, capacity);
	if (!data) {
		text->failed = true;
		return false;
	}
	text->data = data;
	text->capacity = capacity;
	return true;
}

void text_append(struct text *text, const char *bytes, size_t length)
{
	if (!text_reserve(text, length))
		return;
	memcpy(text->data + text->length, bytes, length);
	text->length += length;
}

void text_append_string(struct text *text, const char *string)
{
	text_append(text, string, strlen(string));
}

void text_append_u64(struct text *text, uint64_t value)
{
	char digits[20]; /* of UINT64_MAX */
	char *first = digits + sizeof(digits);

	do {
		*--first = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	text_append(text, first, digits + sizeof(digits) - first);
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

void text_append_nanoseconds(struct text *text, uint64_t ns)
{
	uint64_t ms = ns / 1000000;
	char fraction[4] = {'.', (char)('0' + ms / 100 % 10), (char)('0' + ms / 10 % 10),
			    (char)('0' + ms % 10)};

	text_append_u64(text, ms / 1000);
	text_append(text, fraction, sizeof(fraction));
}

void text_free(struct text *text)
{
	free(text->data);
	*text = (struct text){0};
}
