// SPDX-License-Identifier: Apache-2.0
#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "text.h"

static enum log_level threshold = LOG_LEVEL_INFO;
static enum log_format line_format = LOG_FORMAT_LOGFMT;

void log_setup(enum log_level level, enum log_format format)
{
	threshold = level;
	line_format = format;
}

/* A quoted string, the same in logfmt and JSON. */
static void append_quoted(struct text *line, const char *value)
{
	char escape[8];

	text_append_string(line, "\"");
	for (; *value; value++) {
		unsigned char byte = (unsigned char)*value;

		if (byte == '"' || byte == '\\') {
			escape[0] = '\\';
			escape[1] = (char)byte;
			text_append(line, escape, 2);
		} else if (byte == '\n') {
			text_append_string(line, "\\n");
		} else if (byte < ' ') {
			snprintf(escape, sizeof(escape), "\\u%04x", byte);
			text_append_string(line, escape);
		} else {
			text_append(line, value, 1);
		}
	}
	text_append_string(line, "\"");
}

static int needs_quotes(const char *value)
{
	if (!*value)
		return 1;
	for (; *value; value++)
		if ((unsigned char)*value <= ' ' || *value == '"' || *value == '=' ||
		    *value == '\\')
			return 1;
	return 0;
}

static void append_pair(struct text *line, const char *key, const char *value)
{
	if (line_format == LOG_FORMAT_JSON) {
		text_append_string(line, line->length ? "," : "{");
		append_quoted(line, key);
		text_append_string(line, ":");
		append_quoted(line, value);
		return;
	}
	text_append_string(line, line->length ? " " : "");
	text_append_string(line, key);
	text_append_string(line, "=");
	if (needs_quotes(value))
		append_quoted(line, value);
	else
		text_append_string(line, value);
}

/* RFC 3339 in UTC, to the millisecond. */
static void format_now(char ret_time[64])
{
	char seconds[32];
	struct timespec now;
	struct tm utc;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	strftime(seconds, sizeof(seconds), "%Y-%m-%dT%H:%M:%S", &utc);
	snprintf(ret_time, 64, "%s.%03ldZ", seconds, now.tv_nsec / 1000000);
}

void log_event(enum log_level level, const char *message, ...)
{
	static const char *const names[] = {"DEBUG", "INFO", "WARN", "ERROR"};
	struct text line = {0};
	const char *key;
	char now[64];
	va_list pairs;

	if (level < threshold)
		return;
	format_now(now);
	append_pair(&line, "time", now);
	append_pair(&line, "level", names[level]);
	append_pair(&line, "msg", message);
	va_start(pairs, message);
	while ((key = va_arg(pairs, const char *)))
		append_pair(&line, key, va_arg(pairs, const char *));
	va_end(pairs);
	text_append_string(&line, line_format == LOG_FORMAT_JSON ? "}\n" : "\n");
	/* One write, so that lines of several threads do not mix. Nobody to tell if it fails. */
	if (!line.failed && write(STDERR_FILENO, line.data, line.length) < 0)
		line.failed = true;
	text_free(&line);
}
