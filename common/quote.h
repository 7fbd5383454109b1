/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Turns any bytes into a value of a log line, with the escapes that Prometheus' programs use. The
 * result is valid UTF-8 without control characters, so that no process can forge a line, or move a
 * terminal's cursor, by its name. Values are appended to text, see text.h for errors.
 */
#ifndef QUOTE_H
#define QUOTE_H

struct text;

/* Appends a value of logfmt: bare if that is unambiguous, otherwise quoted as in Go. */
void quote_logfmt(struct text *text, const char *value);

/* Appends a string of JSON, with its quotes. Each byte that is not UTF-8 becomes U+FFFD. */
void quote_json(struct text *text, const char *value);

#endif
