/* SPDX-License-Identifier: Apache-2.0 */
/* A collection -> a page, of each kind that there is. */
#ifndef RENDITION_H
#define RENDITION_H

#include <stdbool.h>

#include "common/page.h"
#include "metrics/pages/bind_metrics.h"

struct exporter_identity;
struct exporter_status;
struct rates;
struct snapshot;

/* What is the same for every page of an exporter. */
struct render_config {
	const struct exporter_identity *identity;
	struct rates *rates;   /* of the page to look at, noted when it is made */
	bool exporter_metrics; /* also the families about the exporter */
	bool process_metrics;  /* and those about its process */
	bool created;          /* in OpenMetrics */
};

/* One reference. NULL: out of memory. */
struct page *render_page(enum page_kind kind, const struct render_config *config,
			 const struct snapshot *snapshot, const struct exporter_status *status,
			 const struct bind_metrics_config *rows);

#endif
