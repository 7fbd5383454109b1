/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How fast rows grow. Remembers, beside the rows, their counts of half a minute to a minute ago. To
 * be kept only while the page is being requested. If all is zero, nothing is remembered.
 */
#ifndef RATES_H
#define RATES_H

#include <stdint.h>

struct row;
struct row_set;

struct rate_mark {
	uint64_t count;
	uint64_t first_ns; /* of the row; differs if a later row has the same number */
};

struct rate_marks {
	struct rate_mark *rows; /* by number; owned */
	uint32_t count;
	uint64_t at_ns;
};

struct rates {
	struct rate_marks older, newer;
};

/*
 * Call it at every collection. now_ns: its time, CLOCK_BOOTTIME. If memory runs out, the counts
 * remembered last stay.
 */
void rates_note(struct rates *rates, const struct row_set *rows, uint64_t now_ns);

/* Frees the remembered counts. */
void rates_forget(struct rates *rates);

/* The time over which rows grew, nanoseconds. 0: nothing is known yet. */
uint64_t rates_window_ns(const struct rates *rates, uint64_t now_ns);

/* The attempts of a row in that time. */
uint64_t rates_growth(const struct rates *rates, const struct row *row, uint32_t number);

#endif
