/* SPDX-License-Identifier: Apache-2.0 */
/* What page.c (the frame), bars.c and table.c share, and nobody else. */
#ifndef STATUS_PAGE_PRIVATE_H
#define STATUS_PAGE_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>

#include "metrics/pages/status/page.h"

struct row_set;
struct tally;

/* The cards with bars. results: failures are seen. */
void status_bars_encode(struct text *text, const struct tally *tally, bool results);

/* The card of the newest rows; and the table of rows. Neither is there without rows. */
void status_newest_encode(struct text *text, const struct row_set *rows,
			  const struct status_page *page);
void status_rows_encode(struct text *text, const struct snapshot *snapshot,
			const struct tally *tally, const struct status_page *page);

/*
 * A label's value, escaped as such. other: no name of a process, but words of ours. comm: NULL, or
 * the process' name as the kernel has it, which tells what the label has U+FFFD for.
 */
void status_name_encode(struct text *text, const char *value, size_t length, bool other,
			const char *comm);

/* per_second below 0: unknown. */
void status_rate_encode(struct text *text, double per_second);

#endif
