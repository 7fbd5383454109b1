/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes -> a value of a log line, in the escapes that Prometheus' programs use. What
 * comes out is valid UTF-8 without control characters, so that no process can forge a
 * line, or move a terminal's cursor, by its name.
 */
#ifndef QUOTE_H
#define QUOTE_H

struct text;

/* Of logfmt: bare where that is unambiguous, else quoted as Go quotes a string. */
void quote_logfmt(struct text *text, const char *value);

/* A string of JSON, quotes included. Bytes that are not UTF-8 become U+FFFD, one each. */
void quote_json(struct text *text, const char *value);

#endif
