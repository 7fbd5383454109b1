// SPDX-License-Identifier: Apache-2.0
/* The order of a published page. */
#include "exporter/collect/render.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "metrics/owners/owners.h"
#include "metrics/pages/exporter_metrics.h"
#include "metrics/rows/snapshot.h"
#include "tests/lib/fake_kernel.h"
#include "tests/unit/suite.h"

#define TYPE "# TYPE "

/* Families of OpenMetrics have no "_total". */
#define OWN_STATE "socket_bind_exporter_"
#define FAILURES  "socket_bind_failures"
#define ATTEMPTS  "socket_bind_attempts"
#define FIRST     "socket_bind_first_attempt_timestamp_seconds"
#define LAST      "socket_bind_last_attempt_timestamp_seconds"
#define PROCESS   "process_"

static const struct {
	const char *what;
	struct render_config config;
	const char *order[7]; /* the beginning of each family's name; each one is present */
} pages[] = {
	{"all",
	 {.exporter_metrics = true, .process_metrics = true},
	 {OWN_STATE, FAILURES, ATTEMPTS, FIRST, LAST, PROCESS}},
	{"with times of creation",
	 {.exporter_metrics = true, .process_metrics = true, .created = true},
	 {OWN_STATE, FAILURES, ATTEMPTS, FIRST, LAST, PROCESS}},
	{"--once", {.exporter_metrics = true}, {OWN_STATE, FAILURES, ATTEMPTS, FIRST, LAST}},
	{"--web.disable-exporter-metrics", {.created = false}, {FAILURES, ATTEMPTS, FIRST, LAST}},
};

static struct page *render(const struct render_config *like, enum page_kind kind)
{
	static const struct exporter_identity identity = {
		.version = "v",
		.revision = "r",
		.branch = "b",
		.mode = "lsm",
		.sees_denials = true,
		.max_rows = SNAPSHOT_MAX_ROWS_MIN,
	};
	const struct snapshot_config config = {
		.table_bits = BIND_TABLE_BITS_MIN,
		.max_rows = SNAPSHOT_MAX_ROWS_MIN,
		.labels = BIND_LABELS_OWNER,
		.owners = owners_new(),
	};
	struct render_config rendering = *like;
	struct snapshot *snapshot = snapshot_new(&config);
	struct fake_kernel kernel;
	struct page *page;

	fake_kernel_init(&kernel, config.table_bits, 1);
	fake_kernel_claim(&kernel, 1, BIND_AUTO, AF_INET, "sshd", 1);
	fake_kernel_count(&kernel, 1, 0, 2);
	fake_kernel_fail(&kernel, 1, 1, EACCES, 1);
	kernel.view.results = true;
	kernel.view.program_count = 1;
	kernel.view.programs[0] = (struct bind_program_stats){"program", 1, 1};
	ck_assert_int_eq(snapshot_collect(snapshot, &kernel.view), 0);
	rendering.identity = &identity;
	page = render_page(kind, &rendering, snapshot_collection(snapshot),
			   &(struct exporter_status){0},
			   &(struct bind_metrics_config){.last_attempt = true});
	ck_assert_ptr_nonnull(page);
	snapshot_free(snapshot);
	owners_free(config.owners);
	fake_kernel_free(&kernel);
	return page;
}

static bool begins(const char *text, const char *with)
{
	return with && strncmp(text, with, strlen(with)) == 0;
}

START_TEST(created_only_on_demand)
{
	const struct render_config config = {.created = _i};
	struct page *page = render(&config, PAGE_OPENMETRICS);
	char *text = strndup(page_data(page), page_length(page));

	ck_assert_int_eq(strstr(text, "_created{") != NULL, _i);
	free(text);
	page_unref(page);
}
END_TEST

START_TEST(what_tells_most_comes_first)
{
	enum page_kind kind = _i % 2 ? PAGE_OPENMETRICS : PAGE_TEXT;
	const char *const *order = pages[_i / 2].order;
	struct page *page = render(&pages[_i / 2].config, kind);
	char *text = strndup(page_data(page), page_length(page)), *missed;
	size_t at = 0;

	for (const char *type = text; (type = strstr(type, TYPE)); type++) {
		const char *family = type + strlen(TYPE);

		if (!begins(family, order[at]) && type != strstr(text, TYPE))
			at++;
		ck_assert_msg(begins(family, order[at]), "%s: in place of %s*: %.60s",
			      pages[_i / 2].what, order[at] ? order[at] : "the end", family);
	}
	ck_assert_msg(!order[at + 1], "%s: no %s*", pages[_i / 2].what, order[at + 1]);
	/* What the exporter missed comes before what grows with categories and families. */
	missed = strstr(text, TYPE "socket_bind_exporter_missed_results");
	ck_assert(!missed == !pages[_i / 2].config.exporter_metrics);
	ck_assert(!missed || strstr(missed, TYPE "socket_bind_exporter_retired_attempts"));
	free(text);
	page_unref(page);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{what_tells_most_comes_first, 2 * ARRAY_SIZE(pages)},
		{created_only_on_demand, 2},
	};

	return run_suite("rendition", tests, ARRAY_SIZE(tests));
}
