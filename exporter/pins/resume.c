// SPDX-License-Identifier: Apache-2.0
#include "exporter/pins/resume.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/diagnosis.h"
#include "common/log.h"
#include "exporter/attach/explain.h"
#include "exporter/attach/object.h"
#include "exporter/attach/selfcheck.h"
#include "exporter/pins/carry_over.h"
#include "exporter/pins/dispatcher.h"
#include "exporter/pins/set.h"
#include "exporter/pins/upgrade.h"

struct resume {
	struct pinned_set sets[2]; /* the previous set first */
	int count;
	bool open; /* sets are those that are pinned now; false: they are not open */
};

static int refuse(int error, struct diagnosis *diagnosis)
{
	if (error == -EPROTO) {
		diagnosis_reason(
			diagnosis,
			"the counters were pinned by another version of the exporter, in a format "
			"that this version cannot read");
		diagnosis_cure(
			diagnosis,
			"use that version again, or start over with --unpin (the counts are lost)");
	} else {
		explain_pin(-error, diagnosis);
	}
	return error;
}

static int find(const struct pins *pins, struct resume *resume)
{
	int count = pinned_set_find(pins, resume->sets);

	if (count < 0)
		return count;
	resume->count = count;
	resume->open = true;
	return 0;
}

int resume_begin(const struct pins *pins, struct resume **ret_resume,
		 struct diagnosis *ret_diagnosis)
{
	struct resume *resume = calloc(1, sizeof(*resume));
	int error = resume ? find(pins, resume) : -ENOMEM;

	if (error) {
		free(resume);
		return refuse(error, ret_diagnosis);
	}
	*ret_resume = resume;
	return 0;
}

void resume_end(struct resume *resume)
{
	if (!resume)
		return;
	while (resume->open && resume->count > 0)
		pinned_set_close(&resume->sets[--resume->count]);
	free(resume);
}

bool resume_mode(const struct resume *resume, enum bind_mode *ret_mode)
{
	const struct hooks *hooks;

	if (!resume->open || !resume->count)
		return false;
	hooks = &resume->sets[resume->count - 1].hooks;
	*ret_mode = hooks_mode_of(hooks->names[hooks->count - 1]);
	return true;
}

/* Pins a complete set to which nothing jumps yet. On failure, everything is as before. */
static int create(const struct attach_plan *plan, const struct pinned_set *present,
		  struct pinned_set *ret_set, struct diagnosis *diagnosis)
{
	static const struct hooks none;
	const struct pins *pins = plan->config->pins;
	char directory[PINS_NAME_MAX] = "";
	struct hooks hooks = {.count = 0};
	bool pinning;
	int error;

	hooks_list(&hooks, plan->mode, plan->results, plan->config->btf_path);
	error = dispatchers_open(pins, &hooks, plan->config->btf_path, diagnosis);
	if (!error) {
		error = pinned_set_create(plan, &hooks, present, directory, &pinning);
		if (!error)
			error = pinned_set_open(pins, directory, ret_set);
		if (error && pinning)
			explain_pin(-error, diagnosis);
		else if (error)
			explain_load(plan->mode, -error, diagnosis);
	}
	hooks_detach(&hooks);
	if (error && directory[0])
		pins_remove(pins, directory);
	if (error)
		dispatchers_remove_others(pins, present ? &present->hooks : &none);
	return error;
}

/* Programs that see results come first, so that the end of every counted call is seen. */
static int fill_slots(const struct pinned_set *set)
{
	int error = 0;

	for (int hook = 0; hook < set->hooks.count && !error; hook++)
		if (!pinned_set_is_present(set, hook))
			error = dispatcher_put(&set->hooks, hook, BIND_SLOT_CURRENT,
					       set->programs[hook]);
	return error;
}

/* Begins once for each set; recursion misses count from then on. */
static int begin_exit_fallback(const struct pinned_set *set)
{
	struct bind_control *control = pinned_set_control(set);

	if (!set->identity.results || control->exit_fallback)
		return 0;
	return hooks_begin_exit_fallback(&set->hooks, &set->maps);
}

static void remove_all(const struct attach_plan *plan, struct pinned_set *set)
{
	static const struct hooks none;

	dispatchers_remove_others(plan->config->pins, &none);
	pins_remove(plan->config->pins, set->directory);
	pinned_set_close(set);
}

static int begin(const struct attach_plan *plan, struct pinned_set *ret_set,
		 struct diagnosis *diagnosis)
{
	int error = create(plan, /* present= */ NULL, ret_set, diagnosis);

	if (error)
		return error;
	error = fill_slots(ret_set);
	if (error) {
		explain_pin(-error, diagnosis);
	} else {
		struct bind_control *control = pinned_set_control(ret_set);

		error = selfcheck(&ret_set->hooks, control, /* other= */ NULL, plan->results,
				  &control->recursion_baseline);
		if (!error)
			error = begin_exit_fallback(ret_set);
		if (error)
			explain_selfcheck(plan->mode, -error, diagnosis);
	}
	if (error) {
		remove_all(plan, ret_set);
		return error;
	}
	log_event(LOG_LEVEL_INFO, "counters pinned", "note",
		  "binds are still counted after the exporter has ended, until --unpin", NULL);
	return 0;
}

