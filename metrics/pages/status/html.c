// SPDX-License-Identifier: Apache-2.0
#include "metrics/pages/status/html.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unictype.h>
#include <unistr.h>

#include "common/text.h"
#include "common/units.h"

/* Unicode's general categories of characters that have no glyph of their own. */
#define INVISIBLE                                                                                \
	(UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cf | UC_CATEGORY_MASK_Cs | UC_CATEGORY_MASK_Co | \
	 UC_CATEGORY_MASK_Cn | UC_CATEGORY_MASK_Zl | UC_CATEGORY_MASK_Zp)

static const char *entity(ucs4_t character)
{
	switch (character) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

static void append_character(struct text *text, ucs4_t character, const char *bytes, size_t length)
{
	const char *escaped = entity(character);
	char number[16];

	if (escaped) {
		text_append_string(text, escaped);
	} else if (uc_is_general_category_withtable(character, INVISIBLE)) {
		snprintf(number, sizeof(number), "[U+%04X]", character);
		text_append_string(text, number);
	} else {
		text_append(text, bytes, length);
	}
}

void html_text(struct text *text, const char *bytes, size_t length)
{
	for (size_t at = 0; at < length;) {
		ucs4_t character;
		int size = u8_mbtoucr(&character, (const uint8_t *)bytes + at, length - at);

		if (size > 0)
			append_character(text, character, bytes + at, size);
		else
			text_append_string(text, "\xef\xbf\xbd"); /* U+FFFD */
		at += size > 0 ? size : 1;
	}
}

void html_label_value(struct text *text, const char *value, size_t length)
{
	const char *end = value + length;

	while (value < end) {
		const char *backslash = memchr(value, '\\', end - value);

		html_text(text, value, (backslash ? backslash : end) - value);
		if (!backslash || backslash + 1 == end)
			return;
		html_text(text, backslash[1] == 'n' ? "\n" : backslash + 1, 1);
		value = backslash + 2;
	}
}

static void append_string(struct text *text, const char *string)
{
	html_text(text, string, strlen(string));
}

static void append_grouped(struct text *text, uint64_t value)
{
	char digits[TEXT_NUMBER_MAX];
	size_t length = text_format_u64(digits, value) - digits;

	for (size_t i = 0; i < length; i++) {
		if (i && (length - i) % 3 == 0)
			text_append(text, ",", 1);
		text_append(text, digits + i, 1);
	}
}

static void append_double(struct text *text, int precision, double value)
{
	char digits[32];

	text_append(text, digits, snprintf(digits, sizeof(digits), "%.*f", precision, value));
}

void html_print(struct text *text, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	for (size_t plain; *format; format += plain) {
		plain = strcspn(format, "%");
		text_append(text, format, plain);
		if (!format[plain])
			break;
		format += plain;
		switch (format[1]) {
		case 's':
			append_string(text, va_arg(values, const char *));
			plain = strlen("%s");
			break;
		case 'l':
			append_grouped(text, va_arg(values, uint64_t));
			plain = strlen("%lu");
			break;
		case '.':
			append_double(text, format[2] - '0', va_arg(values, double));
			plain = strlen("%.1f");
			break;
		default:
			text_append(text, format, 1);
			plain = strlen("%%");
		}
	}
	va_end(values);
}

void html_time(struct text *text, uint64_t wall_ns)
{
	time_t seconds = (time_t)(wall_ns / SECOND_NS);
	struct tm utc;
	char machine[40] = "", human[40] = "";

	gmtime_r(&seconds, &utc);
	strftime(machine, sizeof(machine), "%FT%TZ", &utc);
	strftime(human, sizeof(human), "%F %T", &utc);
	html_print(text, "<time datetime=\"%s\">%s</time>", machine, human);
}
