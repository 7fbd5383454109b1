// SPDX-License-Identifier: Apache-2.0
#include "tls_refusals.h"

static bool was_told(const struct tls_refusals *refusals, const struct peer *peer, uint64_t now_ns)
{
	for (int i = 0; i < TLS_REFUSALS_PEERS; i++)
		if (now_ns < refusals->told[i].until_ns &&
		    peer_equal(&refusals->told[i].peer, peer))
			return true;
	return false;
}

bool tls_refusals_tell(struct tls_refusals *refusals, const struct peer *peer, uint64_t now_ns,
		       uint64_t *ret_silent)
{
	rate_limit_set(&refusals->limit, TLS_REFUSALS_INTERVAL_NS, TLS_REFUSALS_BURST, now_ns);
	if (was_told(refusals, peer, now_ns) || !rate_limit_admits(&refusals->limit, now_ns)) {
		refusals->silent++;
		return false;
	}
	refusals->told[refusals->next].peer = *peer;
	refusals->told[refusals->next].until_ns = now_ns + TLS_REFUSALS_SILENCE_NS;
	refusals->next = (refusals->next + 1) % TLS_REFUSALS_PEERS;
	*ret_silent = refusals->silent;
	refusals->silent = 0;
	return true;
}
