/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A token bucket: it starts full, gains a token every interval, and holds at most burst tokens. A
 * caller that takes a token is admitted. Not thread-safe.
 */
#ifndef RATE_LIMIT_H
#define RATE_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

struct rate_limit {
	uint64_t interval_ns; /* 0: all are admitted */
	int64_t burst;        /* 0 or less: none is admitted */
	uint64_t credit_ns;   /* a token is worth interval_ns */
	uint64_t last_ns;
};

/* Sets the size. A bucket whose size does not change keeps its credit. */
void rate_limit_set(struct rate_limit *limit, uint64_t interval_ns, int64_t burst, uint64_t now_ns);

/* now_ns: from a clock that never goes back. */
bool rate_limit_admits(struct rate_limit *limit, uint64_t now_ns);

#endif
