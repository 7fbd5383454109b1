// SPDX-License-Identifier: Apache-2.0
#include "web/access/authorization.h"

#include <errno.h>
#include <string.h>

#include "tests/unit/suite.h"

static const struct {
	const char *header;
	const char *user, *password; /* user NULL: the header is refused */
} cases[] = {
	{"Basic YTpi", "a", "b"},
	{"Basic YTpi \t ", "a", "b"},
	{"bAsIc YTpi", "a", "b"},
	{"Basic YTpiOmM=", "a", "b:c"},
	{"Basic YWJjOg==", "abc", ""},
	{"Basic OnB3", "", "pw"},
	{"Basic Og==", "", ""},
	{"Basic w6k6w7w/", "\xc3\xa9", "\xc3\xbc?"},
	{NULL, NULL, NULL},
	{"", NULL, NULL},
	{"Basic", NULL, NULL},
	{"Basic ", NULL, NULL},
	{"Basic  YTpi", NULL, NULL},
	{"Bearer YTpi", NULL, NULL},
	{"Basic\tYTpi", NULL, NULL},
	{"Basic YWI=", NULL, NULL},    /* no colon */
	{"Basic YTpiOmM", NULL, NULL}, /* without padding */
	{"Basic Og=", NULL, NULL},
	{"Basic O===", NULL, NULL},
	{"Basic ====", NULL, NULL},
	{"Basic Og==YTpi", NULL, NULL},
	{"Basic YTp_", NULL, NULL}, /* base64 for URLs */
	{"Basic YT\npi", NULL, NULL},
};

START_TEST(parses)
{
	struct authorization given = {.user = NULL};
	int error = authorization_parse(cases[_i].header, &given);

	if (!cases[_i].user) {
		ck_assert_int_eq(error, -EINVAL);
		ck_assert_ptr_null(given.user);
		return;
	}
	ck_assert_int_eq(error, 0);
	ck_assert_str_eq(given.user, cases[_i].user);
	ck_assert_uint_eq(given.user_length, strlen(cases[_i].user));
	ck_assert_str_eq(given.password, cases[_i].password);
	ck_assert_uint_eq(given.password_length, strlen(cases[_i].password));
	authorization_forget(&given);
	ck_assert_ptr_null(given.user);
}
END_TEST

/* "a\0b:c\0d" */
START_TEST(keeps_nuls)
{
	struct authorization given;

	ck_assert_int_eq(authorization_parse("Basic YQBiOmMAZA==", &given), 0);
	ck_assert_uint_eq(given.user_length, 3);
	ck_assert_uint_eq(given.password_length, 3);
	ck_assert_int_eq(memcmp(given.password, "c\0d", 3), 0);
	authorization_forget(&given);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {{parses, ARRAY_SIZE(cases)}, {keeps_nuls, 0}};

	return run_suite("authorization", tests, ARRAY_SIZE(tests));
}
