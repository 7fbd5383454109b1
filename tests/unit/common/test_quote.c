// SPDX-License-Identifier: Apache-2.0
/* Compares with the output of Go's log/slog; JSON escapes more of U+007F to U+009F here. */
#include "common/quote.h"

#include <stdio.h>
#include <string.h>

#include "common/text.h"
#include "tests/unit/suite.h"

static const struct {
	const char *value;
	const char *logfmt;
	const char *json; /* without its quotes */
} cases[] = {
	{"", "\"\"", ""},
	{"word", "word", "word"},
	{":10068", ":10068", ":10068"},
	{"C:\\x", "C:\\x", "C:\\\\x"},
	{"C:\\x y", "\"C:\\\\x y\"", "C:\\\\x y"},
	{"two words", "\"two words\"", "two words"},
	{"a=b", "\"a=b\"", "a=b"},
	{"say \"no\"", "\"say \\\"no\\\"\"", "say \\\"no\\\""},
	{"a\nlevel=ERROR", "\"a\\nlevel=ERROR\"", "a\\nlevel=ERROR"},
	{"\a\b\t\v\f\r", "\"\\a\\b\\t\\v\\f\\r\"", "\\u0007\\b\\t\\u000b\\f\\r"},
	{"\001\033[2J\177", "\"\\x01\\x1b[2J\\x7f\"", "\\u0001\\u001b[2J\\u007f"},
	{"gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
	{"\xc4\xa0", "\xc4\xa0", "\xc4\xa0"}, /* U+0120: its lower byte is a space */
	{"\xf0\x9f\x90\xa7", "\xf0\x9f\x90\xa7", "\xf0\x9f\x90\xa7"},
	/* not UTF-8: a stray byte, a cut character, an overlong slash, half a pair, too high */
	{"a\xff", "\"a\\xff\"", "a\\ufffd"},
	{"\xe2\x82", "\"\\xe2\\x82\"", "\\ufffd\\ufffd"},
	{"\xc0\xaf", "\"\\xc0\\xaf\"", "\\ufffd\\ufffd"},
	{"\xed\xa0\x80", "\"\\xed\\xa0\\x80\"", "\\ufffd\\ufffd\\ufffd"},
	{"\xf4\x90\x80\x80", "\"\\xf4\\x90\\x80\\x80\"", "\\ufffd\\ufffd\\ufffd\\ufffd"},
	/* not for the eye: C1, no-break space, zero width, line separator, right-to-left, a tag */
	{"\xc2\x9b", "\"\\u009b\"", "\\u009b"},
	{"\xc2\xa0", "\"\\u00a0\"", "\xc2\xa0"},
	{"\xe2\x80\x8b", "\"\\u200b\"", "\xe2\x80\x8b"},
	{"\xe2\x80\xa8", "\"\\u2028\"", "\\u2028"},
	{"\xe2\x80\xae", "\"\\u202e\"", "\xe2\x80\xae"},
	{"\xf3\xa0\x80\x81", "\"\\U000e0001\"", "\xf3\xa0\x80\x81"},
};

static void check(void (*quote)(struct text *text, const char *value), const char *value,
		  const char *expected)
{
	struct text text = {0};

	quote(&text, value);
	text_append(&text, "", 1);
	ck_assert(!text.failed);
	ck_assert_str_eq(text.data, expected);
	text_free(&text);
}

START_TEST(quotes)
{
	char json[64];

	snprintf(json, sizeof(json), "\"%s\"", cases[_i].json);
	check(quote_logfmt, cases[_i].value, cases[_i].logfmt);
	check(quote_json, cases[_i].value, json);
}
END_TEST

/* Quotes every byte alone: the result is only printable ASCII. */
START_TEST(lets_no_byte_through)
{
	const char value[] = {(char)_i, '\0'};
	struct text text = {0};

	quote_logfmt(&text, value);
	quote_json(&text, value);
	for (size_t i = 0; i < text.length; i++)
		ck_assert_msg(text.data[i] >= ' ' && text.data[i] < 0x7f, "byte %d of %d",
			      text.data[i], _i);
	text_free(&text);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {{quotes, ARRAY_SIZE(cases)}, {lets_no_byte_through, 256}};

	return run_suite("quote", tests, ARRAY_SIZE(tests));
}
