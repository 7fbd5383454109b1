// SPDX-License-Identifier: Apache-2.0
#include "exporter/source/choose.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

#include "common/diagnosis.h"
#include "common/log.h"
#include "common/text.h"
#include "exporter/attach/libbpf_log.h"
#include "exporter/pins/resume.h"
#include "exporter/source/bind_source.h"
#include "exporter/source/preflight.h"

static int log_diagnosis(enum log_level level, const char *message, const char *mode,
			 const struct diagnosis *diagnosis)
{
	log_event(level, message, "mode", mode, "reason", diagnosis->reason, "cure",
		  diagnosis->cure, NULL);
	return -ENODEV;
}

static void add_reason(struct text *reasons, const char *mode, const struct diagnosis *diagnosis)
{
	text_append_string(reasons, reasons->length ? "; " : "");
	text_append_string(reasons, mode);
	text_append_string(reasons, ": ");
	text_append_string(reasons, diagnosis->reason);
	/* A text has no NUL at its end. The next append overwrites this one. */
	text_append(reasons, "", 1);
	reasons->length--;
}

static void warn_of_best_effort(enum bind_mode mode, bool others_refused)
{
	log_event(LOG_LEVEL_WARN, "counting is best effort", "mode", bind_mode_name(mode), "reason",
		  "this mode sees only 64-bit bind(2) calls (no 32-bit programs, no io_uring) and "
		  "can miss some of them",
		  "cure",
		  others_refused ? "apply the cure of another attach mode (see the lines \"attach "
				   "mode unavailable\")"
				 : "use --bpf.attach=lsm, kprobe or fentry where one of them works",
		  NULL);
}

/* A start of the exporter: the same for all modes. */
struct choice {
	const struct bind_source_config *config;
	struct resume *resume; /* NULL: counters are not pinned */
};

/* others_refused: the log has the reasons why the modes before this one are unavailable. */
static int open_mode(enum bind_mode mode, const struct choice *choice, bool others_refused,
		     struct bind_source **ret_source, struct diagnosis *ret_diagnosis)
{
	if (bind_source_open(mode, choice->config, choice->resume, ret_source, ret_diagnosis))
		return -ENODEV;
	if (ret_diagnosis->reason[0])
		log_diagnosis(LOG_LEVEL_WARN, "counting attempts without results",
			      bind_mode_name(mode), ret_diagnosis);
	if (mode == BIND_MODE_TRACEPOINT)
		warn_of_best_effort(mode, others_refused);
	return 0;
}

/* Opens the first mode that works. tried: a mode to skip; BIND_MODES: none. */
static int open_first(const struct choice *choice, enum bind_mode tried,
		      struct bind_source **ret_source, enum bind_mode *ret_mode)
{
	struct diagnosis diagnosis, first = {"", ""};
	struct text reasons = {0};

	for (enum bind_mode mode = 0; mode < BIND_MODES; mode++) {
		if (mode == tried)
			continue;
		if (open_mode(mode, choice, /* others_refused= */ true, ret_source, &diagnosis) ==
		    0) {
			*ret_mode = mode;
			text_free(&reasons);
			return 0;
		}
		log_diagnosis(LOG_LEVEL_WARN, "attach mode unavailable", bind_mode_name(mode),
			      &diagnosis);
		add_reason(&reasons, bind_mode_name(mode), &diagnosis);
		if (!first.reason[0])
			first = diagnosis;
	}
	log_event(LOG_LEVEL_ERROR, "no attach mode works on this machine", "reason",
		  reasons.failed ? first.reason : reasons.data, "cure", first.cure, NULL);
	text_free(&reasons);
	return -ENODEV;
}

static int open_any(const struct choice *choice, struct bind_source **ret_source,
		    enum bind_mode *ret_mode)
{
	enum bind_mode pinned = BIND_MODES;
	struct diagnosis diagnosis;

	if (choice->resume && resume_mode(choice->resume, &pinned)) {
		if (open_mode(pinned, choice, /* others_refused= */ false, ret_source,
			      &diagnosis) == 0) {
			*ret_mode = pinned;
			return 0;
		}
		log_diagnosis(LOG_LEVEL_WARN, "attach mode unavailable", bind_mode_name(pinned),
			      &diagnosis);
	}
	return open_first(choice, pinned, ret_source, ret_mode);
}

static int open_only(enum bind_mode mode, const struct choice *choice,
		     struct bind_source **ret_source, enum bind_mode *ret_mode)
{
	struct diagnosis diagnosis;

	if (open_mode(mode, choice, /* others_refused= */ false, ret_source, &diagnosis))
		return log_diagnosis(LOG_LEVEL_ERROR, "cannot use the attach mode",
				     bind_mode_name(mode), &diagnosis);
	*ret_mode = mode;
	return 0;
}

int choose_source(enum bind_mode mode, const struct bind_source_config *config,
		  struct bind_source **ret_source, enum bind_mode *ret_mode)
{
	struct choice choice = {config, NULL};
	struct diagnosis diagnosis;
	int error;

	libbpf_log_start();
	if (preflight(config, &choice.resume, &diagnosis))
		return log_diagnosis(LOG_LEVEL_ERROR, "cannot count binds on this machine", "any",
				     &diagnosis);
	error = mode == BIND_MODES ? open_any(&choice, ret_source, ret_mode)
				   : open_only(mode, &choice, ret_source, ret_mode);
	resume_end(choice.resume);
	return error;
}
