/* SPDX-License-Identifier: Apache-2.0 */
/* What an exporter said, in its log or as its output. Each function fails the test otherwise. */
#ifndef LIVE_LOG_CHECKS_H
#define LIVE_LOG_CHECKS_H

#include "tests/live/exporter_process.h"

/* The number of lines with these words in its log up to now. */
unsigned int lines_logged(const struct exporter *exporter, const char *words);

/* Exactly one line. */
void assert_logged(const struct exporter *exporter, const char *words);

/*
 * The exporter ends by itself with status 1, and exactly one line of level ERROR, which contains
 * both. cure: part of it; "" for any.
 */
void assert_ends(struct exporter *exporter, const char *cause, const char *cure);

/* The same for one that is started. */
void assert_refused(struct exporter_setup *setup, const char *cause, const char *cure);

/*
 * The log of an exporter that is started and ends by itself, with this status. The caller frees it.
 */
char *log_of_run(struct exporter_setup *setup, int status);

/* The same with status 0, and no flags but these (ending with NULL). */
char *output_of(const char *const *flags);

#endif
