/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP side as the options want it: what listens, and what is served there. Logs its errors. */
#ifndef SERVING_H
#define SERVING_H

#include <stdbool.h>

#include "exporter/options.h"

struct collector;
struct serving;

/* Listens and serves nothing yet. 0, or -errno which the log tells. options outlive it. */
int serving_open(const struct options *options, struct serving **ret_serving);

/*
 * From here on, what collector has published. Once, and before collector ends, serving_close().
 * The calling thread, which blocks SIGINT, gets it when serving_lost().
 */
int serving_start(struct serving *serving, struct collector *collector);

/* Looks at the web configuration file at once. */
void serving_reload(struct serving *serving);

/* Something listens no more, nor can it again: the log tells. */
bool serving_lost(struct serving *serving);

void serving_close(struct serving *serving); /* NULL is allowed */

#endif
