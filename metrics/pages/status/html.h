/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes HTML text. The name of a process is arbitrary and becomes harmless: markup is escaped, and
 * characters that would hide, reorder or break the line (controls, bidirectional overrides,
 * zero-width ones) are shown by their number, [U+202E].
 */
#ifndef HTML_H
#define HTML_H

#include <stddef.h>
#include <stdint.h>

struct text;

/* UTF-8, for use between tags or in a quoted attribute. */
void html_text(struct text *text, const char *bytes, size_t length);

/* A label's value as it stands between its quotes in the text format. */
void html_label_value(struct text *text, const char *value, size_t length);

/*
 * Writes markup with values. Of printf's directives, it knows %s (escaped by html_text()), %lu
 * (uint64_t, with grouped thousands: 1,234), %.Nf and %%.
 */
__attribute__((format(printf, 2, 3))) void html_print(struct text *text, const char *format, ...);

/* A <time> element, to the second, UTC. wall_ns: UNIX time, nanoseconds. */
void html_time(struct text *text, uint64_t wall_ns);

#endif
