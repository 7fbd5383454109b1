// SPDX-License-Identifier: Apache-2.0
#include "metrics/pages/exposition.h"

#include <string.h>

#define TOTAL   "_total"
#define CREATED "_created"

/* The length without "_total", with which only counters' names end. */
static size_t base_length(const struct metric *metric)
{
	size_t length = strlen(metric->name);

	return strcmp(metric->type, "counter") == 0 ? length - strlen(TOTAL) : length;
}

/* In OpenMetrics, the name of a family lacks the suffix of its samples. */
static void append_family_name(const struct exposition *out, const struct metric *metric)
{
	text_append(out->text, metric->name,
		    out->format == EXPOSITION_OPENMETRICS ? base_length(metric)
							  : strlen(metric->name));
}

/* In text 0.0.4, a double quote is not escaped. */
static void append_help(const struct exposition *out, const char *help)
{
	const char *special = out->format == EXPOSITION_OPENMETRICS ? "\\\n\"" : "\\\n";

	for (;;) {
		size_t plain = strcspn(help, special);

		text_append(out->text, help, plain);
		help += plain;
		if (!*help)
			return;
		text_append(out->text, "\\", 1);
		text_append(out->text, *help == '\n' ? "n" : help, 1);
		help++;
	}
}

void exposition_family(const struct exposition *out, const struct metric *metric)
{
	text_append_string(out->text, "# HELP ");
	append_family_name(out, metric);
	text_append_string(out->text, " ");
	append_help(out, metric->help);
	text_append_string(out->text, "\n# TYPE ");
	append_family_name(out, metric);
	text_append_string(out->text, " ");
	text_append_string(out->text, metric->type);
	text_append_string(out->text, "\n");
}

/* Reserves room for a whole sample, and writes the series. NULL: the text has failed. */
static char *begin_sample(struct text *text, const char *name, size_t name_length,
			  const char *suffix, const char *labels)
{
	size_t suffix_length = strlen(suffix), labels_length = strlen(labels);
	char *sample = text_reserve(text, name_length + suffix_length + labels_length +
						  TEXT_NUMBER_MAX + 2);

	if (!sample)
		return NULL;
	sample = mempcpy(sample, name, name_length);
	sample = mempcpy(sample, suffix, suffix_length);
	sample = mempcpy(sample, labels, labels_length);
	*sample++ = ' ';
	return sample;
}

static void end_sample(struct text *text, char *end)
{
	*end++ = '\n';
	text_commit(text, end);
}

void exposition_u64(const struct exposition *out, const struct metric *metric, const char *labels,
		    uint64_t value)
{
	char *number = begin_sample(out->text, metric->name, strlen(metric->name), "", labels);

	if (number)
		end_sample(out->text, text_format_u64(number, value));
}

void exposition_nanoseconds(const struct exposition *out, const struct metric *metric,
			    const char *labels, uint64_t value)
{
	char *number = begin_sample(out->text, metric->name, strlen(metric->name), "", labels);

	if (number)
		end_sample(out->text, text_format_nanoseconds(number, value));
}

void exposition_created(const struct exposition *out, const struct metric *metric,
			const char *labels, uint64_t wall_ns)
{
	char *number;

	if (!out->created || out->format != EXPOSITION_OPENMETRICS)
		return;
	number = begin_sample(out->text, metric->name, base_length(metric), CREATED, labels);
	if (number)
		end_sample(out->text, text_format_nanoseconds(number, wall_ns));
}

void exposition_double(const struct exposition *out, const struct metric *metric,
		       const char *labels, double value)
{
	text_append_string(out->text, metric->name);
	text_append_string(out->text, labels);
	text_append_string(out->text, " ");
	text_append_double(out->text, value);
	text_append_string(out->text, "\n");
}

void exposition_single_u64(const struct exposition *out, const struct metric *metric,
			   uint64_t value)
{
	exposition_family(out, metric);
	exposition_u64(out, metric, "", value);
}

void exposition_single_double(const struct exposition *out, const struct metric *metric,
			      double value)
{
	exposition_family(out, metric);
	exposition_double(out, metric, "", value);
}

void exposition_end(const struct exposition *out)
{
	if (out->format == EXPOSITION_OPENMETRICS)
		text_append_string(out->text, "# EOF\n");
}
