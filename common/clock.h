/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>
#include <time.h>

#include "units.h"

/* Since the epoch of that clock, see clock_gettime(2), in nanoseconds. */
static inline uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * SECOND_NS + now.tv_nsec;
}

/* When CLOCK_BOOTTIME was 0: UNIX time, nanoseconds. */
static inline uint64_t boot_wall_ns(void)
{
	return clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_BOOTTIME);
}

#endif
