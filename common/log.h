/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes log lines to standard error, in the formats of Prometheus' programs. Thread-safe. A line
 * for the journal begins with its priority, which journald removes.
 */
#ifndef LOG_H
#define LOG_H

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };
enum log_format { LOG_FORMAT_LOGFMT, LOG_FORMAT_JSON };

/*
 * Must be called before the first thread starts. Without it, the level is info and the format
 * logfmt.
 */
void log_setup(enum log_level level, enum log_format format);

/*
 * Writes one line. Pairs of key and value follow message, all const char *, up to a NULL. Keys are
 * plain words; values can hold any bytes and are quoted. Callers log a condition that can recur
 * when it changes, not each time.
 */
__attribute__((sentinel)) void log_event(enum log_level level, const char *message, ...);

#endif
