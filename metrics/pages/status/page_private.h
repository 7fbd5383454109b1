/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by page.c (the frame), bars.c and table.c. */
#ifndef STATUS_PAGE_PRIVATE_H
#define STATUS_PAGE_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include "metrics/pages/status/page.h"

struct row_set;
struct tally;

/* The cards with bars. results: failures are seen. */
void status_bars_encode(struct text *text, const struct tally *tally, bool results);

/* The card of the newest rows, and the table of rows. Both are omitted if there are no rows. */
void status_newest_encode(struct text *text, const struct row_set *rows,
			  const struct status_page *page);
void status_rows_encode(struct text *text, const struct collection *collection,
			const struct tally *tally, const struct status_page *page);

/*
 * A label's value, escaped as such. other: it is not the name of a process but "(other)" or the
 * like. comm: NULL, or the process's name as in the kernel, which has the bytes that the label
 * replaces by U+FFFD.
 */
void status_name_encode(struct text *text, const char *value, size_t length, bool other,
			const char *comm);

/* per_second below 0: unknown. */
void status_rate_encode(struct text *text, double per_second);

#endif
