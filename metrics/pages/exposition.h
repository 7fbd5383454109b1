/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Prometheus text format 0.0.4, and OpenMetrics 1.0.0. Knows nothing of where
 * numbers come from. Labels are passed as they stand on the page, braces included,
 * escaped by label_escape(), or as "" for none.
 */
#ifndef EXPOSITION_H
#define EXPOSITION_H

#include <stdbool.h>
#include <stdint.h>

#include "common/text.h"

enum exposition_format {
	EXPOSITION_TEXT,
	EXPOSITION_OPENMETRICS,
};

/* Where a page is written to, and how. */
struct exposition {
	struct text *text;
	enum exposition_format format;
	bool created; /* of OpenMetrics: counters tell when they began, where that is known */
};

/* One metric family. Static strings. A counter's name ends with "_total", as its samples' do. */
struct metric {
	const char *name;
	const char *type; /* "counter", "gauge" */
	const char *help;
};

/* HELP and TYPE. All samples of the family must follow at once. */
void exposition_family(const struct exposition *out, const struct metric *metric);

void exposition_u64(const struct exposition *out, const struct metric *metric, const char *labels,
		    uint64_t value);
void exposition_double(const struct exposition *out, const struct metric *metric,
		       const char *labels, double value);
/* value in nanoseconds, shown in seconds. */
void exposition_nanoseconds(const struct exposition *out, const struct metric *metric,
			    const char *labels, uint64_t value);

/*
 * When the counter began whose sample was just written, UNIX time in nanoseconds.
 * Nothing where it is not wanted, or not part of the format.
 */
void exposition_created(const struct exposition *out, const struct metric *metric,
			const char *labels, uint64_t wall_ns);

/* A family of one sample without labels. */
void exposition_single_u64(const struct exposition *out, const struct metric *metric,
			   uint64_t value);
void exposition_single_double(const struct exposition *out, const struct metric *metric,
			      double value);

/* After the last family. */
void exposition_end(const struct exposition *out);

#endif
