/* SPDX-License-Identifier: Apache-2.0 */
/* Times of the kernel's clocks as nanoseconds. */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>
#include <time.h>

#include "common/units.h"

/* Returns the nanoseconds since the epoch of that clock, see clock_gettime(2). */
static inline uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * SECOND_NS + now.tv_nsec;
}

static inline struct timespec clock_timespec(uint64_t ns)
{
	return (struct timespec){.tv_sec = (time_t)(ns / SECOND_NS),
				 .tv_nsec = (long)(ns % SECOND_NS)};
}

/* Returns the moment at which CLOCK_BOOTTIME was 0: UNIX time, nanoseconds. */
static inline uint64_t boot_wall_ns(void)
{
	return clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_BOOTTIME);
}

#endif
