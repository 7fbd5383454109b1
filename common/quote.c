// SPDX-License-Identifier: Apache-2.0
#include "common/quote.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unictype.h>
#include <unistr.h>

#include "common/text.h"

#define LINE_SEPARATOR      0x2028 /* both end a line in JavaScript, so JSON escapes them */
#define PARAGRAPH_SEPARATOR 0x2029

#define UTF8_MAX 4 /* bytes of the longest character; strnlen() need not look further */

/* One character of a string, or one byte that is not UTF-8. */
struct character {
	ucs4_t code; /* not valid: the byte */
	size_t length;
	bool valid;
};

static struct character next_character(const char *bytes)
{
	ucs4_t code;
	int length = u8_mbtoucr(&code, (const uint8_t *)bytes, strnlen(bytes, UTF8_MAX));

	if (length > 0)
		return (struct character){code, (size_t)length, true};
	return (struct character){(unsigned char)*bytes, 1, false};
}

static __attribute__((format(printf, 2, 3))) void append_format(struct text *text,
								const char *format, ...)
{
	char escape[16];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(escape, sizeof(escape), format, arguments);
	va_end(arguments);
	text_append_string(text, escape);
}

/* Returns the letter that follows the backslash; 0: the character has no such escape. */
static char short_escape(ucs4_t code, const char *codes, const char *letters)
{
	const char *found = code && code < 0x80 ? strchr(codes, (int)code) : NULL;

	return found ? letters[found - codes] : '\0';
}

/* The rule of Go's strconv.IsPrint: no others (C) and no separators (Z), except the ASCII space. */
static bool is_printable(const struct character *character)
{
	return character->valid &&
	       (character->code == ' ' ||
		!uc_is_general_category_withtable(character->code,
						  UC_CATEGORY_MASK_C | UC_CATEGORY_MASK_Z));
}

static bool needs_quotes(const char *value)
{
	struct character character;

	if (!*value)
		return true;
	for (; *value; value += character.length) {
		character = next_character(value);
		if (!is_printable(&character) || character.code == ' ' || character.code == '"' ||
		    character.code == '=')
			return true;
	}
	return false;
}

static void append_go(struct text *text, const char *bytes, const struct character *character)
{
	char letter = short_escape(character->code, "\a\b\f\n\r\t\v\"\\", "abfnrtv\"\\");

	if (letter)
		append_format(text, "\\%c", letter);
	else if (is_printable(character))
		text_append(text, bytes, character->length);
	else if (!character->valid || character->code < 0x80)
		append_format(text, "\\x%02x", character->code);
	else if (character->code < 0x10000)
		append_format(text, "\\u%04x", character->code);
	else
		append_format(text, "\\U%08x", character->code);
}

void quote_logfmt(struct text *text, const char *value)
{
	struct character character;

	if (!needs_quotes(value)) {
		text_append_string(text, value);
		return;
	}
	text_append_string(text, "\"");
	for (; *value; value += character.length) {
		character = next_character(value);
		append_go(text, value, &character);
	}
	text_append_string(text, "\"");
}

static void append_json(struct text *text, const char *bytes, const struct character *character)
{
	char letter = short_escape(character->code, "\b\f\n\r\t\"\\", "bfnrt\"\\");

	if (letter)
		append_format(text, "\\%c", letter);
	else if (!character->valid)
		text_append_string(text, "\\ufffd");
	else if (character->code < ' ' || (character->code >= 0x7f && character->code < 0xa0) ||
		 character->code == LINE_SEPARATOR || character->code == PARAGRAPH_SEPARATOR)
		append_format(text, "\\u%04x", character->code);
	else
		text_append(text, bytes, character->length);
}

void quote_json(struct text *text, const char *value)
{
	struct character character;

	text_append_string(text, "\"");
	for (; *value; value += character.length) {
		character = next_character(value);
		append_json(text, value, &character);
	}
	text_append_string(text, "\"");
}
