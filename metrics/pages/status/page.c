// SPDX-License-Identifier: Apache-2.0
#include "metrics/pages/status/page.h"

#include <string.h>

#include "common/text.h"
#include "metrics/pages/exporter_metrics.h"
#include "metrics/pages/status/html.h"
#include "metrics/pages/status/page_private.h"
#include "metrics/pages/status/rates.h"
#include "metrics/pages/status/tally.h"
#include "metrics/rows/collection.h"
#include "metrics/rows/names.h"
#include "metrics/rows/row_set.h"

static void encode_head(struct text *text, const struct exporter_identity *identity)
{
	html_print(text,
		   "<!DOCTYPE html>\n<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">\n"
		   "<head>\n<meta charset=\"utf-8\"/>\n"
		   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
		   "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
		   "<title>Socket binds on %s</title>\n",
		   identity->node);
	html_print(text,
		   "<link rel=\"icon\" type=\"image/svg+xml\" href=\"./static/icon.svg?%s-%s\"/>\n"
		   "<link rel=\"stylesheet\" href=\"./static/style.css?%s-%s\"/>\n"
		   "<script src=\"./static/refresh.js?%s-%s\" defer=\"defer\"></script>\n"
		   "</head>\n<body>\n",
		   identity->version, identity->revision, identity->version, identity->revision,
		   identity->version, identity->revision);
}

static void encode_header(struct text *text, const struct exporter_identity *identity)
{
	html_print(
		text,
		"<header>\n<h1>Socket binds on <bdi>%s</bdi></h1>\n"
		"<p id=\"refresh\"><span role=\"status\">Reload the page for newer counts.</span></p>\n"
		"<nav aria-label=\"Other pages\"><a href=\".%s\">Metrics</a> "
		"<a href=\"./-/healthy\">Healthy</a> <a href=\"./-/ready\">Ready</a></nav>\n"
		"</header>\n",
		identity->node, identity->telemetry_path);
}

static double total_rate(const struct row_set *rows, const struct status_page *page)
{
	uint64_t window_ns = rates_window_ns(page->rates, page->now_ns);
	double growth = 0;

	if (!window_ns)
		return -1;
	for (uint32_t i = 0; i < rows->count; i++)
		growth += (double)rates_growth(page->rates, row_set_at(rows, i), rows->order[i]);
	return growth * 1e9 / (double)window_ns;
}

static void encode_state(struct text *text, const struct status_page *page)
{
	if (page->problem)
		html_print(text, "<p class=\"state bad\">Not ready: %s</p>\n", page->problem);
	else
		text_append_string(text, "<p class=\"state good\">Counting</p>\n");
}

static void encode_totals(struct text *text, const struct collection *collection,
			  const struct tally *tally, const struct status_page *page)
{
	html_print(text,
		   "<ul class=\"totals\">\n<li><span>Attempts</span> <strong>%lu</strong></li>\n"
		   "<li><span>Failed</span> <strong>",
		   tally->attempts);
	if (collection->results)
		html_print(text, "%lu", tally->failures);
	else
		text_append_string(text, "not counted");
	text_append_string(text, "</strong></li>\n<li><span>Rate</span> <strong>");
	status_rate_encode(text, total_rate(collection->rows, page));
	html_print(text,
		   "</strong></li>\n<li><span>Processes</span> <strong>%lu</strong></li>\n"
		   "<li><span>Oldest row</span> <strong>",
		   (uint64_t)tally->process_count);
	if (tally->first_ns == UINT64_MAX)
		text_append_string(text, "none");
	else
		html_time(text, tally->first_ns + page->boot_to_wall_ns);
	text_append_string(text, "</strong></li>\n</ul>\n");
}

/* kind: the class of a value other than 0. */
static void fact_number(struct text *text, const char *name, uint64_t value, const char *kind,
			const char *meaning)
{
	html_print(text,
		   "<li class=\"%s\"><span>%s</span> <strong>%lu</strong> <small>%s</small></li>\n",
		   value ? kind : "zero", name, value, meaning);
}

