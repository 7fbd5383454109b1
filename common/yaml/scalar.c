// SPDX-License-Identifier: Apache-2.0
#include "common/yaml/scalar.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define TAG_PREFIX "tag:yaml.org,2002:"
#define DIGITS_MAX 80

static const char *const names[] = {"str", "null", "bool", "int", "float"};

static bool is_one_of(const char *text, const char *const words[])
{
	for (size_t i = 0; words[i]; i++)
		if (strcmp(text, words[i]) == 0)
			return true;
	return false;
}

static bool is_true(const char *text)
{
	return is_one_of(text, (const char *const[]){"y", "Y", "yes", "Yes", "YES", "true", "True",
						     "TRUE", "on", "On", "ON", NULL});
}

static bool is_false(const char *text)
{
	return is_one_of(text, (const char *const[]){"n", "N", "no", "No", "NO", "false", "False",
						     "FALSE", "off", "Off", "OFF", NULL});
}

static bool is_null(const char *text)
{
	return is_one_of(text, (const char *const[]){"", "~", "null", "Null", "NULL", NULL});
}

/* Copies text without its underscores. false: it is longer than any number. */
static bool strip(const char *text, char ret_digits[DIGITS_MAX])
{
	size_t length = 0;

	for (; *text; text++) {
		if (*text == '_')
			continue;
		if (length == DIGITS_MAX - 1)
			return false;
		ret_digits[length++] = *text;
	}
	ret_digits[length] = '\0';
	return true;
}

/* 0; -EINVAL: text is not an int; -ERANGE: the int does not fit. */
static int parse_int(const char *text, int64_t *ret_number)
{
	char digits[DIGITS_MAX] = "";
	const char *start = digits;
	bool negative = false;
	int base = 0;
	int64_t number;
	char *end;

	if (!strip(text, digits))
		return -EINVAL;
	if (*start == '-' || *start == '+')
		negative = *start++ == '-';
	if (strncmp(start, "0b", 2) == 0) {
		base = 2;
		start += 2;
	}
	/* strtoll() itself would take another sign, or blanks. */
	if (*start < '0' || *start > '9' ||
	    strspn(start, "0123456789abcdefABCDEFxX") != strlen(start))
		return -EINVAL;
	errno = 0;
	number = strtoll(start, &end, base);
	if (*end)
		return -EINVAL;
	if (errno)
		return -ERANGE;
	*ret_number = negative ? -number : number;
	return 0;
}

static bool is_float(const char *text)
{
	char digits[DIGITS_MAX] = "";
	char *end;

	if (!strip(text, digits) || strspn(digits, "+-.0123456789eE") != strlen(digits) ||
	    !strpbrk(digits, "0123456789"))
		return false;
	(void)strtod(digits, &end);
	return !*end;
}

enum yaml_scalar yaml_scalar_of(const char *text)
{
	int64_t number;

	if (is_null(text))
		return YAML_SCALAR_NULL;
	if (is_true(text) || is_false(text))
		return YAML_SCALAR_BOOL;
	if (parse_int(text, &number) == 0)
		return YAML_SCALAR_INT;
	return is_float(text) ? YAML_SCALAR_FLOAT : YAML_SCALAR_STRING;
}

enum yaml_scalar yaml_scalar_of_tag(const char *tag)
{
	size_t prefix = strlen(TAG_PREFIX);

	if (strncmp(tag, TAG_PREFIX, prefix) == 0)
		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			if (strcmp(tag + prefix, names[i]) == 0)
				return (enum yaml_scalar)i;
	return YAML_SCALAR_STRING;
}

const char *yaml_scalar_name(enum yaml_scalar scalar)
{
	return names[scalar];
}

bool yaml_scalar_bool(const char *text)
{
	return is_true(text);
}

int yaml_scalar_int(const char *text, int64_t *ret_number)
{
	return parse_int(text, ret_number) ? -ERANGE : 0;
}
