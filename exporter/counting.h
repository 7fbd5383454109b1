/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The counting side, wired from the options: pinned counters, names of owners, the source, dropped
 * privileges, and the collector. Logs its errors. For one thread.
 */
#ifndef COUNTING_H
#define COUNTING_H

#include <stdbool.h>
#include <sys/utsname.h>

#include "metrics/pages/exporter_metrics.h"

struct bind_source;
struct collector;
struct container_logs;
struct options;
struct owners;
struct pins;

/* The caller sets options, which outlive it; the other fields are NULL at first. */
struct counting {
	const struct options *options;
	struct collector *collector; /* counting_start() sets it */
	struct exporter_identity identity;

	/* Private to counting.c. */
	struct utsname host;
	struct pins *pins; /* NULL: nothing is pinned */
	struct owners *owners;
	struct container_logs *container_logs;
	struct bind_source *source;
};

/*
 * Opens the directory of pinned counters, if the options name one, and waits until another exporter
 * no longer uses it. 0; -EINTR: a signal came to end the program; or another -errno.
 */
int counting_open(struct counting *counting);

/*
 * Returns whether a signal came to end the program before it began to count, and reports that.
 * error: the result of the steps so far. If they failed for another reason than -EINTR, there is
 * nothing to cancel. Must come before counting_start(), which drops the privilege to look.
 */
bool counting_is_cancelled(int error);

/* Attaches, drops privileges, and collects from now on, in a thread of its own. 0 or -errno. */
int counting_start(struct counting *counting);

/* Logs that the program is stopping, with one pair, and notifies the service manager. */
void counting_report_end(const char *key, const char *value);

/* Ends and frees everything, whatever was started. */
void counting_stop(struct counting *counting);

#endif
