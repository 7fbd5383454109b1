// SPDX-License-Identifier: Apache-2.0
#include "common/label.h"

#include <stddef.h>
#include <string.h>
#include <unictype.h>
#include <unistr.h>

static const char ellipsis[] = "\xe2\x80\xa6";

/*
 * The formats allow control characters and Unicode's separators of lines and paragraphs, but some
 * collectors end a line there and lose the page (Datadog's OpenMetrics check 38.7.0) or the rest
 * of it (PCP's pmdaopenmetrics 7.2.2). A line feed is shown, because label_escape() escapes it.
 */
static bool is_shown(ucs4_t character)
{
	return character == '\n' ||
	       !uc_is_general_category_withtable(
		       character, UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Zl | UC_CATEGORY_MASK_Zp);
}

/*
 * Copies one character, or U+FFFD if the bytes are not a character or it is not shown. Returns the
 * number of bytes consumed.
 */
static size_t copy_character(const char *bytes, size_t size, char **out)
{
	ucs4_t character;
	int length = u8_mbtoucr(&character, (const uint8_t *)bytes, size);

	if (length > 0 && is_shown(character))
		*out = mempcpy(*out, bytes, length);
	else
		*out = mempcpy(*out, LABEL_REPLACEMENT, strlen(LABEL_REPLACEMENT));
	return length > 0 ? length : 1;
}

void label_from_comm(const char *comm, size_t size, char ret_value[LABEL_COMM_MAX])
{
	size_t length = strnlen(comm, size);
	char *out = ret_value;

	for (size_t at = 0; at < length;)
		at += copy_character(comm + at, length - at, &out);
	*out = '\0';
	if (strcmp(ret_value, LABEL_OTHER) == 0)
		strcpy(ret_value, "\\" LABEL_OTHER);
}

void label_copy(const char *bytes, size_t size, char *ret_value, size_t ret_size)
{
	char *out = ret_value, *cut = ret_value; /* cut: the last end with room for an ellipsis */
	const char *end = ret_value + ret_size;

	for (size_t at = 0; at < size;) {
		char character[4], *after = character;

		at += copy_character(bytes + at, size - at, &after);
		if (after - character >= end - out) {
			strcpy(cut, ellipsis);
			return;
		}
		out = mempcpy(out, character, after - character);
		if (end - out >= (ptrdiff_t)sizeof(ellipsis))
			cut = out;
	}
	*out = '\0';
}

void label_escape(const char *value, char *ret_escaped)
{
	char *out = ret_escaped;

	for (; *value; value++) {
		if (*value == '\n') {
			*out++ = '\\';
			*out++ = 'n';
			continue;
		}
		if (*value == '\\' || *value == '"')
			*out++ = '\\';
		*out++ = *value;
	}
	*out = '\0';
}

bool label_is_comm(const struct label *label)
{
	return label->name_length == 4 && memcmp(label->name, "comm", 4) == 0;
}

const char *label_next(const char *at, struct label *ret_label)
{
	struct label label = {.name = at + 1}; /* the name follows a brace or a comma */
	const char *end;

	if (*at != '{' && *at != ',')
		return NULL;
	label.name_length = strcspn(label.name, "=");
	label.value = label.name + label.name_length + strlen("=\"");
	for (end = label.value; *end != '"'; end++)
		end += *end == '\\';
	label.value_length = end - label.value;
	*ret_label = label;
	return end + 1;
}
