// SPDX-License-Identifier: Apache-2.0
/* Bars of attempts by category, family and process. Without graphics they are tables of numbers. */
#include <stdio.h>
#include <string.h>

#include "common/text.h"
#include "metrics/pages/status/html.h"
#include "metrics/pages/status/page_private.h"
#include "metrics/pages/status/tally.h"

/* Every bar can be seen. Percent. */
#define THINNEST 0.5

struct chart {
	const char *title;
	const struct tally_bar *bars; /* biggest first */
	uint32_t count;
	uint64_t total;                                       /* attempts that are 100 % */
	uint64_t scale;                                       /* those of the longest bar */
	const char *(*describe)(const struct tally_bar *bar); /* NULL: needs no description */
	bool results;
};

static const char *describe_category(const struct tally_bar *bar)
{
	static const struct {
		const char *name, *meaning;
	} meanings[] = {
		{"well_known", "port 1–1023"},     {"registered", "port 1024–49151"},
		{"dynamic", "port 49152–65535"},   {"auto", "chosen by the kernel"},
		{"pathname", "UNIX, with a file"}, {"abstract", "UNIX, without a file"},
		{"none", "family without ports"},  {"invalid", "unusable address"},
	};

	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (strncmp(meanings[i].name, bar->name, bar->name_length) == 0)
			return meanings[i].meaning;
	return NULL;
}

static double percent(uint64_t part, uint64_t whole)
{
	return whole ? 100.0 * (double)part / (double)whole : 0;
}

/* Widths are attributes, because the page's policy forbids inline styles. */
static void encode_graphic(struct text *text, const struct tally_bar *bar, uint64_t scale)
{
	double all = percent(bar->attempts, scale), failed = percent(bar->failures, scale);

	if (all < THINNEST)
		all = THINNEST;

	html_print(text,
		   "<svg class=\"bar\" width=\"100%%\" height=\"8\" aria-hidden=\"true\">"
		   "<rect class=\"track\" width=\"100%%\" height=\"8\"/>"
		   "<rect class=\"all\" width=\"%.2f%%\" height=\"8\"/>",
		   all);
	if (bar->failures)
		html_print(text,
			   "<rect class=\"failed\" x=\"%.2f%%\" width=\"%.2f%%\" height=\"8\"/>",
			   all - failed, failed);
	text_append_string(text, "</svg>");
}

static void encode_bar(struct text *text, const struct chart *chart, const struct tally_bar *bar)
{
	const char *meaning = chart->describe ? chart->describe(bar) : NULL;

	text_append_string(text, "<tr><th scope=\"row\">");
	status_name_encode(text, bar->name, bar->name_length, bar->other, bar->comm);
	if (meaning)
		html_print(text, " <small>%s</small>", meaning);
	text_append_string(text, "</th><td class=\"graphic\">");
	encode_graphic(text, bar, chart->scale);
	html_print(text, "</td><td>%lu</td>", bar->attempts);
	if (chart->results)
		html_print(text, bar->failures ? "<td>%lu</td>" : "<td class=\"zero\">%lu</td>",
			   bar->failures);
	html_print(text, "<td class=\"share\">%.1f%%</td></tr>\n",
		   percent(bar->attempts, chart->total));
}

/* Everything beyond the bars of the chart becomes one bar. name: room for its name. */
static struct tally_bar sum_rest(const struct chart *chart, char name[32])
{
	struct tally_bar rest = {.name = name, .other = true};

	for (uint32_t i = STATUS_PAGE_BARS; i < chart->count; i++) {
		rest.attempts += chart->bars[i].attempts;
		rest.failures += chart->bars[i].failures;
	}
	rest.name_length = snprintf(name, 32, "%u more", chart->count - STATUS_PAGE_BARS);
	return rest;
}

static void encode_chart(struct text *text, struct chart *chart)
{
	char name[32];
	const struct tally_bar rest = sum_rest(chart, name);

	chart->scale = chart->bars[0].attempts;
	if (rest.attempts > chart->scale)
		chart->scale = rest.attempts;
	html_print(text,
		   "<section class=\"card\">\n<table class=\"chart\">\n<caption>%s</caption>\n"
		   "<thead><tr><th scope=\"col\">name</th><td class=\"graphic\"></td>"
		   "<th scope=\"col\" class=\"attempts\">attempts</th>",
		   chart->title);
	if (chart->results)
		text_append_string(text, "<th scope=\"col\" class=\"failed\">failed</th>");
	text_append_string(text,
			   "<th scope=\"col\" class=\"share\">share</th></tr></thead>\n<tbody>\n");
	for (uint32_t i = 0; i < chart->count && i < STATUS_PAGE_BARS; i++)
		encode_bar(text, chart, &chart->bars[i]);
	if (chart->count > STATUS_PAGE_BARS)
		encode_bar(text, chart, &rest);
	text_append_string(text, "</tbody>\n</table>\n</section>\n");
}

void status_bars_encode(struct text *text, const struct tally *tally, bool results)
{
	struct chart charts[] = {
		{
			.title = "Processes",
			.bars = tally->processes,
			.count = tally->process_count,
			.total = tally->attempts - tally->retired,
		},
		{
			.title = "Categories",
			.bars = tally->categories,
			.count = tally->category_count,
			.total = tally->attempts,
			.describe = describe_category,
		},
		{
			.title = "Families",
			.bars = tally->families,
			.count = tally->family_count,
			.total = tally->attempts,
		},
	};

	for (size_t i = 0; i < sizeof(charts) / sizeof(charts[0]); i++) {
		charts[i].results = results;
		if (charts[i].count)
			encode_chart(text, &charts[i]);
	}
}
