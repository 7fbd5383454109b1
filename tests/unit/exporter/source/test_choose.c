// SPDX-License-Identifier: Apache-2.0
/* What opens a mode is a fake, which is defined here: each mode works, or is refused. */
#include "exporter/source/choose.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/diagnosis.h"
#include "exporter/pins/resume.h"
#include "exporter/source/preflight.h"
#include "tests/lib/captured.h"
#include "tests/unit/suite.h"

enum answer { REFUSED, WORKS, WORKS_WITHOUT_RESULTS };

static struct {
	int preflight_error;
	enum bind_mode pinned; /* BIND_MODES: nothing is pinned */
	enum answer answers[BIND_MODES];
	char tried[64];    /* modes, by their names */
	int begun, ended;  /* resumes */
	int wrong_context; /* calls that did not pass on what they were given */
} kernel;

static const struct bind_source_config settings;
static struct resume *const begun = (struct resume *)&kernel.begun;
static struct bind_source *const opened = (struct bind_source *)&kernel;
static char text[4096]; /* the log of the choice */

int preflight(const struct bind_source_config *config, struct resume **ret_resume,
	      struct diagnosis *ret_diagnosis)
{
	kernel.wrong_context += config != &settings;
	if (kernel.preflight_error) {
		*ret_diagnosis = (struct diagnosis){"no BTF", "get BTF"};
		return kernel.preflight_error;
	}
	kernel.begun += kernel.pinned != BIND_MODES;
	*ret_resume = kernel.pinned == BIND_MODES ? NULL : begun;
	return 0;
}

bool resume_mode(const struct resume *resume, enum bind_mode *ret_mode)
{
	kernel.wrong_context += resume != begun;
	*ret_mode = kernel.pinned;
	return true;
}

void resume_end(struct resume *resume)
{
	kernel.ended += resume != NULL;
}

int bind_source_open(enum bind_mode mode, const struct bind_source_config *config,
		     struct resume *resume, struct bind_source **ret_source,
		     struct diagnosis *ret_diagnosis)
{
	size_t length = strlen(kernel.tried);

	snprintf(kernel.tried + length, sizeof(kernel.tried) - length, "%s%s", length ? " " : "",
		 bind_mode_name(mode));
	kernel.wrong_context += config != &settings || kernel.ended ||
				resume != (kernel.pinned == BIND_MODES ? NULL : begun);
	*ret_diagnosis = (struct diagnosis){"", ""};
	if (kernel.answers[mode] != WORKS) {
		diagnosis_reason(ret_diagnosis, "no %s", bind_mode_name(mode));
		diagnosis_cure(ret_diagnosis, "get %s", bind_mode_name(mode));
	}
	if (kernel.answers[mode] == REFUSED)
		return -EPERM;
	*ret_source = opened;
	return 0;
}

static int choose(enum bind_mode mode, struct bind_source **ret_source, enum bind_mode *ret_mode)
{
	int error;

	capture(text, error = choose_source(mode, &settings, ret_source, ret_mode));
	ck_assert_int_eq(kernel.wrong_context, 0);
	ck_assert_int_eq(kernel.begun, kernel.ended);
	return error;
}

#define AUTO BIND_MODES
#define NONE BIND_MODES

static const struct {
	enum bind_mode pinned;
	enum answer answers[BIND_MODES]; /* lsm, kprobe, fentry, tracepoint */
	enum bind_mode mode;             /* that is chosen */
	const char *tried;
} choices[] = {
	{NONE, {WORKS, WORKS, WORKS, WORKS}, BIND_MODE_LSM, "lsm"},
	{NONE, {REFUSED, WORKS, WORKS, WORKS}, BIND_MODE_KPROBE, "lsm kprobe"},
	{NONE, {REFUSED, REFUSED, WORKS, WORKS}, BIND_MODE_FENTRY, "lsm kprobe fentry"},
	{NONE,
	 {REFUSED, REFUSED, REFUSED, WORKS},
	 BIND_MODE_TRACEPOINT,
	 "lsm kprobe fentry tracepoint"},
	{NONE, {REFUSED, WORKS_WITHOUT_RESULTS, WORKS, WORKS}, BIND_MODE_KPROBE, "lsm kprobe"},
	/* The mode that has counted so far comes first, and is not tried again. */
	{BIND_MODE_FENTRY, {WORKS, WORKS, WORKS, WORKS}, BIND_MODE_FENTRY, "fentry"},
	{BIND_MODE_FENTRY, {WORKS, WORKS, REFUSED, WORKS}, BIND_MODE_LSM, "fentry lsm"},
	{BIND_MODE_LSM, {REFUSED, REFUSED, WORKS, WORKS}, BIND_MODE_FENTRY, "lsm kprobe fentry"},
};

/* A refused mode is logged with its reason and cure, and others are not. */
START_TEST(takes_the_first_mode_that_works)
{
	struct bind_source *source = NULL;
	enum bind_mode chosen = NONE;
	char line[128];

	kernel.pinned = choices[_i].pinned;
	memcpy(kernel.answers, choices[_i].answers, sizeof(kernel.answers));
	ck_assert_int_eq(choose(AUTO, &source, &chosen), 0);
	ck_assert_ptr_eq(source, opened);
	ck_assert_int_eq(chosen, choices[_i].mode);
	ck_assert_str_eq(kernel.tried, choices[_i].tried);
	for (enum bind_mode mode = 0; mode < BIND_MODES; mode++) {
		const char *name = bind_mode_name(mode);

		snprintf(line, sizeof(line),
			 "\"attach mode unavailable\" mode=%s reason=\"no %s\" cure=\"get %s\"",
			 name, name, name);
		if (strstr(kernel.tried, name) && mode != chosen)
			assert_captured(text, line);
		else
			assert_not_captured(text, line);
	}
	assert_not_captured(text, "level=ERROR");
}
END_TEST