static void fact_time(struct text *text, const char *name, bool good, uint64_t wall_ns)
{
	html_print(text, "<li class=\"%s\"><span>%s</span> <strong>%s</strong> <small>",
		   good ? "some" : "warn", name, good ? "succeeded" : "failed");
	html_time(text, wall_ns);
	text_append_string(text, "</small></li>\n");
}

static uint64_t sum(const uint64_t *slots)
{
	uint64_t total = 0;

	for (uint32_t slot = 0; slot < LEDGER_SLOTS; slot++)
		total += slots[slot];
	return total;
}

static uint64_t missed_attempts(const struct totals *totals)
{
	uint64_t missed = totals->recursion_misses;

	for (unsigned int reason = 0; bind_missed_name(reason); reason++)
		missed += totals->missed[reason];
	return missed;
}

static void encode_counting(struct text *text, const struct collection *collection)
{
	const struct totals *totals = &collection->totals;

	fact_number(text, "Overflow", totals->overflow, "warn",
		    "attempts that found no free entry, part of (other)");
	fact_number(text, "Missed", missed_attempts(totals), "warn",
		    "attempts that could not be counted in a row");
	if (collection->results)
		fact_number(text, "Missed results", totals->missed[BIND_MISSED_RESULT], "warn",
			    "attempts whose result is not known");
	fact_number(text, "Filtered", sum(totals->filtered), "some",
		    "attempts kept out of the rows by filters");
	fact_number(text, "Retired", sum(totals->retired), "some",
		    "attempts of rows removed because they were idle");
}

static void encode_facts(struct text *text, const struct collection *collection,
			 const struct status_page *page)
{
	const struct exporter_identity *identity = page->identity;
	const struct exporter_status *status = page->status;

	html_print(
		text,
		"<section class=\"card\">\n<h2>How binds are counted</h2>\n<ul class=\"facts\">\n"
		"<li><span>Attach mode</span> <strong>%s</strong> <small>%s</small></li>\n"
		"<li><span>Kernel</span> <strong>%s</strong></li>\n",
		identity->mode,
		collection->results ? "results are counted" : "results are not counted",
		identity->kernel);
	fact_time(text, "Last collection", status->collected, status->collect_wall_ns);
	fact_time(text, "Last self-check", !status->selfcheck_error, status->selfcheck_wall_ns);
	html_print(text,
		   "<li><span>Rows</span> <strong>%lu</strong> <small>limit %lu</small></li>\n",
		   (uint64_t)collection->rows->count, (uint64_t)identity->max_rows);
	encode_counting(text, collection);
	text_append_string(text, "</ul>\n</section>\n");
}

static void encode_main(struct text *text, const struct collection *collection,
			const struct tally *tally, const struct status_page *page)
{
	text_append_string(text, "<main>\n");
	encode_state(text, page);
	encode_totals(text, collection, tally, page);
	text_append_string(text, "<div class=\"cards\">\n");
	status_bars_encode(text, tally, collection->results);
	status_newest_encode(text, collection->rows, page);
	text_append_string(text, "</div>\n");
	encode_facts(text, collection, page);
	if (!collection->rows->count)
		text_append_string(text, "<p>There are no rows.</p>\n");
	status_rows_encode(text, collection, tally, page);
	text_append_string(text, "</main>\n");
}

void status_page_encode(struct text *text, const struct collection *collection,
			const struct status_page *page)
{
	const struct exporter_identity *identity = page->identity;
	struct tally tally;

	if (tally_init(&tally, collection)) {
		text->failed = true;
		return;
	}
	encode_head(text, identity);
	encode_header(text, identity);
	encode_main(text, collection, &tally, page);
	html_print(text,
		   "<footer><p>socket_bind_exporter %s <small>revision %s</small></p></footer>\n"
		   "</body>\n</html>\n",
		   identity->version, identity->revision);
	tally_free(&tally);
}
