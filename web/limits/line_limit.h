/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decides which client failures get a line in the log: one line per peer and minute, and few lines
 * for all peers together, so that a scanner cannot flood the log. A line_limit starts as all
 * zeroes. Not thread-safe.
 */
#ifndef LINE_LIMIT_H
#define LINE_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/units.h"
#include "web/limits/peer.h"
#include "web/limits/rate_limit.h"

#define LINE_LIMIT_SILENCE_NS  (60 * SECOND_NS) /* silence of a peer after its line */
#define LINE_LIMIT_INTERVAL_NS (6 * SECOND_NS)  /* time until one more line is allowed */
#define LINE_LIMIT_BURST       10

/*
 * A peer's silence ends before its entry is overwritten: this is the largest number of lines within
 * LINE_LIMIT_SILENCE_NS.
 */
#define LINE_LIMIT_PEERS (LINE_LIMIT_BURST + (int)(LINE_LIMIT_SILENCE_NS / LINE_LIMIT_INTERVAL_NS))

struct line_limit {
	struct rate_limit limit;
	struct {
		struct peer peer;
		uint64_t until_ns; /* the peer gets no other line before */
	} logged[LINE_LIMIT_PEERS];
	uint32_t next;
	uint64_t silent; /* failures without a line since the last line */
};

/*
 * now_ns: from a clock that never goes back. Returns true if the failure gets a line; *ret_silent
 * is then the number of failures without a line before it.
 */
bool line_limit_admits(struct line_limit *lines, const struct peer *peer, uint64_t now_ns,
		       uint64_t *ret_silent);

#endif
