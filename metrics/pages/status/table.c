// SPDX-License-Identifier: Apache-2.0
/* Tables of rows. Their columns are the labels that the rows have. */
#include <string.h>

#include "common/label.h"
#include "common/text.h"
#include "common/units.h"
#include "metrics/pages/exporter_metrics.h"
#include "metrics/pages/status/html.h"
#include "metrics/pages/status/page_private.h"
#include "metrics/pages/status/rates.h"
#include "metrics/pages/status/tally.h"
#include "metrics/rows/collection.h"
#include "metrics/rows/names.h"
#include "metrics/rows/row_set.h"

struct table {
	const struct row_set *rows;
	const struct tally *tally;
	const struct status_page *page;
	uint32_t shown;
	uint64_t window_ns; /* of rates; 0: unknown */
	bool results;
	bool last_attempt;
};

void status_name_encode(struct text *text, const char *value, size_t length, bool other,
			const char *comm)
{
	const char *tag = other ? "em" : "bdi";

	if (!length) {
		text_append_string(text, "<em>no name</em>");
		return;
	}
	html_print(text, "<%s>", tag);
	if (comm && memmem(value, length, LABEL_REPLACEMENT, strlen(LABEL_REPLACEMENT)))
		html_text(text, comm, strnlen(comm, BIND_COMM_SIZE));
	else
		html_label_value(text, value, length);
	html_print(text, "</%s>", tag);
}

void status_rate_encode(struct text *text, double per_second)
{
	if (per_second < 0)
		text_append_string(text, "–");
	else if (per_second == 0)
		text_append_string(text, "0");
	else if (per_second >= 100)
		html_print(text, "%.0f/s", per_second);
	else if (per_second >= 1)
		html_print(text, "%.1f/s", per_second);
	else
		html_print(text, "%.1f/min", per_second * 60);
}

static void encode_labels(struct text *text, const struct row *row)
{
	struct label label;

	for (const char *at = row->labels; (at = label_next(at, &label));) {
		text_append_string(text, label_is_comm(&label) ? "<th scope=\"row\">" : "<td>");
		if (label_is_comm(&label))
			status_name_encode(text, label.value, label.value_length, row->other,
					   row->other ? NULL : (const char *)row->key.comm);
		else
			html_label_value(text, label.value, label.value_length);
		text_append_string(text, label_is_comm(&label) ? "</th>" : "</td>");
	}
}

static void encode_failures(struct text *text, const struct tally_failures *failed)
{
	char scratch[BIND_NAME_SCRATCH];

	html_print(text,
		   failed->count ? "<td class=\"number\">%lu</td>"
				 : "<td class=\"number zero\">%lu</td>",
		   failed->count);
	text_append_string(text, "<td class=\"errno\">");
	if (failed->count)
		html_print(text, "%s%s", failed->top_count < failed->count ? "mostly " : "",
			   bind_errno_name(failed->top_error, scratch));
	text_append_string(text, "</td>");
}

static void encode_rate(struct text *text, const struct table *table, const struct row *row,
			uint32_t number)
{
	double per_second = -1;

	if (table->window_ns)
		per_second = (double)rates_growth(table->page->rates, row, number) * 1e9 /
			     (double)table->window_ns;
	text_append_string(text,
			   per_second > 0 ? "<td class=\"number\">" : "<td class=\"number zero\">");
	status_rate_encode(text, per_second);
	text_append_string(text, "</td>");
}

static void encode_row(struct text *text, const struct table *table, uint32_t number)
{
	const struct row *row = &table->rows->rows[number];
	uint64_t boot_to_wall_ns = table->page->boot_to_wall_ns;

	text_append_string(text, "<tr>");
	encode_labels(text, row);
	html_print(text, "<td class=\"number\">%lu</td>", row->count);
	if (table->results)
		encode_failures(text, &table->tally->failed_by[number]);
	encode_rate(text, table, row, number);
	text_append_string(text, "<td class=\"time\">");
	html_time(text, row->first_ns + boot_to_wall_ns);
	if (table->last_attempt)
		text_append_string(text, "</td><td class=\"time\">");
	if (table->last_attempt && row->last_s)
		html_time(text, row->last_s * SECOND_NS + boot_to_wall_ns);
	text_append_string(text, "</td></tr>\n");
}

