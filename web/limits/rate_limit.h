/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One token bucket: full at first, a token more every interval, burst tokens at most. Who
 * takes one is admitted. Not thread-safe.
 */
#ifndef RATE_LIMIT_H
#define RATE_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

struct rate_limit {
	uint64_t interval_ns; /* 0: everybody is admitted */
	int64_t burst;        /* 0 and less: nobody is */
	uint64_t credit_ns;   /* a token is worth interval_ns */
	uint64_t last_ns;
};

/* A bucket of the same size stays as full as it is. */
void rate_limit_set(struct rate_limit *limit, uint64_t interval_ns, int64_t burst, uint64_t now_ns);

/* now_ns: of a clock that never goes back. */
bool rate_limit_admits(struct rate_limit *limit, uint64_t now_ns);

#endif
