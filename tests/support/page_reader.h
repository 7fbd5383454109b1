/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a page in Prometheus' text format 0.0.4, for tests. A series is named
 * by its text on the page, labels and escapes included:
 *
 *	page_value(page, "socket_bind_attempts_total{category=\"auto\",...}", &value)
 *
 * Nothing is unescaped, so that the text itself is what is being tested.
 */
#ifndef SUPPORT_PAGE_READER_H
#define SUPPORT_PAGE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The value of exactly this series, to the last digit. -ENOENT: not on the page.
 * -EEXIST: more than once. -EINVAL: not an unsigned integer in plain digits.
 */
int page_value(const char *page, const char *series, uint64_t *ret_value);

/* The same for any number, timestamps for instance. */
int page_number(const char *page, const char *series, double *ret_number);

/*
 * Over all series of this metric that contain every one of the given strings
 * (a list closed by NULL): the sum of their integer values, or their number.
 */
uint64_t page_sum(const char *page, const char *metric, ...) __attribute__((sentinel));
size_t page_count(const char *page, const char *metric, ...) __attribute__((sentinel));

/*
 * What makes Prometheus drop a page: a malformed line, a series that appears
 * twice, a sample that does not stand under a TYPE of its name, a last line without an end.
 * Returns false and leaves ret_problem alone when there is nothing to say.
 */
bool page_problem(const char *page, char *ret_problem, size_t size);

/*
 * Whether a counter (a metric whose name ends in _total) of the page before is
 * lower on the page after, or gone. ret_series: the first one, with both values.
 */
bool page_falls(const char *before, const char *after, char *ret_series, size_t size);

#endif
