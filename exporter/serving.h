/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP side, wired from the options: listeners, and the pages served there. Logs its errors. */
#ifndef SERVING_H
#define SERVING_H

#include <stdbool.h>

#include "exporter/options.h"

struct collector;
struct serving;

/* Opens the listeners; serves nothing yet. 0 or -errno. options must outlive ret_serving. */
int serving_open(const struct options *options, struct serving **ret_serving);

/*
 * Serves the pages of collector from now on. To be called once; serving_close() must come before
 * collector_stop(). The calling thread, which must block SIGINT, gets SIGINT when serving_lost()
 * becomes true. 0 or -errno.
 */
int serving_start(struct serving *serving, struct collector *collector);

/* Checks at once whether the web configuration file has changed. */
void serving_reload(struct serving *serving);

/* Returns whether a listener is dead for good. The log has the reason. */
bool serving_lost(struct serving *serving);

/* Closes the ports and all connections. NULL is allowed. */
void serving_close(struct serving *serving);

#endif
