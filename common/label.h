/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes of the kernel -> valid UTF-8 -> label value as the text format wants it. U+FFFD takes the
 * place of bytes that are not UTF-8, one each, of control characters other than the line feed, and
 * of U+2028 and U+2029: collectors would end a line there.
 */
#ifndef LABEL_H
#define LABEL_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Longest results, with NUL: 15 bytes of comm, each of which may become U+FFFD
 * (3 bytes); escaping at most doubles that.
 */
#define LABEL_COMM_MAX    48
#define LABEL_ESCAPED_MAX (2 * LABEL_COMM_MAX)

/* The comm of rows that did not fit the bound. */
#define LABEL_OTHER "(other)"

#define LABEL_REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/*
 * comm: size bytes, ended by the first NUL or by size. A process that is really
 * named "(other)" becomes "\(other)", so that nobody can pose as that row.
 */
void label_from_comm(const char *comm, size_t size, char ret_value[LABEL_COMM_MAX]);

/*
 * Any bytes, size of them, as a valid label value. What does not fit into ret_size is cut, and the
 * value then ends in "…".
 */
void label_copy(const char *bytes, size_t size, char *ret_value, size_t ret_size);

/*
 * Escapes backslash, double quote and newline, as the Prometheus text format
 * 0.0.4 and OpenMetrics want it. ret_escaped: room for twice as much as value, with its NUL.
 */
void label_escape(const char *value, char *ret_escaped);

/* One label of a text {name="value",…}: both point into it, and value is escaped as there. */
struct label {
	const char *name;
	const char *value;
	size_t name_length;
	size_t value_length;
};

bool label_is_comm(const struct label *label);

/* at: such a text, or what an earlier call returned. NULL: there are no more labels. */
const char *label_next(const char *at, struct label *ret_label);

#endif
