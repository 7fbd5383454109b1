// SPDX-License-Identifier: Apache-2.0
#include "web/http/negotiation.h"

#include <stdio.h>
#include <string.h>

#include "tests/lib/negotiation_cases.h"
#include "tests/unit/suite.h"

START_TEST(format)
{
	const char *type =
		formats[_i].kind == PAGE_TEXT ? "text/plain" : "application/openmetrics-text";
	char expected[256], answer[NEGOTIATION_TYPE_MAX];

	snprintf(expected, sizeof(expected), "%s; version=%s; charset=utf-8; escaping=%s", type,
		 formats[_i].version, formats[_i].escaping);
	ck_assert_int_eq(negotiate_format(formats[_i].accept, answer), formats[_i].kind);
	ck_assert_str_eq(answer, expected);
}
END_TEST

/* Only the first ones are read, and nothing is written beyond the array. */
START_TEST(many_formats)
{
	char accept[8192] = "", type[NEGOTIATION_TYPE_MAX];

	for (int i = 0; i < 100; i++)
		strcat(accept, "application/json;q=0.5, ");
	strcat(accept, "application/openmetrics-text");
	ck_assert_int_eq(negotiate_format(accept, type), PAGE_TEXT);
}
END_TEST

START_TEST(encoding)
{
	struct encoding_wishes wishes = {0};

	for (int i = 0; i < 2 && encodings[_i].headers[i]; i++)
		encoding_wishes_add(&wishes, encodings[_i].headers[i]);
	ck_assert_int_eq(encoding_wishes_are_gzip(&wishes), encodings[_i].gzip);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{format, ARRAY_SIZE(formats)},
		{many_formats, 0},
		{encoding, ARRAY_SIZE(encodings)},
	};

	return run_suite("negotiation", tests, ARRAY_SIZE(tests));
}
