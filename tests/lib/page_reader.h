/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads a page in Prometheus's text format 0.0.4, for tests. A series is named by its text on the
 * page, including labels and escapes:
 *
 *	page_value(page, "socket_bind_attempts_total{category=\"auto\",...}", &value)
 *
 * Nothing is unescaped, because tests compare the text itself.
 */
#ifndef LIB_PAGE_READER_H
#define LIB_PAGE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The value of exactly this series, with all digits. -ENOENT: not on the page. -EEXIST: more than
 * once. -EINVAL: not an unsigned integer in plain digits.
 */
int page_value(const char *page, const char *series, uint64_t *ret_value);

/* The same for any number, such as a timestamp. */
int page_number(const char *page, const char *series, double *ret_number);

/*
 * The sum of the integer values, or the number, of all series of this metric that contain every one
 * of the given strings (a list that ends with NULL).
 */
uint64_t page_sum(const char *page, const char *metric, ...) __attribute__((sentinel));
size_t page_count(const char *page, const char *metric, ...) __attribute__((sentinel));

/*
 * Whether Prometheus would reject the page: a malformed line, a series that appears twice, a sample
 * that does not follow a TYPE of its name, a last line without an end. If there is no problem,
 * ret_problem is untouched.
 */
bool page_problem(const char *page, char *ret_problem, size_t size);

/*
 * Whether a counter (a metric whose name ends with _total) of the page before is lower on the page
 * after, or missing. ret_series: the first such series, with both values.
 */
bool page_falls(const char *before, const char *after, char *ret_series, size_t size);

#endif
