/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a client wants, from its headers, as Prometheus' own exporters read them:
 * oddities included, so that a client gets here what it gets there. Pure.
 */
#ifndef NEGOTIATION_H
#define NEGOTIATION_H

#include <stdbool.h>

#include "common/page.h"

#define NEGOTIATION_TYPE_MAX 112

/*
 * accept: the Accept header, NULL for none. Returns PAGE_TEXT, which is also for who
 * accepts nothing that there is, or PAGE_OPENMETRICS, with its Content-Type.
 */
enum page_kind negotiate_format(const char *accept, char ret_type[NEGOTIATION_TYPE_MAX]);

/* The best quality of each, over all Accept-Encoding headers. All zero: before the first. */
struct encoding_wishes {
	double gzip;
	double identity; /* or "*" */
};

/* header: one of the values of Accept-Encoding. */
void encoding_wishes_add(struct encoding_wishes *wishes, const char *header);

/* Only if it is wanted more than the page as it is. */
bool encoding_wishes_are_gzip(const struct encoding_wishes *wishes);

#endif
