// SPDX-License-Identifier: Apache-2.0
#include "rendition.h"

#include "exporter_metrics.h"
#include "exposition.h"
#include "process_stats.h"

struct page *rendition_make(enum page_kind kind, const struct rendition_config *config,
			    const struct snapshot *snapshot, const struct exporter_status *status,
			    const struct bind_metrics_config *rows)
{
	struct process_status process;
	struct text text = {0};
	struct page *page = NULL;
	const struct exposition out = {
		.text = &text,
		.format = kind == PAGE_OPENMETRICS ? EXPOSITION_OPENMETRICS : EXPOSITION_TEXT,
		.created = config->created,
	};

	bind_metrics_encode(&out, snapshot, rows);
	if (config->exporter_metrics)
		exporter_metrics_encode(&out, config->identity, status, snapshot);
	if (config->process_metrics && process_stats_read(&process) == 0)
		process_metrics_encode(&out, &process);
	exposition_end(&out);
	if (!text.failed)
		page = page_new(&text);
	text_free(&text);
	return page;
}
