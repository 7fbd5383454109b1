/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which failures of clients get a line in the log: one of each peer in a minute, and few of all
 * peers together, so that no scanner floods it. All zeroes at first. Not thread-safe.
 */
#ifndef LINE_LIMIT_H
#define LINE_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/units.h"
#include "web/limits/peer.h"
#include "web/limits/rate_limit.h"

#define LINE_LIMIT_SILENCE_NS  (60 * SECOND_NS) /* of a peer, after its line */
#define LINE_LIMIT_INTERVAL_NS (6 * SECOND_NS)  /* for a line more */
#define LINE_LIMIT_BURST       10

/* As many as can get a line before the first of them may have another. */
#define LINE_LIMIT_PEERS (LINE_LIMIT_BURST + (int)(LINE_LIMIT_SILENCE_NS / LINE_LIMIT_INTERVAL_NS))

struct line_limit {
	struct rate_limit limit;
	struct {
		struct peer peer;
		uint64_t until_ns; /* it gets no other line */
	} told[LINE_LIMIT_PEERS];  /* a ring */
	uint32_t next;
	uint64_t silent; /* without a line since the last line */
};

/* now_ns: of a clock that never goes back. True: ret_silent is how many before it had no line. */
bool line_limit_tell(struct line_limit *lines, const struct peer *peer, uint64_t now_ns,
		     uint64_t *ret_silent);

#endif
