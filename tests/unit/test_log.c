// SPDX-License-Identifier: Apache-2.0
#include "log.h"

#include <regex.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "suite.h"

#define TIME "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z"

static int saved, ends[2];

static void capture_begin(void)
{
	ck_assert_int_eq(pipe(ends), 0);
	saved = dup(STDERR_FILENO);
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
}

static void capture_end(char *ret_text, size_t size)
{
	ssize_t length;

	dup2(saved, STDERR_FILENO); /* closes the pipe's last writing end */
	close(saved);
	length = read(ends[0], ret_text, size - 1);
	ret_text[length > 0 ? length : 0] = '\0';
	close(ends[0]);
}

static const struct {
	enum log_format format;
	enum log_level level;
	const char *message, *key, *value;
	const char *expected; /* extended regular expression */
} cases[] = {
	{LOG_FORMAT_LOGFMT, LOG_LEVEL_INFO, "listening", "address", ":10068",
	 "^time=" TIME " level=INFO msg=listening address=:10068\n$"},
	{LOG_FORMAT_LOGFMT, LOG_LEVEL_WARN, "two words", "why", "say \"no\"",
	 "^time=" TIME " level=WARN msg=\"two words\" why=\"say \\\\\"no\\\\\"\"\n$"},
	{LOG_FORMAT_LOGFMT, LOG_LEVEL_ERROR, "m", "k", "", "level=ERROR msg=m k=\"\"\n$"},
	{LOG_FORMAT_LOGFMT, LOG_LEVEL_ERROR, "m", "k", "a=b", "k=\"a=b\"\n$"},
	{LOG_FORMAT_LOGFMT, LOG_LEVEL_ERROR, "m", "k", "a\nb\001", "k=\"a\\\\nb\\\\u0001\"\n$"},
	{LOG_FORMAT_LOGFMT, LOG_LEVEL_DEBUG, "hidden", "k", "v", "^$"},
	{LOG_FORMAT_JSON, LOG_LEVEL_INFO, "m", "k", "C:\\x \"y\"\n",
	 "^\\{\"time\":\"" TIME "\",\"level\":\"INFO\",\"msg\":\"m\","
	 "\"k\":\"C:\\\\\\\\x \\\\\"y\\\\\"\\\\n\"\\}\n$"},
};

START_TEST(writes_lines)
{
	char line[512];
	regex_t expected;

	log_setup(LOG_LEVEL_INFO, cases[_i].format);
	capture_begin();
	log_event(cases[_i].level, cases[_i].message, cases[_i].key, cases[_i].value, NULL);
	capture_end(line, sizeof(line));
	ck_assert_int_eq(regcomp(&expected, cases[_i].expected, REG_EXTENDED | REG_NOSUB), 0);
	ck_assert_msg(regexec(&expected, line, 0, NULL, 0) == 0, "%s", line);
	regfree(&expected);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {{writes_lines, ARRAY_SIZE(cases)}};

	return run_suite("log", tests, ARRAY_SIZE(tests));
}
