/* SPDX-License-Identifier: Apache-2.0 */
/* What the exporter says about attach modes: which it uses, which it cannot use, and why. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exporter/attach/mode.h"
#include "tests/lib/page_reader.h"
#include "tests/live/live_test.h"
#include "tests/live/log_checks.h"

static bool is_attached(const char *page, const char *mode)
{
	char label[64];

	snprintf(label, sizeof(label), "{mode=\"%s\",results=\"all\"}", mode);
	return page_sum(page, "socket_bind_exporter_attach_info", label, NULL) == 1;
}

static bool is_in_list(const char *list, const char *word)
{
	size_t length = strlen(word);

	for (; list && *list; list += strcspn(list, ","), list += *list == ',')
		if (!strncmp(list, word, length) && (list[length] == ',' || !list[length]))
			return true;
	return false;
}

/* Every mode before the working one, in the order of auto, has one line with cause and cure. */
static void check_refusals(const char *log, const char *chosen)
{
	const char *expected = getenv("SBE_EXPECT_REFUSED");
	bool reached = false;
	char field[32];

	for (enum bind_mode mode = 0; mode < BIND_MODES; mode++) {
		const char *name = bind_mode_name(mode);
		unsigned int lines;

		snprintf(field, sizeof(field), " mode=%s ", name);
		lines = log_lines(log, "level=WARN", "msg=\"attach mode unavailable\"", field,
				  "reason=", "cure=", NULL);
		reached = reached || !strcmp(name, chosen);
		ck_assert_msg(lines == !reached, "%u lines of refusal of %s:\n%s", lines, name,
			      log);
		if (is_in_list(expected, name))
			ck_assert_msg(lines == 1, "%s was to be refused:\n%s", name, log);
		if (is_in_list(expected, "lsm") && !strcmp(name, "lsm"))
			ck_assert_msg(log_lines(log, field, "lsm=", NULL) == 1,
				      "the refusal of lsm does not mention lsm=:\n%s", log);
	}
}

/*
 * One line for mode tracepoint, with a cure that does not name a mode that auto has just refused.
 */
static void check_best_effort(const char *log, const char *chosen, const char *cure)
{
	unsigned int expected = !strcmp(chosen, "tracepoint");

	ck_assert_msg(log_lines(log, "counting is best effort", NULL) == expected &&
			      log_lines(log, "level=WARN msg=\"counting is best effort\" ",
					" mode=tracepoint reason=\"", cure, NULL) == expected,
		      "not %u lines with %s:\n%s", expected, cure, log);
}

START_TEST(auto_says_what_it_does)
{
	const char *const flags[] = {"--bpf.attach=auto", NULL};
	const char *expected = getenv("SBE_EXPECT_MODE");
	struct exporter exporter = {0};
	const char *chosen = NULL;
	char *log, *page;

	live_start(&exporter, flags);
	page = live_page(&exporter);
	log = exporter_log(&exporter);
	ck_assert_uint_eq(page_count(page, "socket_bind_exporter_attach_info", NULL), 1);
	for (enum bind_mode mode = 0; mode < BIND_MODES; mode++)
		if (is_attached(page, bind_mode_name(mode)))
			chosen = bind_mode_name(mode);
	ck_assert_ptr_nonnull(chosen);
	printf("auto yields %s\n", chosen);
	check_refusals(log, chosen);
	check_best_effort(log, chosen, " cure=\"apply the cure of another attach mode ");
	if (expected && *expected)
		ck_assert_str_eq(chosen, expected);
	ck_assert_uint_eq(log_lines(log, "level=ERROR", NULL), 0);
	free(log);
	free(page);
	live_stop(&exporter);
}
END_TEST

START_TEST(named_mode_is_used)
{
	struct exporter exporter = {0};
	char flag[32], *log, *page;

	snprintf(flag, sizeof(flag), "--bpf.attach=%s", live.mode);
	live_start(&exporter, (const char *const[]){flag, NULL});
	page = live_page(&exporter);
	log = exporter_log(&exporter);
	ck_assert(is_attached(page, live.mode));
	ck_assert_uint_eq(log_lines(log, "attach mode unavailable", NULL), 0);
	check_best_effort(log, live.mode, " cure=\"use --bpf.attach=lsm, kprobe or fentry ");
	assert_logged(&exporter, "level=INFO msg=listening address=127.0.0.1:10068 "
				 "url=http://127.0.0.1:10068/metrics");
	free(log);
	free(page);
	live_stop(&exporter);
}
END_TEST

void mode_tests(TCase *tcase)
{
	tcase_add_test(tcase, auto_says_what_it_does);
	tcase_add_test(tcase, named_mode_is_used);
}
