/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes the Prometheus text format 0.0.4, and OpenMetrics 1.0.0. Knows nothing of the source of
 * the numbers. Labels are passed as they stand on the page: with braces, escaped by label_escape(),
 * or "" for none.
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

/* The page to write to, and its format. */
struct exposition {
	struct text *text;
	enum exposition_format format;
	bool created; /* OpenMetrics only: counters have the time at which they began, if it is
			 known */
};

/* One metric family, of static strings. A counter's name ends with "_total", as in its samples. */
struct metric {
	const char *name;
	const char *type; /* "counter", "gauge" */
	const char *help;
};

/* HELP and TYPE. All samples of the family must follow directly. */
void exposition_family(const struct exposition *out, const struct metric *metric);

void exposition_u64(const struct exposition *out, const struct metric *metric, const char *labels,
		    uint64_t value);
void exposition_double(const struct exposition *out, const struct metric *metric,
		       const char *labels, double value);
/* value is in nanoseconds and shown in seconds. */
void exposition_nanoseconds(const struct exposition *out, const struct metric *metric,
			    const char *labels, uint64_t value);

/*
 * The time at which the counter of the last sample began. wall_ns: UNIX time, nanoseconds. Writes
 * nothing if out->created is false or the format has no such samples.
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
