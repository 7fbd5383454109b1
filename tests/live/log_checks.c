// SPDX-License-Identifier: Apache-2.0
#include "tests/live/log_checks.h"

#include <signal.h>
#include <stdlib.h>

#include "tests/live/live_test.h"

#define END_MS 40000 /* longer than an exporter waits for another one */

unsigned int lines_logged(const struct exporter *exporter, const char *words)
{
	char *log = exporter_log(exporter);
	unsigned int lines = log_lines(log, words, NULL);

	free(log);
	return lines;
}

void assert_logged(const struct exporter *exporter, const char *words)
{
	char *log = exporter_log(exporter);

	ck_assert_msg(log_lines(log, words, NULL) == 1, "not said once: %s\n%s", words, log);
	free(log);
}

/* Returns its log. */
static char *wait_for_end(struct exporter *exporter, int status)
{
	struct exporter_exit end = {0};
	int error = exporter_wait_exit(exporter, END_MS, &end);
	char *log;

	if (error) /* still serving: the log shows how it understood its flags */
		exporter_stop(exporter, SIGKILL, NULL);
	log = exporter_log(exporter);
	ck_assert_ptr_nonnull(log);
	ck_assert_msg(!error, "it goes on running:\n%s", log);
	ck_assert_msg(end.status == status, "status %d, not %d:\n%s", end.status, status, log);
	return log;
}

/* Frees the log. */
static void check_refusal(char *log, const char *cause, const char *cure)
{
	ck_assert_msg(log_lines(log, "level=ERROR", NULL) == 1,
		      "not exactly one line of level ERROR:\n%s", log);
	ck_assert_msg(log_lines(log, "level=ERROR", cause, " cure=", cure, NULL) == 1,
		      "not in one line: %s, and the cure %s\n%s", cause, cure, log);
	free(log);
}

void assert_ends(struct exporter *exporter, const char *cause, const char *cure)
{
	check_refusal(wait_for_end(exporter, EXIT_FAILURE), cause, cure);
}

char *log_of_run(struct exporter_setup *setup, int status)
{
	struct exporter exporter = {0};

	setup->scratch = live.scratch;
	ck_assert_int_eq(exporter_spawn(setup, &exporter), 0);
	return wait_for_end(&exporter, status);
}

void assert_refused(struct exporter_setup *setup, const char *cause, const char *cure)
{
	check_refusal(log_of_run(setup, EXIT_FAILURE), cause, cure);
}

char *output_of(const char *const *flags)
{
	struct exporter_setup setup = {.flags = flags, .own_address = true};

	return log_of_run(&setup, EXIT_SUCCESS);
}
