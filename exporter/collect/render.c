// SPDX-License-Identifier: Apache-2.0
#include "exporter/collect/render.h"

#include "common/clock.h"
#include "exporter/collect/health.h"
#include "exporter/collect/process_stats.h"
#include "metrics/pages/exporter_metrics.h"
#include "metrics/pages/exposition.h"
#include "metrics/pages/status/page.h"
#include "metrics/pages/status/rates.h"
#include "metrics/rows/collection.h"

/*
 * Collectors that cut a page keep its beginning (Datadog's check: the first 2,000 samples). So the
 * metrics that say whether the page can be trusted come before those that grow with the node.
 */
static void encode_metrics(const struct exposition *out, const struct render_config *config,
			   const struct collection *collection,
			   const struct exporter_status *status,
			   const struct bind_metrics_config *rows)
{
	struct process_status process;

	if (config->exporter_metrics)
		exporter_metrics_encode(out, config->identity, status, collection);
	bind_metrics_encode(out, collection, rows);
	if (config->process_metrics && process_stats_read(&process) == 0)
		process_metrics_encode(out, &process);
	exposition_end(out);
}

static void encode_html(struct text *text, const struct render_config *config,
			const struct collection *collection, const struct exporter_status *status,
			const struct bind_metrics_config *rows)
{
	const struct status_page page = {
		.identity = config->identity,
		.status = status,
		.problem = health_problem(status),
		.rates = config->rates,
		.boot_to_wall_ns = rows->boot_to_wall_ns,
		.now_ns = clock_ns(CLOCK_BOOTTIME),
	};

	rates_note(config->rates, collection->rows, page.now_ns);
	status_page_encode(text, collection, &page);
}

struct page *render_page(enum page_kind kind, const struct render_config *config,
			 const struct collection *collection, const struct exporter_status *status,
			 const struct bind_metrics_config *rows)
{
	struct text text = {0};
	const struct exposition out = {
		.text = &text,
		.format = kind == PAGE_OPENMETRICS ? EXPOSITION_OPENMETRICS : EXPOSITION_TEXT,
		.created = config->created,
	};
	struct page *page = NULL;

	if (kind == PAGE_HTML)
		encode_html(&text, config, collection, status, rows);
	else
		encode_metrics(&out, config, collection, status, rows);
	if (!text.failed)
		page = page_new(&text);
	text_free(&text);
	return page;
}
