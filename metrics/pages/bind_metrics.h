/* SPDX-License-Identifier: Apache-2.0 */
/* The metric families of a collection's rows, as part of a page of either format. */
#ifndef BIND_METRICS_H
#define BIND_METRICS_H

#include <stdbool.h>
#include <stdint.h>

struct collection;
struct exposition;

struct bind_metrics_config {
	uint64_t boot_to_wall_ns; /* to add to CLOCK_BOOTTIME for UNIX time, nanoseconds */
	bool last_attempt;        /* also show the time of the last attempt */
};

void bind_metrics_encode(const struct exposition *out, const struct collection *collection,
			 const struct bind_metrics_config *config);

#endif
