// SPDX-License-Identifier: Apache-2.0
#include "web/access/authorization.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char scheme[] = "Basic ";
static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Returns 0 to 63, or -1. */
static int digit_value(char byte)
{
	const char *digit = byte ? strchr(digits, byte) : NULL;

	return digit ? (int)(digit - digits) : -1;
}

/*
 * Decodes four characters into up to three bytes. Only the last group may be padded. Returns the
 * number of bytes, or -1.
 */
static int decode_group(const char group[4], int last, char *out)
{
	uint32_t bits = 0;
	int padding = 0;

	while (last && padding < 2 && group[3 - padding] == '=')
		padding++;
	for (int i = 0; i < 4 - padding; i++) {
		int value = digit_value(group[i]);

		if (value < 0)
			return -1;
		bits |= (uint32_t)value << (18 - 6 * i);
	}
	for (int i = 0; i < 3 - padding; i++)
		out[i] = (char)(bits >> (16 - 8 * i));
	return 3 - padding;
}

/* out has room for three bytes for each four characters. Returns the number of bytes, or -1. */
static ptrdiff_t decode(const char *text, size_t length, char *out)
{
	ptrdiff_t total = 0;

	if (length % 4)
		return -1;
	for (size_t i = 0; i < length; i += 4) {
		int got = decode_group(text + i, i + 4 == length, out + total);

		if (got < 0)
			return -1;
		total += got;
	}
	return total;
}

/* Spaces after a header's value are not part of it, but libmicrohttpd does not remove them. */
static size_t value_length(const char *value)
{
	size_t length = strlen(value);

	while (length > 0 && strchr(" \t", value[length - 1]))
		length--;
	return length;
}

int authorization_parse(const char *header, struct authorization *ret_authorization)
{
	size_t prefix = sizeof(scheme) - 1, encoded, size;
	ptrdiff_t length;
	char *text, *colon;

	if (!header || strncasecmp(header, scheme, prefix) != 0)
		return -EINVAL;
	encoded = value_length(header + prefix);
	size = encoded / 4 * 3 + 1;
	text = malloc(size);
	if (!text)
		return -ENOMEM;
	length = decode(header + prefix, encoded, text);
	colon = length < 0 ? NULL : memchr(text, ':', length);
	if (!colon) {
		explicit_bzero(text, size);
		free(text);
		return -EINVAL;
	}
	text[length] = '\0';
	*colon = '\0';
	*ret_authorization = (struct authorization){
		.user = text,
		.user_length = colon - text,
		.password = colon + 1,
		.password_length = text + length - (colon + 1),
	};
	return 0;
}

void authorization_forget(struct authorization *authorization)
{
	if (!authorization->user)
		return;
	explicit_bzero(authorization->user,
		       authorization->user_length + 1 + authorization->password_length);
	free(authorization->user);
	authorization->user = NULL;
}
