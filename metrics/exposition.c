// SPDX-License-Identifier: Apache-2.0
#include "exposition.h"

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

static void series(struct text *text, const struct metric *metric, const char *labels)
{
	text_append_string(text, metric->name);
	text_append_string(text, labels);
	text_append_string(text, " ");
}

void exposition_u64(struct text *text, const struct metric *metric, const char *labels,
		    uint64_t value)
{
	series(text, metric, labels);
	text_append_u64(text, value);
	text_append_string(text, "\n");
}

void exposition_double(struct text *text, const struct metric *metric, const char *labels,
		       double value)
{
	series(text, metric, labels);
	text_append_double(text, value);
	text_append_string(text, "\n");
}

void exposition_nanoseconds(struct text *text, const struct metric *metric, const char *labels,
			    uint64_t value)
{
	series(text, metric, labels);
	text_append_nanoseconds(text, value);
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
