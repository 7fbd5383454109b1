/* SPDX-License-Identifier: Apache-2.0 */
/* Options of a command line that is one string, for tests of exporter/option*.c. */
#ifndef UNIT_OPTIONS_FIXTURE_H
#define UNIT_OPTIONS_FIXTURE_H

#include "exporter/options.h"

#define TEN(text) text text text text text text text text text text

/*
 * Arguments are separated by single blanks. Strings of the options stay valid until the next call.
 */
int options_parse_line(const char *line, struct options *ret_options,
		       char ret_error[OPTIONS_ERROR_MAX]);

/* The line must be accepted. */
struct options options_of(const char *line);

struct refused_line {
	const char *line;
	const char *words; /* of the message */
};

/* The line must be refused, by one line with these words. */
void options_check_refusal(const struct refused_line *refused);

#endif
