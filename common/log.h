/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Log lines on standard error, as Prometheus' programs write them. Thread-safe. What the
 * journal takes has its priority before it, which the journal removes.
 */
#ifndef LOG_H
#define LOG_H

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARN, LOG_LEVEL_ERROR };
enum log_format { LOG_FORMAT_LOGFMT, LOG_FORMAT_JSON };

/* Before the first thread; until then: from info on, logfmt. */
void log_setup(enum log_level level, enum log_format format);

/*
 * One line. After message come pairs of key and value, both const char *, up to
 * a NULL. Keys are plain words; values may hold anything and are quoted. What can
 * happen again and again is said when it changes, not each time.
 */
__attribute__((sentinel)) void log_event(enum log_level level, const char *message, ...);

#endif
