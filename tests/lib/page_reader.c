/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/page_reader.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One sample line, as pieces of the page. */
struct sample {
	const char *series;
	size_t series_length;
	size_t name_length; /* of the metric's name, at the start of series */
	const char *value;
	size_t value_length;
};

struct samples {
	struct sample *sample;
	size_t n;
};

static const char *line_end(const char *line)
{
	return line + strcspn(line, "\n");
}

/*
 * Label values may contain spaces and braces, so that only a scan that knows quotes finds the end.
 */
static const char *series_end(const char *line)
{
	const char *p = line + strcspn(line, "{ \n");
	bool quoted = false;

	if (*p != '{')
		return p;
	for (p++; *p && *p != '\n' && (quoted || *p != '}'); p++) {
		if (quoted && *p == '\\' && p[1] && p[1] != '\n')
			p++;
		else if (*p == '"')
			quoted = !quoted;
	}
	return *p == '}' ? p + 1 : line;
}

static bool sample_parse(const char *line, struct sample *ret_sample)
{
	const char *end = series_end(line);

	if (end == line || *end != ' ')
		return false;
	ret_sample->series = line;
	ret_sample->series_length = (size_t)(end - line);
	ret_sample->name_length = strcspn(line, "{ ");
	ret_sample->value = end + 1;
	ret_sample->value_length = strcspn(end + 1, "\n");
	return ret_sample->value_length > 0;
}

/* Steps to the next sample; *position is where to go on, NULL at the end. */
static bool next_sample(const char **position, struct sample *ret_sample)
{
	while (*position && **position) {
		const char *line = *position;
		const char *end = line_end(line);

		*position = *end ? end + 1 : end;
		if (*line != '#' && *line != '\n' && sample_parse(line, ret_sample))
			return true;
	}
	return false;
}

static bool sample_integer(const struct sample *sample, uint64_t *ret_value)
{
	char digits[24], *end;

	if (!isdigit((unsigned char)*sample->value) || sample->value_length >= sizeof(digits))
		return false;
	memcpy(digits, sample->value, sample->value_length);
	digits[sample->value_length] = '\0';
	errno = 0;
	*ret_value = strtoull(digits, &end, 10);
	return !*end && !errno;
}

static bool sample_number(const struct sample *sample, long double *ret_number)
{
	char text[64], *end;

	if (sample->value_length >= sizeof(text) || isspace((unsigned char)*sample->value))
		return false;
	memcpy(text, sample->value, sample->value_length);
	text[sample->value_length] = '\0';
	*ret_number = strtold(text, &end);
	return end != text && !*end;
}

static int find_series(const char *page, const char *series, struct sample *ret_sample)
{
	size_t length = strlen(series);
	struct sample sample;
	int found = -ENOENT;

	while (next_sample(&page, &sample)) {
		if (sample.series_length != length || memcmp(sample.series, series, length))
			continue;
		if (!found)
			return -EEXIST;
		*ret_sample = sample;
		found = 0;
	}
	return found;
}

int page_value(const char *page, const char *series, uint64_t *ret_value)
{
	struct sample sample;
	int error = find_series(page, series, &sample);

	if (error)
		return error;
	return sample_integer(&sample, ret_value) ? 0 : -EINVAL;
}

int page_number(const char *page, const char *series, double *ret_number)
{
	struct sample sample;
	long double number;
	int error = find_series(page, series, &sample);

	if (error)
		return error;
	if (!sample_number(&sample, &number))
		return -EINVAL;
	*ret_number = (double)number;
	return 0;
}

static bool is_of_metric(const struct sample *sample, const char *metric)
{
	return sample->name_length == strlen(metric) &&
	       !memcmp(sample->series, metric, sample->name_length);
}

static bool contains_all(const struct sample *sample, va_list filters)
{
	const char *filter;

	while ((filter = va_arg(filters, const char *)))
		if (!memmem(sample->series, sample->series_length, filter, strlen(filter)))
			return false;
	return true;
}

static uint64_t sum_samples(const char *page, const char *metric, va_list filters, size_t *ret_n)
{
	struct sample sample;
	uint64_t sum = 0, value;

	*ret_n = 0;
	while (next_sample(&page, &sample)) {
		va_list copy;
		bool wanted;

		va_copy(copy, filters);
		wanted = is_of_metric(&sample, metric) && contains_all(&sample, copy);
		va_end(copy);
		if (!wanted)
			continue;
		(*ret_n)++;
		if (sample_integer(&sample, &value))
			sum += value;
	}
	return sum;
}

