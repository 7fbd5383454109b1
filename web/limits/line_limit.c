// SPDX-License-Identifier: Apache-2.0
#include "web/limits/line_limit.h"

static bool was_logged(const struct line_limit *lines, const struct peer *peer, uint64_t now_ns)
{
	for (int i = 0; i < LINE_LIMIT_PEERS; i++)
		if (now_ns < lines->logged[i].until_ns && peer_equal(&lines->logged[i].peer, peer))
			return true;
	return false;
}

bool line_limit_admits(struct line_limit *lines, const struct peer *peer, uint64_t now_ns,
		       uint64_t *ret_silent)
{
	rate_limit_set(&lines->limit, LINE_LIMIT_INTERVAL_NS, LINE_LIMIT_BURST, now_ns);
	if (was_logged(lines, peer, now_ns) || !rate_limit_admits(&lines->limit, now_ns)) {
		lines->silent++;
		return false;
	}
	lines->logged[lines->next].peer = *peer;
	lines->logged[lines->next].until_ns = now_ns + LINE_LIMIT_SILENCE_NS;
	lines->next = (lines->next + 1) % LINE_LIMIT_PEERS;
	*ret_silent = lines->silent;
	lines->silent = 0;
	return true;
}
