/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How fast rows grow: beside the rows, what they counted half a minute to a minute ago.
 * To be kept only while somebody looks. All zero: nothing is remembered.
 */
#ifndef RATES_H
#define RATES_H

#include <stdint.h>

struct row;
struct row_set;

struct rate_mark {
	uint64_t count;
	uint64_t first_ns; /* of the row, which tells it from a later one of the same number */
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
 * At every collection. now_ns: its time, CLOCK_BOOTTIME. Out of memory: what was remembered
 * last stays.
 */
void rates_note(struct rates *rates, const struct row_set *rows, uint64_t now_ns);

/* Frees what is remembered. */
void rates_forget(struct rates *rates);

/* What growth is over, nanoseconds. 0: nothing is known yet. */
uint64_t rates_window_ns(const struct rates *rates, uint64_t now_ns);

/* The attempts of a row in that time. */
uint64_t rates_growth(const struct rates *rates, const struct row *row, uint32_t number);

#endif
