// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/exporter/options_fixture.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/suite.h"

#define ARGUMENTS_MAX 80

int options_parse_line(const char *line, struct options *ret_options,
		       char ret_error[OPTIONS_ERROR_MAX])
{
	static char words[2048];
	char *arguments[ARGUMENTS_MAX + 1] = {(char *)"socket_bind_exporter"};
	int count = 1;

	snprintf(words, sizeof(words), "%s", line);
	for (char *word = strtok(words, " "); word && count < ARGUMENTS_MAX;
	     word = strtok(NULL, " "))
		arguments[count++] = word;
	return options_parse(count, arguments, ret_options, ret_error);
}

struct options options_of(const char *line)
{
	char error[OPTIONS_ERROR_MAX] = "";
	struct options options;

	ck_assert_msg(options_parse_line(line, &options, error) == 0, "%s: %s", line, error);
	return options;
}

void options_check_refusal(const struct refused_line *refused)
{
	char error[OPTIONS_ERROR_MAX] = "";
	struct options options;

	ck_assert_int_eq(options_parse_line(refused->line, &options, error), -EINVAL);
	ck_assert_msg(strstr(error, refused->words), "%s: %s", refused->line, error);
	ck_assert_ptr_null(strchr(error, '\n'));
}
