// SPDX-License-Identifier: Apache-2.0
#include "exposition.h"

#include <string.h>

void exposition_family(struct text *text, const struct metric *metric)
{
	text_append_string(text, "# HELP ");
	text_append_string(text, metric->name);
	text_append_string(text, " ");
	text_append_string(text, metric->help);
	text_append_string(text, "\n# TYPE ");
	text_append_string(text, metric->name);
	text_append_string(text, " ");
	text_append_string(text, metric->type);
	text_append_string(text, "\n");
}

/* Room for a whole sample, with the series written; NULL when the text failed. */
static char *begin_sample(struct text *text, const struct metric *metric, const char *labels)
{
	size_t name_length = strlen(metric->name), labels_length = strlen(labels);
	char *out = text_reserve(text, name_length + labels_length + TEXT_NUMBER_MAX + 2);

	if (!out)
		return NULL;
	out = mempcpy(out, metric->name, name_length);
	out = mempcpy(out, labels, labels_length);
	*out++ = ' ';
	return out;
}

static void end_sample(struct text *text, char *end)
{
	*end++ = '\n';
	text_commit(text, end);
}

void exposition_u64(struct text *text, const struct metric *metric, const char *labels,
		    uint64_t value)
{
	char *out = begin_sample(text, metric, labels);

	if (out)
		end_sample(text, text_format_u64(out, value));
}

void exposition_nanoseconds(struct text *text, const struct metric *metric, const char *labels,
			    uint64_t value)
{
	char *out = begin_sample(text, metric, labels);

	if (out)
		end_sample(text, text_format_nanoseconds(out, value));
}

void exposition_double(struct text *text, const struct metric *metric, const char *labels,
		       double value)
{
	text_append_string(text, metric->name);
	text_append_string(text, labels);
	text_append_string(text, " ");
	text_append_double(text, value);
	text_append_string(text, "\n");
}

void exposition_single_u64(struct text *text, const struct metric *metric, uint64_t value)
{
	exposition_family(text, metric);
	exposition_u64(text, metric, "", value);
}

void exposition_single_double(struct text *text, const struct metric *metric, double value)
{
	exposition_family(text, metric);
	exposition_double(text, metric, "", value);
}
