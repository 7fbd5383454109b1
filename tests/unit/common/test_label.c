// SPDX-License-Identifier: Apache-2.0
#include "common/label.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/suite.h"

#define REPLACED "\xef\xbf\xbd"
#define FIVE     REPLACED REPLACED REPLACED REPLACED REPLACED

static const struct {
	const char *comm; /* in the kernel: 16 bytes, NUL-padded */
	const char *value;
	const char *escaped;
} cases[] = {
	{"nginx", "nginx", "nginx"},
	{"", "", ""},
	{"fifteen-bytes-x", "fifteen-bytes-x", "fifteen-bytes-x"},
	{"a\"b", "a\"b", "a\\\"b"},
	{"a\\b", "a\\b", "a\\\\b"},
	{"a\nb", "a\nb", "a\\nb"},
	{"\"\\\n", "\"\\\n", "\\\"\\\\\\n"},
	{"tab\there", "tab" REPLACED "here", "tab" REPLACED "here"},
	{"\x1b[2J\r", REPLACED "[2J" REPLACED, REPLACED "[2J" REPLACED},
	{"\x01\x02\x03\x04\x05\n\x06\x07\x08\x0b\x0c\x0e\x0f\x1d\x1e",
	 FIVE "\n" FIVE REPLACED REPLACED REPLACED REPLACED,
	 FIVE "\\n" FIVE REPLACED REPLACED REPLACED REPLACED},
	{"\xe2\x80\xa8\xe2\x80\xa8\xe2\x80\xa8\xe2\x80\xa8\xe2\x80\xa8", FIVE, FIVE},
	{"\xc3\xa9t\xc3\xa9", "\xc3\xa9t\xc3\xa9", "\xc3\xa9t\xc3\xa9"},
	{"\xf0\x9f\x90\x9d", "\xf0\x9f\x90\x9d", "\xf0\x9f\x90\x9d"},
	{"\xff", REPLACED, REPLACED},
	{"a\xffz", "a" REPLACED "z", "a" REPLACED "z"},
	{"\xc3", REPLACED, REPLACED}, /* cut off */
	{"thirteen-byt\xc3", "thirteen-byt" REPLACED, "thirteen-byt" REPLACED},
	{"\xe2\x82z", REPLACED REPLACED "z", REPLACED REPLACED "z"},
	{"\xc0\xaf", REPLACED REPLACED, REPLACED REPLACED},                       /* overlong */
	{"\xed\xa0\x80", REPLACED REPLACED REPLACED, REPLACED REPLACED REPLACED}, /* surrogate */
	{"\xf4\x90\x80\x80", REPLACED REPLACED REPLACED REPLACED,
	 REPLACED REPLACED REPLACED REPLACED}, /* beyond U+10FFFF */
	{"(other)", "\\(other)", "\\\\(other)"},
	{"\\(other)", "\\(other)", "\\\\(other)"},
	{"(other", "(other", "(other"},
	{"(other) ", "(other) ", "(other) "},
};

START_TEST(makes_label_values)
{
	char comm[16] = "", value[LABEL_COMM_MAX], escaped[LABEL_ESCAPED_MAX];

	memcpy(comm, cases[_i].comm, strlen(cases[_i].comm));
	label_from_comm(comm, sizeof(comm), value);
	ck_assert_str_eq(value, cases[_i].value);
	label_escape(value, escaped);
	ck_assert_str_eq(escaped, cases[_i].escaped);
}
END_TEST

/* Characters of every class, on both sides of its borders. */
static const struct {
	const char *character;
	bool stays;
} characters[] = {
	{"\x01", false},
	{"\t", false},
	{"\n", true},
	{"\v", false},
	{"\f", false},
	{"\r", false},
	{"\x1c", false},
	{"\x1f", false},
	{" ", true},
	{"~", true},
	{"\x7f", false},
	{"\xc2\x80", false},
	{"\xc2\x85", false},
	{"\xc2\x9f", false},
	{"\xc2\xa0", true},
	{"\xe2\x80\xa7", true},
	{"\xe2\x80\xa8", false},
	{"\xe2\x80\xa9", false},
	{"\xe2\x80\xaa", true},
	{"\xef\xbf\xbd", true},
	{"\xf0\x90\x80\xa8", true},
};

