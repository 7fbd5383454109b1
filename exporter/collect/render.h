/* SPDX-License-Identifier: Apache-2.0 */
/* Renders a page of any kind from a collection. */
#ifndef RENDER_H
#define RENDER_H

#include <stdbool.h>

#include "common/page.h"
#include "metrics/pages/bind_metrics.h"

struct exporter_identity;
struct exporter_status;
struct rates;
struct collection;

/* The same for every page of an exporter. */
struct render_config {
	const struct exporter_identity *identity;
	struct rates *rates;   /* for the status page; updated when it is rendered */
	bool exporter_metrics; /* include the families about the exporter */
	bool process_metrics;  /* include those about its process */
	bool created;          /* in OpenMetrics */
};

/* Returns one reference. NULL: out of memory. */
struct page *render_page(enum page_kind kind, const struct render_config *config,
			 const struct collection *collection, const struct exporter_status *status,
			 const struct bind_metrics_config *rows);

#endif
