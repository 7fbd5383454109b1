// SPDX-License-Identifier: Apache-2.0
/* Problems, and changes of state in the log. */
#include "exporter/collect/health.h"

#include <errno.h>
#include <string.h>

#include "metrics/pages/exporter_metrics.h"
#include "tests/lib/captured.h"
#include "tests/unit/suite.h"

static const struct {
	struct exporter_status status;
	const char *problem; /* part of it; NULL: none */
} problems[] = {
	{{.collected = true}, NULL},
	{{.collected = false}, "collection failed"},
	{{.collected = true, .selfcheck_error = -ENODATA}, "does not see the exporter's own bind"},
	{{.collected = false, .selfcheck_error = -ENOMSG}, "does not see the result"},
	{{.collected = true, .selfcheck_error = -EMFILE}, "cannot run the self-check"},
};

START_TEST(names_the_problem)
{
	const char *problem = health_problem(&problems[_i].status);

	if (!problems[_i].problem)
		ck_assert_ptr_null(problem);
	else
		ck_assert_msg(strstr(problem, problems[_i].problem), "%s", problem);
}
END_TEST

static const struct {
	int before, now;
	const char *message; /* part of it; NULL: nothing is logged */
} selfchecks[] = {
	{0, 0, NULL},
	{0, -ENODATA, "binds are not counted"},
	{0, -ENOMSG, "failures are not counted"},
	{0, -EMFILE, "cannot run the self-check"},
	{-ENODATA, -ENODATA, NULL},
	{-EMFILE, -EMFILE, NULL},
	{-ENODATA, 0, "self-check works again"},
};

START_TEST(logs_changes_of_the_selfcheck)
{
	char log[1024];

	capture(log, health_log_selfcheck(selfchecks[_i].before, selfchecks[_i].now));
	if (!selfchecks[_i].message)
		ck_assert_str_eq(log, "");
	else
		assert_captured(log, selfchecks[_i].message);
}
END_TEST

static const struct {
	bool before, now;
	const char *message;
} collections[] = {
	{true, true, NULL},
	{true, false, "collection failed"},
	{false, false, NULL},
	{false, true, "collection works again"},
};

START_TEST(logs_changes_of_collecting)
{
	char log[1024];

	capture(log, health_log_collection(collections[_i].before, collections[_i].now, -ENOMEM));
	if (!collections[_i].message)
		ck_assert_str_eq(log, "");
	else
		assert_captured(log, collections[_i].message);
	ck_assert(collections[_i].now || !collections[_i].before || strstr(log, strerror(ENOMEM)));
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{names_the_problem, ARRAY_SIZE(problems)},
		{logs_changes_of_the_selfcheck, ARRAY_SIZE(selfchecks)},
		{logs_changes_of_collecting, ARRAY_SIZE(collections)},
	};

	return run_suite("health", tests, ARRAY_SIZE(tests));
}