START_TEST(collectors_find_no_end_of_a_line)
{
	const char *character = characters[_i].character;
	const char *shown = characters[_i].stays ? character : REPLACED;
	char bytes[8], expected[8], value[LABEL_COMM_MAX];

	snprintf(bytes, sizeof(bytes), "a%sz", character);
	snprintf(expected, sizeof(expected), "a%sz", shown);
	label_from_comm(bytes, sizeof(bytes), value);
	ck_assert_str_eq(value, expected);
	label_copy(bytes, strlen(bytes), value, sizeof(value));
	ck_assert_str_eq(value, expected);
}
END_TEST

/* Old kernels leave the end of a longer, earlier name behind the NUL. */
START_TEST(stops_at_nul)
{
	const char comm[16] = "new\0-name-stale";
	char value[LABEL_COMM_MAX];

	label_from_comm(comm, sizeof(comm), value);
	ck_assert_str_eq(value, "new");
}
END_TEST

START_TEST(stays_within_the_bytes_given)
{
	char value[LABEL_COMM_MAX], escaped[LABEL_ESCAPED_MAX];
	char *comm = malloc(15);

	memset(comm, 0xff, 15); /* no NUL, and AddressSanitizer behind it */
	label_from_comm(comm, 15, value);
	ck_assert_uint_eq(strlen(value), 45);
	memset(comm, '"', 15);
	label_from_comm(comm, 15, value);
	label_escape(value, escaped);
	ck_assert_uint_eq(strlen(escaped), 30);
	free(comm);
}
END_TEST

START_TEST(reads_labels_back)
{
	static const char text[] = "{category=\"auto\",comm=\"a\\\",b=\\\"\\\\\",uid=\"\"}";
	static const struct {
		const char *name, *value;
	} expected[] = {{"category", "auto"}, {"comm", "a\\\",b=\\\"\\\\"}, {"uid", ""}};
	struct label label;
	const char *at = text;

	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		at = label_next(at, &label);
		ck_assert_ptr_nonnull(at);
		ck_assert_uint_eq(label.name_length, strlen(expected[i].name));
		ck_assert_mem_eq(label.name, expected[i].name, label.name_length);
		ck_assert_uint_eq(label.value_length, strlen(expected[i].value));
		ck_assert_mem_eq(label.value, expected[i].value, label.value_length);
	}
	ck_assert_ptr_null(label_next(at, &label));
	ck_assert_ptr_null(label_next("", &label));
}
END_TEST

#define COPY_SIZE 8

static const struct {
	const char *bytes, *value;
} copies[] = {
	{"", ""},
	{"seven_7", "seven_7"},
	{"eight__8", "eigh\xe2\x80\xa6"},
	{"as long as can be", "as l\xe2\x80\xa6"},
	{"\xc3\xa9t\xc3\xa9", "\xc3\xa9t\xc3\xa9"},
	{"abc\xc3\xa9\xc3\xa9\xc3\xa9", "abc\xe2\x80\xa6"}, /* not in the middle of one */
	{"a\xff", "a\xef\xbf\xbd"},
	{"a\xff\xff", "a\xef\xbf\xbd\xef\xbf\xbd"},
	{"a\xff\xff\xff", "a\xef\xbf\xbd\xe2\x80\xa6"},
	{"a\x1b\x7f", "a\xef\xbf\xbd\xef\xbf\xbd"},
	{"a\x1b\x7f\x01", "a\xef\xbf\xbd\xe2\x80\xa6"},
};

START_TEST(copies_what_fits)
{
	char value[COPY_SIZE];

	label_copy(copies[_i].bytes, strlen(copies[_i].bytes), value, sizeof(value));
	ck_assert_str_eq(value, copies[_i].value);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{makes_label_values, ARRAY_SIZE(cases)},
		{collectors_find_no_end_of_a_line, ARRAY_SIZE(characters)},
		{stops_at_nul, 0},
		{stays_within_the_bytes_given, 0},
		{reads_labels_back, 0},
		{copies_what_fits, ARRAY_SIZE(copies)},
	};

	return run_suite("label", tests, ARRAY_SIZE(tests));
}
