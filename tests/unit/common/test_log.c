// SPDX-License-Identifier: Apache-2.0
#include "common/log.h"

#include <regex.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lib/captured.h"
#include "tests/unit/suite.h"

#define TIME "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z"

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
	{LOG_FORMAT_LOGFMT, LOG_LEVEL_ERROR, "m", "k", "a\nb\001", "k=\"a\\\\nb\\\\x01\"\n$"},
	{LOG_FORMAT_LOGFMT, LOG_LEVEL_DEBUG, "hidden", "k", "v", "^$"},
	{LOG_FORMAT_JSON, LOG_LEVEL_INFO, "m", "k", "C:\\x \"y\"\n",
	 "^\\{\"time\":\"" TIME "\",\"level\":\"INFO\",\"msg\":\"m\","
	 "\"k\":\"C:\\\\\\\\x \\\\\"y\\\\\"\\\\n\"\\}\n$"},
};

static void check_line(const char *line, const char *pattern)
{
	regex_t expected;

	ck_assert_int_eq(regcomp(&expected, pattern, REG_EXTENDED | REG_NOSUB), 0);
	ck_assert_msg(regexec(&expected, line, 0, NULL, 0) == 0, "%s", line);
	regfree(&expected);
}

START_TEST(writes_lines)
{
	char line[512];

	log_setup(LOG_LEVEL_INFO, cases[_i].format);
	capture(line, log_event(cases[_i].level, cases[_i].message, cases[_i].key, cases[_i].value,
				NULL));
	check_line(line, cases[_i].expected);
}
END_TEST

static const struct {
	enum log_format format;
	enum log_level level;
	uint64_t other; /* added to the inode of the stream, which then is not the journal's */
	const char *expected;
} journal_cases[] = {
	{LOG_FORMAT_LOGFMT, LOG_LEVEL_DEBUG, 0, "^<7>time=" TIME " level=DEBUG msg=m k=v\n$"},
	{LOG_FORMAT_LOGFMT, LOG_LEVEL_INFO, 0, "^<6>time="},
	{LOG_FORMAT_LOGFMT, LOG_LEVEL_WARN, 0, "^<4>time="},
	{LOG_FORMAT_JSON, LOG_LEVEL_ERROR, 0, "^<3>\\{\"time\":"},
	{LOG_FORMAT_LOGFMT, LOG_LEVEL_ERROR, 1, "^time="},
};

START_TEST(tells_the_journal_priorities)
{
	char line[512], stream[64];
	struct stat status;

	ck_assert_int_eq(capture_begin(), 0);
	fstat(STDERR_FILENO, &status);
	snprintf(stream, sizeof(stream), "%ju:%ju", (uintmax_t)status.st_dev,
		 (uintmax_t)(status.st_ino + journal_cases[_i].other));
	setenv("JOURNAL_STREAM", stream, 1);
	log_setup(LOG_LEVEL_DEBUG, journal_cases[_i].format);
	log_event(journal_cases[_i].level, "m", "k", "v", NULL);
	capture_end(line, sizeof(line));
	check_line(line, journal_cases[_i].expected);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{writes_lines, ARRAY_SIZE(cases)},
		{tells_the_journal_priorities, ARRAY_SIZE(journal_cases)},
	};

	return run_suite("log", tests, ARRAY_SIZE(tests));
}