static void format_time(uint64_t seconds, char ret_text[32])
{
	time_t time = (time_t)seconds;
	struct tm utc;

	gmtime_r(&time, &utc);
	strftime(ret_text, 32, "%Y-%m-%dT%H:%M:%SZ", &utc);
}

static int resume(const struct attach_plan *plan, struct pinned_set *set,
		  struct diagnosis *diagnosis)
{
	char since[32], attempts[24];
	uint64_t counted;
	int error = dispatchers_open(plan->config->pins, &set->hooks, plan->config->btf_path,
				     diagnosis);

	if (error)
		return error;
	error = fill_slots(set);
	if (!error)
		error = begin_exit_fallback(set);
	if (!error)
		error = carry_over_attempts(set, &counted);
	if (error)
		return refuse(error, diagnosis);
	format_time(set->identity.begun_s, since);
	snprintf(attempts, sizeof(attempts), "%" PRIu64, counted);
	log_event(LOG_LEVEL_INFO, "resumed pinned counters", "since", since, "attempts", attempts,
		  NULL);
	return 0;
}

static void log_upgrade(const struct pinned_set *set, bool same_hook,
			const struct upgrade_report *report)
{
	char since[32], attempts[24], lost[24];

	format_time(set->identity.begun_s, since);
	snprintf(attempts, sizeof(attempts), "%" PRIu64, report->attempts);
	snprintf(lost, sizeof(lost), "%u", report->lost_results);
	log_event(LOG_LEVEL_INFO, "carried pinned counters over to new programs or settings",
		  "since", since, "attempts", attempts, "results_lost", lost, NULL);
	if (!same_hook)
		log_event(LOG_LEVEL_WARN, "attach mode changed", "note",
			  report->gap
				  ? "binds made during the change were not counted"
				  : "binds made during the change were counted when they returned",
			  NULL);
}

/*
 * Runs an upgrade, or the rest of one that was interrupted. Takes ownership of next. Afterwards
 * *present is the new set, or on failure still the previous one.
 */
static int upgrade(const struct attach_plan *plan, const struct rcu_grace *grace,
		   struct pinned_set *present, struct pinned_set *next, struct diagnosis *diagnosis)
{
	struct upgrade_report report = {0};
	bool same_hook = upgrade_same_hook(present, next);
	int error = dispatchers_open(plan->config->pins, &next->hooks, plan->config->btf_path,
				     diagnosis);

	if (!error) {
		error = upgrade_run(plan, grace, present, next, &report);
		if (error == -ENODATA)
			explain_selfcheck(plan->mode, ENODATA, diagnosis);
		else if (error)
			refuse(error, diagnosis);
	}
	if (error) {
		pinned_set_close(next);
		return error;
	}
	log_upgrade(next, same_hook, &report);
	pinned_set_close(present);
	*present = *next;
	return 0;
}

/* Resumes the set, or replaces it by a new one. Afterwards *set is the set that counts. */
static int go_on(const struct attach_plan *plan, const struct rcu_grace *grace,
		 struct pinned_set *set, struct diagnosis *diagnosis)
{
	struct pinned_set next;
	int error;

	if (set->identity.fingerprint == bind_object_fingerprint(plan))
		return resume(plan, set, diagnosis);
	error = create(plan, set, &next, diagnosis);
	return error ? error : upgrade(plan, grace, set, &next, diagnosis);
}

/* Continues with one set or two; the sets are closed on failure. */
static int start_with(const struct attach_plan *plan, const struct rcu_grace *grace,
		      struct resume *resume, struct diagnosis *diagnosis)
{
	struct pinned_set *sets = resume->sets;
	int error = 0;

	if (resume->count == 2)
		error = upgrade(plan, grace, &sets[0], &sets[1], diagnosis);
	if (!error)
		error = go_on(plan, grace, &sets[0], diagnosis);
	if (error)
		pinned_set_close(&sets[0]);
	return error;
}

int resume_start(struct resume *resume, const struct attach_plan *plan,
		 const struct rcu_grace *grace, struct pinned_set *ret_set,
		 struct diagnosis *ret_diagnosis)
{
	int error = resume->open ? 0 : find(plan->config->pins, resume);

	if (error)
		return refuse(error, ret_diagnosis);
	/* Any start, even one that fails, may change the pins: the next one opens them again. */
	resume->open = false;
	if (!resume->count)
		return begin(plan, ret_set, ret_diagnosis);
	error = start_with(plan, grace, resume, ret_diagnosis);
	if (!error)
		*ret_set = resume->sets[0];
	return error;
}
