// SPDX-License-Identifier: Apache-2.0
/* The families about the exporter, from a collection made by hand. */
#include "metrics/pages/exporter_metrics.h"

#include <string.h>
#include <sys/socket.h>

#include "metrics/pages/exposition.h"
#include "metrics/rows/collection.h"
#include "metrics/rows/row_set.h"
#include "tests/unit/suite.h"

#define PREFIX "socket_bind_exporter_"

static struct row_set rows;
static struct collection collection = {.rows = &rows, .failures = &rows};
static struct exporter_identity identity = {
	.version = "1", .revision = "2", .branch = "3", .mode = "lsm"};
static struct exporter_status status = {.collected = true};
static struct text text;

static bool has(const char *line)
{
	const struct exposition out = {.text = &text, .format = EXPOSITION_TEXT};

	text.length = 0;
	exporter_metrics_encode(&out, &identity, &status, &collection);
	text_append(&text, "", 1);
	ck_assert(!text.failed);
	return strstr(text.data, line);
}

/* Families that are only known at times. */
START_TEST(the_unknown_is_left_out)
{
	ck_assert(has("\n" PREFIX "attach_info{mode=\"lsm\",results=\"none\"} 1\n"));
	ck_assert(!has(PREFIX "missed_results_total"));
	ck_assert(!has(PREFIX "retired_failures_total"));
	ck_assert(!has(PREFIX "missed_denials_total"));
	ck_assert(!has(PREFIX "unresolved_containers"));
	ck_assert(!has(PREFIX "bpf_runs_total"));
	collection.results = true;
	collection.totals.missed[BIND_MISSED_RESULT] = 3;
	collection.totals.recursion_misses = 4;
	identity.sees_denials = true;
	collection.owned = true;
	collection.unresolved = 5;
	collection.program_count = 1;
	collection.programs[0] = (struct bind_program_stats){"enter", 1500000000, 6};
	ck_assert(has("\n" PREFIX "attach_info{mode=\"lsm\",results=\"all\"} 1\n"));
	ck_assert(has("\n" PREFIX "missed_results_total 3\n"));
	ck_assert(has("\n# TYPE " PREFIX "retired_failures_total counter\n"));
	ck_assert(has("\n" PREFIX "missed_denials_total 4\n"));
	ck_assert(has("\n" PREFIX "missed_attempts_total{reason=\"recursion\"} 4\n"));
	ck_assert(has("\n" PREFIX "unresolved_containers 5\n"));
	ck_assert(has("\n" PREFIX "bpf_run_time_seconds_total{program=\"enter\"} 1.5\n"));
	ck_assert(has("\n" PREFIX "bpf_runs_total{program=\"enter\"} 6\n"));
	text_free(&text);
}
END_TEST

START_TEST(up_needs_both)
{
	status.collected = _i & 1;
	status.selfcheck_error = _i & 2 ? 0 : -1;
	ck_assert(has(_i == 3 ? "\n" PREFIX "up 1\n" : "\n" PREFIX "up 0\n"));
	ck_assert(has(_i & 2 ? "\n" PREFIX "selfcheck_success 1\n"
			     : "\n" PREFIX "selfcheck_success 0\n"));
	text_free(&text);
}
END_TEST

START_TEST(families_without_a_name_are_one)
{
	uint64_t *filtered = collection.totals.filtered;

	filtered[bind_overflow_index(0, BIND_NONE, 0)] = 1;
	filtered[bind_overflow_index(0, BIND_NONE, 50)] = 10;
	filtered[bind_overflow_index(0, BIND_NONE, BIND_FAMILIES - 1)] = 100;
	filtered[bind_overflow_index(0, BIND_NONE, AF_NETLINK)] = 1000;
	ck_assert(has("\n" PREFIX
		      "filtered_attempts_total{category=\"none\",family=\"other\"} 111\n"));
	ck_assert(has("\n" PREFIX
		      "filtered_attempts_total{category=\"none\",family=\"netlink\"} 1000\n"));
	ck_assert(!has(PREFIX "filtered_attempts_total{category=\"auto\""));
	text_free(&text);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{the_unknown_is_left_out, 0},
		{up_needs_both, 4},
		{families_without_a_name_are_one, 0},
	};

	return run_suite("exporter_metrics", tests, ARRAY_SIZE(tests));
}