uint64_t page_sum(const char *page, const char *metric, ...)
{
	va_list filters;
	uint64_t sum;
	size_t n;

	va_start(filters, metric);
	sum = sum_samples(page, metric, filters, &n);
	va_end(filters);
	return sum;
}

size_t page_count(const char *page, const char *metric, ...)
{
	va_list filters;
	size_t n;

	va_start(filters, metric);
	sum_samples(page, metric, filters, &n);
	va_end(filters);
	return n;
}

static int compare_samples(const void *left, const void *right)
{
	const struct sample *a = left, *b = right;
	size_t shorter = a->series_length < b->series_length ? a->series_length : b->series_length;
	int order = memcmp(a->series, b->series, shorter);

	if (order)
		return order;
	return (a->series_length > b->series_length) - (a->series_length < b->series_length);
}

/* All samples of the page in the order of their text; NULL without memory. */
static struct sample *sorted_samples(const char *page, size_t *ret_n)
{
	struct sample *all, sample;
	const char *position = page;
	size_t n = 0;

	while (next_sample(&position, &sample))
		n++;
	all = calloc(n + 1, sizeof(*all));
	if (!all)
		return NULL;
	*ret_n = n;
	for (n = 0; next_sample(&page, &sample); n++)
		all[n] = sample;
	qsort(all, n, sizeof(*all), compare_samples);
	return all;
}

/* The samples of a metric stand together, right after its TYPE line. */
static bool is_of_type(const struct sample *sample, const char *type)
{
	return type && !strncmp(type, sample->series, sample->name_length) &&
	       type[sample->name_length] == ' ';
}

/* type: the rest of the last TYPE line before this one; NULL when there was none. */
static bool line_problem(const char *line, const char *type, char *ret_problem, size_t size)
{
	struct sample sample;
	long double number;
	const char *what = NULL;

	if (*line == '#' || *line == '\n')
		return false;
	if (!sample_parse(line, &sample) || !sample_number(&sample, &number))
		what = "malformed line";
	else if (!is_of_type(&sample, type))
		what = "sample not under a TYPE of its name";
	if (what)
		snprintf(ret_problem, size, "%s: %.*s", what, (int)strcspn(line, "\n"), line);
	return what;
}

static bool duplicate(const char *page, char *ret_problem, size_t size)
{
	size_t n, i;
	struct sample *all = sorted_samples(page, &n);
	bool found = false;

	for (i = 1; all && i < n && !found; i++) {
		found = !compare_samples(&all[i - 1], &all[i]);
		if (found)
			snprintf(ret_problem, size, "series appears twice: %.*s",
				 (int)all[i].series_length, all[i].series);
	}
	free(all);
	return found;
}

bool page_problem(const char *page, char *ret_problem, size_t size)
{
	const char type_head[] = "# TYPE ";
	size_t length = strlen(page);
	const char *line, *type = NULL;

	if (!length || page[length - 1] != '\n') {
		snprintf(ret_problem, size, "the last line has no end");
		return true;
	}
	for (line = page; *line; line = line_end(line) + 1) {
		if (!strncmp(line, type_head, strlen(type_head)))
			type = line + strlen(type_head);
		if (line_problem(line, type, ret_problem, size))
			return true;
	}
	return duplicate(page, ret_problem, size);
}

static bool is_counter(const struct sample *sample)
{
	size_t suffix = strlen("_total");

	return sample->name_length > suffix &&
	       !memcmp(sample->series + sample->name_length - suffix, "_total", suffix);
}

static bool fell(const struct sample *before, const struct sample *after, char *ret_series,
		 size_t size)
{
	long double was, is;

	if (after && sample_number(before, &was) && sample_number(after, &is) && is >= was)
		return false;
	snprintf(ret_series, size, "%.*s: %.*s, then %.*s", (int)before->series_length,
		 before->series, (int)before->value_length, before->value,
		 after ? (int)after->value_length : 7, after ? after->value : "nothing");
	return true;
}

bool page_falls(const char *before, const char *after, char *ret_series, size_t size)
{
	size_t n, i;
	struct samples now = {.sample = sorted_samples(after, &now.n)};
	struct sample *old = sorted_samples(before, &n);
	bool falls = false;

	for (i = 0; old && now.sample && i < n && !falls; i++)
		if (is_counter(&old[i]))
			falls = fell(
				&old[i],
				bsearch(&old[i], now.sample, now.n, sizeof(*old), compare_samples),
				ret_series, size);
	free(now.sample);
	free(old);
	return falls;
}
