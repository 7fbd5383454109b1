// SPDX-License-Identifier: Apache-2.0
#include "common/duration.h"

#include <errno.h>

#include "tests/unit/suite.h"

static const struct {
	const char *string;
	int error;
	uint64_t ns;
} cases[] = {
	{"0", 0, 0},
	{"0s", 0, 0},
	{"1s", 0, 1000000000},
	{"200ms", 0, 200000000},
	{"1.5s", 0, 1500000000},
	{".5s", 0, 500000000},
	{"1h30m", 0, 5400000000000},
	{"1m0.5s", 0, 60500000000},
	{"15us", 0, 15000},
	{"15\xc2\xb5s", 0, 15000},
	{"7ns", 0, 7},
	{"24h", 0, 86400000000000},
	{"", -EINVAL, 0},
	{"5", -EINVAL, 0},
	{"00", -EINVAL, 0},
	{"-1s", -EINVAL, 0},
	{"+1s", -EINVAL, 0},
	{" 1s", -EINVAL, 0},
	{"1s ", -EINVAL, 0},
	{"1 s", -EINVAL, 0},
	{"1d", -EINVAL, 0},
	{"s", -EINVAL, 0},
	{".s", -EINVAL, 0},
	{"1..5s", -EINVAL, 0},
	{"0x1s", -EINVAL, 0},
	{"1e3s", -EINVAL, 0},
	{"infs", -EINVAL, 0},
	{"1h30", -EINVAL, 0},
	{"9999999999h", -ERANGE, 0},
};

START_TEST(parses)
{
	uint64_t ns = 42;

	ck_assert_msg(duration_parse(cases[_i].string, &ns) == cases[_i].error, "\"%s\"",
		      cases[_i].string);
	ck_assert_uint_eq(ns, cases[_i].error ? 42 : cases[_i].ns);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {{parses, ARRAY_SIZE(cases)}};

	return run_suite("duration", tests, ARRAY_SIZE(tests));
}
