/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which failed handshakes get a line in the log: one of each peer in a minute, and few of all
 * peers together, so that no scanner floods it. All zeroes at first. Not thread-safe.
 */
#ifndef TLS_REFUSALS_H
#define TLS_REFUSALS_H

#include <stdbool.h>
#include <stdint.h>

#include "peer.h"
#include "rate_limit.h"
#include "units.h"

#define TLS_REFUSALS_SILENCE_NS  (60 * SECOND_NS) /* of a peer, after its line */
#define TLS_REFUSALS_INTERVAL_NS (6 * SECOND_NS)  /* for a line more */
#define TLS_REFUSALS_BURST       10

/* As many as can get a line before the first of them may have another. */
#define TLS_REFUSALS_PEERS \
	(TLS_REFUSALS_BURST + (int)(TLS_REFUSALS_SILENCE_NS / TLS_REFUSALS_INTERVAL_NS))

struct tls_refusals {
	struct rate_limit limit;
	struct {
		struct peer peer;
		uint64_t until_ns;  /* it gets no other line */
	} told[TLS_REFUSALS_PEERS]; /* a ring */
	uint32_t next;
	uint64_t silent; /* without a line since the last line */
};

/* now_ns: of a clock that never goes back. True: ret_silent is how many before it had no line. */
bool tls_refusals_tell(struct tls_refusals *refusals, const struct peer *peer, uint64_t now_ns,
		       uint64_t *ret_silent);

#endif
