// SPDX-License-Identifier: Apache-2.0
/* The name of a process is text, whatever it contains. */
#include "metrics/pages/status/html.h"

#include <string.h>

#include "common/label.h"
#include "common/text.h"
#include "tests/unit/suite.h"

static void check(struct text *text, const char *expected)
{
	text_append(text, "", 1);
	ck_assert(!text->failed);
	ck_assert_str_eq(text->data, expected);
	text_free(text);
}

static const struct {
	const char *bytes, *html;
} texts[] = {
	{"nginx", "nginx"},
	{"", ""},
	{"<script>", "&lt;script&gt;"},
	{"a&amp;b", "a&amp;amp;b"},
	{"\" x='y", "&quot; x=&#39;y"},
	{"</td></table>", "&lt;/td&gt;&lt;/table&gt;"},
	{"a\nb\r\tc\x1b[2J\x7f", "a[U+000A]b[U+000D][U+0009]c[U+001B][2J[U+007F]"},
	{"\xc2\x85\xc2\x9b", "[U+0085][U+009B]"},         /* C1 controls */
	{"a\xe2\x80\xaegnp.exe", "a[U+202E]gnp.exe"},     /* right-to-left override */
	{"\xe2\x81\xa6\xe2\x81\xa9", "[U+2066][U+2069]"}, /* isolates */
	{"\xe2\x80\x8b\xef\xbb\xbf\xc2\xad", "[U+200B][U+FEFF][U+00AD]"}, /* no width */
	{"\xe2\x80\xa8\xe2\x80\xa9", "[U+2028][U+2029]"},                 /* line, paragraph */
	{"\xf3\xa0\x81\x81", "[U+E0041]"},                                /* a tag */
	{"\xee\x80\x80\xef\xbf\xbe", "[U+E000][U+FFFE]"},                 /* private, none */
	{"caf\xc3\xa9 \xe6\xbc\xa2 \xd7\x90 \xf0\x9f\x90\xa7",
	 "caf\xc3\xa9 \xe6\xbc\xa2 \xd7\x90 \xf0\x9f\x90\xa7"},
	{"\xff<\xc3", "\xef\xbf\xbd&lt;\xef\xbf\xbd"}, /* not UTF-8 */
	{"\xc0\xbc", "\xef\xbf\xbd\xef\xbf\xbd"},      /* "<", overlong */
	{"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
};

START_TEST(text_is_harmless)
{
	struct text text = {0};

	html_text(&text, texts[_i].bytes, strlen(texts[_i].bytes));
	check(&text, texts[_i].html);
}
END_TEST

static const struct {
	const char *value, *html;
} values[] = {
	{"nginx", "nginx"},
	{"a\\\\b", "a\\b"},
	{"a\\\"b", "a&quot;b"},
	{"a\\nb", "a[U+000A]b"},
	{"\\\\n", "\\n"},
	{"\\\\(other)", "\\(other)"},
	{"<\\\"\\\\>", "&lt;&quot;\\&gt;"},
	{"", ""},
};

START_TEST(label_values_are_read_back)
{
	struct text text = {0};

	html_label_value(&text, values[_i].value, strlen(values[_i].value));
	check(&text, values[_i].html);
}
END_TEST

/* Every comm of 15 bytes goes from the kernel to the page like this. */
START_TEST(a_comm_comes_through)
{
	char comm[16] = "", value[LABEL_COMM_MAX], escaped[LABEL_ESCAPED_MAX];
	struct text label = {0}, direct = {0};

	for (int i = 0; i < 15; i++)
		comm[i] = (char)(_i * 15 + i + 1);
	label_from_comm(comm, sizeof(comm), value);
	label_escape(value, escaped);
	html_label_value(&label, escaped, strlen(escaped));
	html_text(&direct, value, strlen(value));
	text_append(&direct, "", 1);
	check(&label, direct.data);
	text_free(&direct);
}
END_TEST

static const struct {
	uint64_t value;
	const char *text;
} numbers[] = {
	{0, "0"},
	{999, "999"},
	{1000, "1,000"},
	{123456, "123,456"},
	{1234567, "1,234,567"},
	{UINT64_MAX, "18,446,744,073,709,551,615"},
};

START_TEST(thousands_are_grouped)
{
	struct text text = {0};

	html_print(&text, "%lu", numbers[_i].value);
	check(&text, numbers[_i].text);
}
END_TEST

START_TEST(prints_what_it_is_told)
{
	struct text text = {0};

	html_print(&text, "<a title=\"%s\">%lu of %lu, %.1f%% %.0f</a>", "\"&\"", 1UL, 2000UL,
		   12.345, 99.6);
	check(&text, "<a title=\"&quot;&amp;&quot;\">1 of 2,000, 12.3% 100</a>");
}
END_TEST

START_TEST(times_are_utc)
{
	struct text text = {0};

	html_time(&text, 1700000000999999999);
	check(&text, "<time datetime=\"2023-11-14T22:13:20Z\">2023-11-14 22:13:20</time>");
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{text_is_harmless, ARRAY_SIZE(texts)},
		{label_values_are_read_back, ARRAY_SIZE(values)},
		{a_comm_comes_through, 17},
		{thousands_are_grouped, ARRAY_SIZE(numbers)},
		{prints_what_it_is_told, 0},
		{times_are_utc, 0},
	};

	return run_suite("html", tests, ARRAY_SIZE(tests));
}
