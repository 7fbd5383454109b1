// SPDX-License-Identifier: Apache-2.0
#include "common/yaml/scalar.h"

#include <errno.h>

#include "tests/unit/suite.h"

static const struct {
	const char *text;
	enum yaml_scalar scalar;
	int64_t number; /* value of an int; for a bool, 1 is true */
} cases[] = {
	{"", YAML_SCALAR_NULL, 0},
	{"~", YAML_SCALAR_NULL, 0},
	{"null", YAML_SCALAR_NULL, 0},
	{"nil", YAML_SCALAR_STRING, 0},
	{"true", YAML_SCALAR_BOOL, 1},
	{"Yes", YAML_SCALAR_BOOL, 1},
	{"ON", YAML_SCALAR_BOOL, 1},
	{"y", YAML_SCALAR_BOOL, 1},
	{"false", YAML_SCALAR_BOOL, 0},
	{"no", YAML_SCALAR_BOOL, 0},
	{"tRUE", YAML_SCALAR_STRING, 0},
	{"0", YAML_SCALAR_INT, 0},
	{"-5", YAML_SCALAR_INT, -5},
	{"+5", YAML_SCALAR_INT, 5},
	{"1_000", YAML_SCALAR_INT, 1000},
	{"0x1F", YAML_SCALAR_INT, 31},
	{"017", YAML_SCALAR_INT, 15},
	{"0b101", YAML_SCALAR_INT, 5},
	{"9223372036854775807", YAML_SCALAR_INT, INT64_MAX},
	{"9223372036854775808", YAML_SCALAR_FLOAT, 0},
	{"--5", YAML_SCALAR_STRING, 0},
	{"-", YAML_SCALAR_STRING, 0},
	{"0b", YAML_SCALAR_STRING, 0},
	{"0b-1", YAML_SCALAR_STRING, 0},
	{"0x", YAML_SCALAR_STRING, 0},
	{"ff", YAML_SCALAR_STRING, 0},
	{"1s", YAML_SCALAR_STRING, 0},
	{"1.5", YAML_SCALAR_FLOAT, 0},
	{"1e3", YAML_SCALAR_FLOAT, 0},
	{"08", YAML_SCALAR_FLOAT, 0},
	{"1.2.3", YAML_SCALAR_STRING, 0},
	{"e", YAML_SCALAR_STRING, 0},
};

START_TEST(knows_types)
{
	enum yaml_scalar scalar = yaml_scalar_of(cases[_i].text);
	int64_t number = 42;

	ck_assert_msg(scalar == cases[_i].scalar, "\"%s\": %s", cases[_i].text,
		      yaml_scalar_name(scalar));
	if (scalar == YAML_SCALAR_BOOL)
		ck_assert_int_eq(yaml_scalar_bool(cases[_i].text), cases[_i].number);
	if (scalar != YAML_SCALAR_INT)
		return;
	ck_assert_int_eq(yaml_scalar_int(cases[_i].text, &number), 0);
	ck_assert_int_eq(number, cases[_i].number);
}
END_TEST

START_TEST(knows_tags)
{
	ck_assert_int_eq(yaml_scalar_of_tag("tag:yaml.org,2002:bool"), YAML_SCALAR_BOOL);
	ck_assert_int_eq(yaml_scalar_of_tag("tag:yaml.org,2002:int"), YAML_SCALAR_INT);
	ck_assert_int_eq(yaml_scalar_of_tag("!mine"), YAML_SCALAR_STRING);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {{knows_types, ARRAY_SIZE(cases)}, {knows_tags, 0}};

	return run_suite("yaml_scalar", tests, ARRAY_SIZE(tests));
}
