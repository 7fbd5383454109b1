/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Prometheus text format 0.0.4. Knows nothing of where numbers come from.
 * Labels are passed as they stand on the page, braces included, escaped by
 * label_escape(), or as "" for none.
 */
#ifndef EXPOSITION_H
#define EXPOSITION_H

#include <stdint.h>

#include "text.h"

#define EXPOSITION_CONTENT_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* One metric family. name and help: static strings; help without backslash or newline. */
struct metric {
	const char *name;
	const char *type; /* "counter", "gauge" */
	const char *help;
};

/* HELP and TYPE. All samples of the family must follow at once. */
void exposition_family(struct text *text, const struct metric *metric);

void exposition_u64(struct text *text, const struct metric *metric, const char *labels,
		    uint64_t value);
void exposition_double(struct text *text, const struct metric *metric, const char *labels,
		       double value);
/* value in nanoseconds, shown in seconds. */
void exposition_nanoseconds(struct text *text, const struct metric *metric, const char *labels,
			    uint64_t value);

/* A family of one sample without labels. */
void exposition_single_u64(struct text *text, const struct metric *metric, uint64_t value);
void exposition_single_double(struct text *text, const struct metric *metric, double value);

#endif
