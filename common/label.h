/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Turns bytes of the kernel into valid UTF-8, and that into a label value of the text format.
 * U+FFFD replaces each byte that is not UTF-8, each control character other than the line feed,
 * and U+2028 and U+2029, because collectors would end a line there. Touches only memory.
 */
#ifndef LABEL_H
#define LABEL_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Sizes of the longest results, with NUL: each of the 15 bytes of comm can become U+FFFD
 * (3 bytes), and escaping at most doubles that.
 */
#define LABEL_COMM_MAX    48
#define LABEL_ESCAPED_MAX (2 * LABEL_COMM_MAX)

/* The comm of rows into which those beyond the limit are folded. */
#define LABEL_OTHER "(other)"

#define LABEL_REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/*
 * comm: at most size bytes, ended by the first NUL. A process that is really named "(other)"
 * becomes "\(other)", so that it cannot pose as that row.
 */
void label_from_comm(const char *comm, size_t size, char ret_value[LABEL_COMM_MAX]);

/*
 * Makes a valid label value of any size bytes, with NUL. A value that does not fit into ret_size
 * bytes is cut and ends in "…".
 */
void label_copy(const char *bytes, size_t size, char *ret_value, size_t ret_size);

/*
 * Escapes backslash, double quote and line feed, as the Prometheus text format 0.0.4 and
 * OpenMetrics require. ret_escaped: room for twice the size of value, which includes its NUL.
 */
void label_escape(const char *value, char *ret_escaped);

/* One label of a text {name="value",…}. Both point into that text; value is still escaped. */
struct label {
	const char *name;
	const char *value;
	size_t name_length;
	size_t value_length;
};

bool label_is_comm(const struct label *label);

/* at: such a text, or the result of an earlier call. Returns NULL if there are no more labels. */
const char *label_next(const char *at, struct label *ret_label);

#endif
