// SPDX-License-Identifier: Apache-2.0
#include "common/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#include "common/quote.h"
#include "common/text.h"

static const struct {
	const char *name;
	const char *priority; /* prefix that journald removes from a line: sd-daemon(3) */
} levels[] = {
	[LOG_LEVEL_DEBUG] = {"DEBUG", SD_DEBUG},
	[LOG_LEVEL_INFO] = {"INFO", SD_INFO},
	[LOG_LEVEL_WARN] = {"WARN", SD_WARNING},
	[LOG_LEVEL_ERROR] = {"ERROR", SD_ERR},
};

static enum log_level threshold = LOG_LEVEL_INFO;
static enum log_format line_format = LOG_FORMAT_LOGFMT;
static bool to_journal;

/* systemd names the stream that leads to the journal; fd may have been redirected since. */
static bool is_journal(int fd)
{
	const char *stream = getenv("JOURNAL_STREAM");
	uintmax_t device, inode;
	struct stat status;

	return stream && sscanf(stream, "%ju:%ju", &device, &inode) == 2 &&
	       fstat(fd, &status) == 0 && status.st_dev == device && status.st_ino == inode;
}

void log_setup(enum log_level level, enum log_format format)
{
	threshold = level;
	line_format = format;
	to_journal = is_journal(STDERR_FILENO);
}

static void append_pair(struct text *line, const char *key, const char *value)
{
	if (line_format == LOG_FORMAT_JSON) {
		text_append_string(line, ",");
		quote_json(line, key);
		text_append_string(line, ":");
		quote_json(line, value);
		return;
	}
	text_append_string(line, " ");
	text_append_string(line, key);
	text_append_string(line, "=");
	quote_logfmt(line, value);
}

/* Formats the current time: RFC 3339 in UTC, to the millisecond. */
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

static void append_beginning(struct text *line, enum log_level level)
{
	bool json = line_format == LOG_FORMAT_JSON;
	char now[64];

	format_now(now);
	text_append_string(line, to_journal ? levels[level].priority : "");
	text_append_string(line, json ? "{\"time\":\"" : "time=");
	text_append_string(line, now);
	text_append_string(line, json ? "\"" : "");
	append_pair(line, "level", levels[level].name);
}

void log_event(enum log_level level, const char *message, ...)
{
	struct text line = {0};
	const char *key;
	va_list pairs;

	if (level < threshold)
		return;
	append_beginning(&line, level);
	append_pair(&line, "msg", message);
	va_start(pairs, message);
	while ((key = va_arg(pairs, const char *)))
		append_pair(&line, key, va_arg(pairs, const char *));
	va_end(pairs);
	text_append_string(&line, line_format == LOG_FORMAT_JSON ? "}\n" : "\n");
	/* One write, so that lines of several threads do not mix. An error cannot be reported. */
	if (!line.failed && write(STDERR_FILENO, line.data, line.length) < 0)
		line.failed = true;
	text_free(&line);
}