static const struct {
	enum bind_mode pinned;
	const char *others; /* the refusals that are not logged yet */
} hopeless[] = {
	{NONE, "lsm: no lsm; kprobe: no kprobe; fentry: no fentry; tracepoint: no tracepoint"},
	{BIND_MODE_KPROBE, "lsm: no lsm; fentry: no fentry; tracepoint: no tracepoint"},
};

/* The cure is that of the best mode. */
START_TEST(says_why_no_mode_works)
{
	enum bind_mode chosen = NONE;
	struct bind_source *source = NULL;
	char line[256];

	kernel.pinned = hopeless[_i].pinned;
	ck_assert_int_eq(choose(AUTO, &source, &chosen), -ENODEV);
	ck_assert_ptr_null(source);
	ck_assert_int_eq(chosen, NONE);
	snprintf(line, sizeof(line),
		 "\"no attach mode works on this machine\" reason=\"%s\" cure=\"get lsm\"\n",
		 hopeless[_i].others);
	assert_captured(text, line);
	assert_captured(text, "mode=kprobe reason=\"no kprobe\" cure=\"get kprobe\"\n");
}
END_TEST

/* No other mode is tried, even if all others work. */
START_TEST(uses_only_the_mode_that_is_named)
{
	enum bind_mode chosen = NONE, mode = _i;
	struct bind_source *source = NULL;
	char line[128];

	kernel.pinned = BIND_MODE_LSM;
	for (int i = 0; i < BIND_MODES; i++)
		kernel.answers[i] = WORKS;
	ck_assert_int_eq(choose(mode, &source, &chosen), 0);
	ck_assert_ptr_eq(source, opened);
	ck_assert_int_eq(chosen, mode);
	ck_assert_str_eq(kernel.tried, bind_mode_name(mode));
	source = NULL;
	chosen = NONE;
	kernel.tried[0] = '\0';
	kernel.begun = kernel.ended = 0;
	kernel.answers[mode] = REFUSED;
	ck_assert_int_eq(choose(mode, &source, &chosen), -ENODEV);
	ck_assert_ptr_null(source);
	ck_assert_int_eq(chosen, NONE);
	ck_assert_str_eq(kernel.tried, bind_mode_name(mode));
	snprintf(line, sizeof(line),
		 "level=ERROR msg=\"cannot use the attach mode\" mode=%s reason=\"no %s\"",
		 bind_mode_name(mode), bind_mode_name(mode));
	assert_captured(text, line);
}
END_TEST

START_TEST(warns_of_missing_results)
{
	enum bind_mode chosen;
	struct bind_source *source;

	kernel.pinned = NONE;
	kernel.answers[BIND_MODE_KPROBE] = WORKS_WITHOUT_RESULTS;
	ck_assert_int_eq(choose(_i ? BIND_MODE_KPROBE : AUTO, &source, &chosen), 0);
	assert_captured(text, "level=WARN msg=\"counting attempts without results\" mode=kprobe "
			      "reason=\"no kprobe\" cure=\"get kprobe\"");
	assert_not_captured(text, "best effort");
}
END_TEST

static const struct {
	enum bind_mode requested, pinned;
	const char *cure;
} best_efforts[] = {
	{AUTO, NONE, "apply the cure of another attach mode"},
	{BIND_MODE_TRACEPOINT, NONE, "use --bpf.attach=lsm, kprobe or fentry"},
	{AUTO, BIND_MODE_TRACEPOINT, "use --bpf.attach=lsm, kprobe or fentry"},
};

START_TEST(warns_of_best_effort)
{
	enum bind_mode chosen;
	struct bind_source *source;

	kernel.pinned = best_efforts[_i].pinned;
	kernel.answers[BIND_MODE_TRACEPOINT] = WORKS;
	ck_assert_int_eq(choose(best_efforts[_i].requested, &source, &chosen), 0);
	ck_assert_int_eq(chosen, BIND_MODE_TRACEPOINT);
	assert_captured(text, "level=WARN msg=\"counting is best effort\" mode=tracepoint");
	assert_captured(text, best_efforts[_i].cure);
	assert_not_captured(text, "without results");
}
END_TEST

START_TEST(tries_no_mode_on_a_machine_that_cannot_count)
{
	enum bind_mode chosen = NONE;
	struct bind_source *source = NULL;

	kernel.pinned = BIND_MODE_LSM;
	kernel.preflight_error = -ENOENT;
	ck_assert_int_eq(choose(_i ? BIND_MODE_LSM : AUTO, &source, &chosen), -ENODEV);
	ck_assert_str_eq(kernel.tried, "");
	assert_captured(text, "level=ERROR msg=\"cannot count binds on this machine\" "
			      "mode=any reason=\"no BTF\" cure=\"get BTF\"");
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{takes_the_first_mode_that_works, ARRAY_SIZE(choices)},
		{says_why_no_mode_works, ARRAY_SIZE(hopeless)},
		{uses_only_the_mode_that_is_named, BIND_MODES},
		{warns_of_missing_results, 2},
		{warns_of_best_effort, ARRAY_SIZE(best_efforts)},
		{tries_no_mode_on_a_machine_that_cannot_count, 2},
	};

	return run_suite("choose", tests, ARRAY_SIZE(tests));
}
