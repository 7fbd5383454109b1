/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads from a client's headers which format and encoding it wants. It follows Prometheus' own
 * exporters, oddities included, so that clients get the same answer from both. Pure.
 */
#ifndef NEGOTIATION_H
#define NEGOTIATION_H

#include <stdbool.h>

#include "common/page.h"

#define NEGOTIATION_TYPE_MAX 112

/*
 * accept: the Accept header, or NULL. Returns PAGE_OPENMETRICS or PAGE_TEXT, and the Content-Type
 * in ret_type. PAGE_TEXT is also for clients that accept none of the formats.
 */
enum page_kind negotiate_format(const char *accept, char ret_type[NEGOTIATION_TYPE_MAX]);

/*
 * The highest quality of each encoding in all Accept-Encoding headers. All zero before the first.
 */
struct encoding_wishes {
	double gzip;
	double identity; /* or "*" */
};

/* header: the value of one Accept-Encoding header. */
void encoding_wishes_add(struct encoding_wishes *wishes, const char *header);

/* Returns true only if gzip is preferred to the page without encoding. */
bool encoding_wishes_are_gzip(const struct encoding_wishes *wishes);

#endif
