// SPDX-License-Identifier: Apache-2.0
#include "common/diagnosis.h"

#include <string.h>

#include "tests/unit/suite.h"

START_TEST(has_a_reason_and_a_cure)
{
	struct diagnosis diagnosis = {"an earlier reason", "an earlier cure"};

	diagnosis_reason(&diagnosis, "%s: %d", "step", 5);
	ck_assert_str_eq(diagnosis.reason, "step: 5");
	ck_assert_str_eq(diagnosis.cure, "an earlier cure");
	diagnosis_cure(&diagnosis, "at 100%%");
	ck_assert_str_eq(diagnosis.reason, "step: 5");
	ck_assert_str_eq(diagnosis.cure, "at 100%");
}
END_TEST

START_TEST(cuts_long_texts)
{
	char text[2 * sizeof(struct diagnosis)];
	struct diagnosis diagnosis;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	diagnosis_reason(&diagnosis, "%s", text);
	diagnosis_cure(&diagnosis, "%s", text);
	ck_assert_uint_eq(strlen(diagnosis.reason), sizeof(diagnosis.reason) - 1);
	ck_assert_uint_eq(strlen(diagnosis.cure), sizeof(diagnosis.cure) - 1);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {{has_a_reason_and_a_cure, 0}, {cuts_long_texts, 0}};

	return run_suite("diagnosis", tests, ARRAY_SIZE(tests));
}
