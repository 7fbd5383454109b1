/* SPDX-License-Identifier: Apache-2.0 */
/* One Check suite per program: what every main() of the unit tests does. */
#ifndef UNIT_SUITE_H
#define UNIT_SUITE_H

#include <check.h>
#include <stdlib.h>

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

struct unit_test {
	const TTest *test;
	int runs; /* rows of the test's table; 0: it has none */
};

/* begin and end: called before and after each test; NULL: nothing is. */
static inline int run_suite_around(const char *name, void (*begin)(void), void (*end)(void),
				   const struct unit_test *tests, size_t count)
{
	Suite *suite = suite_create(name);
	TCase *tcase = tcase_create(name);
	SRunner *runner;
	int failed;

	for (size_t i = 0; i < count; i++)
		tcase_add_loop_test(tcase, tests[i].test, 0, tests[i].runs ? tests[i].runs : 1);
	tcase_add_checked_fixture(tcase, begin, end);
	tcase_set_timeout(tcase, 60);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

static inline int run_suite(const char *name, const struct unit_test *tests, size_t count)
{
	return run_suite_around(name, /* begin= */ NULL, /* end= */ NULL, tests, count);
}

#endif