static void encode_caption(struct text *text, const struct table *table)
{
	uint64_t total = table->rows->count;

	text_append_string(text, "<caption>Rows <small>");
	if (table->shown < total)
		html_print(text, "the %lu with the most attempts; %lu more are in the ",
			   (uint64_t)table->shown, total - table->shown);
	else
		html_print(text, "all %lu, also in the ", total);
	html_print(text, "<a href=\".%s\">metrics</a>; rates ",
		   table->page->identity->telemetry_path);
	if (table->window_ns)
		html_print(text, "over %lu s",
			   (uint64_t)((table->window_ns + SECOND_NS / 2) / SECOND_NS));
	else
		text_append_string(text, "are shown after the next refresh");
	text_append_string(text, "</small></caption>\n");
}

static void encode_label_names(struct text *text, const struct row_set *rows)
{
	struct label label;

	for (const char *at = row_set_at(rows, 0)->labels; (at = label_next(at, &label));) {
		text_append_string(text, "<th scope=\"col\">");
		html_text(text, label.name, label.name_length);
		text_append_string(text, "</th>");
	}
}

static void encode_head(struct text *text, const struct table *table)
{
	text_append_string(text, "<thead><tr>");
	encode_label_names(text, table->rows);
	text_append_string(text, "<th scope=\"col\" class=\"number\">attempts</th>");
	if (table->results)
		text_append_string(text, "<th scope=\"col\" class=\"number\">failed</th>"
					 "<th scope=\"col\">errno</th>");
	text_append_string(text, "<th scope=\"col\" class=\"number\">rate</th>"
				 "<th scope=\"col\">first attempt (UTC)</th>");
	if (table->last_attempt)
		text_append_string(text, "<th scope=\"col\">last attempt (UTC)</th>");
	text_append_string(text, "</tr></thead>\n<tbody>\n");
}

static bool any_last_attempt(const struct row_set *rows)
{
	for (uint32_t i = 0; i < rows->count; i++)
		if (row_set_at(rows, i)->last_s)
			return true;
	return false;
}

void status_rows_encode(struct text *text, const struct collection *collection,
			const struct tally *tally, const struct status_page *page)
{
	const struct row_set *rows = collection->rows;
	const struct table table = {
		.rows = rows,
		.tally = tally,
		.page = page,
		.shown = rows->count < STATUS_PAGE_ROWS ? rows->count : STATUS_PAGE_ROWS,
		.window_ns = rates_window_ns(page->rates, page->now_ns),
		.results = collection->results,
		.last_attempt = any_last_attempt(rows),
	};

	if (!rows->count)
		return;
	text_append_string(text, "<section class=\"card wide\" tabindex=\"0\" "
				 "aria-label=\"Rows\">\n<table class=\"rows\">\n");
	encode_caption(text, &table);
	encode_head(text, &table);
	for (uint32_t i = 0; i < table.shown; i++)
		encode_row(text, &table, tally->order[i]);
	text_append_string(text, "</tbody>\n</table>\n</section>\n");
}

/* Finds the newest rows, newest first. Returns their number. */
static uint32_t find_newest(const struct row_set *rows, uint32_t ret_numbers[STATUS_PAGE_NEWEST])
{
	uint32_t found = 0;

	for (uint32_t i = 0; i < rows->count; i++) {
		uint64_t first_ns = row_set_at(rows, i)->first_ns;
		uint32_t index = found < STATUS_PAGE_NEWEST ? found++ : STATUS_PAGE_NEWEST;

		while (index && rows->rows[ret_numbers[index - 1]].first_ns < first_ns) {
			if (index < STATUS_PAGE_NEWEST)
				ret_numbers[index] = ret_numbers[index - 1];
			index--;
		}
		if (index < STATUS_PAGE_NEWEST)
			ret_numbers[index] = rows->order[i];
	}
	return found;
}

void status_newest_encode(struct text *text, const struct row_set *rows,
			  const struct status_page *page)
{
	uint32_t numbers[STATUS_PAGE_NEWEST], count = find_newest(rows, numbers);

	if (!count)
		return;
	text_append_string(text, "<section class=\"card\">\n<table class=\"newest\">\n"
				 "<caption>Newest rows</caption>\n<thead><tr>");
	encode_label_names(text, rows);
	text_append_string(text,
			   "<th scope=\"col\">first attempt (UTC)</th></tr></thead>\n<tbody>\n");
	for (uint32_t i = 0; i < count; i++) {
		const struct row *row = &rows->rows[numbers[i]];

		text_append_string(text, "<tr>");
		encode_labels(text, row);
		text_append_string(text, "<td class=\"time\">");
		html_time(text, row->first_ns + page->boot_to_wall_ns);
		text_append_string(text, "</td></tr>\n");
	}
	text_append_string(text, "</tbody>\n</table>\n</section>\n");
}
