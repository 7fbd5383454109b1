/* SPDX-License-Identifier: Apache-2.0 */
/* A snapshot -> its metric families, as part of a page of either format. */
#ifndef BIND_METRICS_H
#define BIND_METRICS_H

#include <stdbool.h>
#include <stdint.h>

struct snapshot;
struct exposition;

struct bind_metrics_config {
	uint64_t boot_to_wall_ns; /* what CLOCK_BOOTTIME lacks to UNIX time, nanoseconds */
	bool last_attempt;        /* show it, too */
};

void bind_metrics_encode(const struct exposition *out, const struct snapshot *snapshot,
			 const struct bind_metrics_config *config);

#endif
