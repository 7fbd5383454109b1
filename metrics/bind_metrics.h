/* SPDX-License-Identifier: Apache-2.0 */
/* A snapshot -> its metric families, in the text format. */
#ifndef BIND_METRICS_H
#define BIND_METRICS_H

#include <stdint.h>

struct snapshot;
struct text;

/* boot_to_wall_ns: what must be added to CLOCK_BOOTTIME to get UNIX time, nanoseconds. */
void bind_metrics_encode(struct text *text, const struct snapshot *snapshot,
			 uint64_t boot_to_wall_ns);

#endif
