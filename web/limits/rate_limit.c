// SPDX-License-Identifier: Apache-2.0
#include "web/limits/rate_limit.h"

/* The credit of a full bucket. */
static uint64_t capacity_ns(const struct rate_limit *limit)
{
	uint64_t capacity;

	if (limit->burst <= 0)
		return 0;
	if (__builtin_mul_overflow((uint64_t)limit->burst, limit->interval_ns, &capacity))
		return UINT64_MAX;
	return capacity;
}

void rate_limit_set(struct rate_limit *limit, uint64_t interval_ns, int64_t burst, uint64_t now_ns)
{
	if (limit->interval_ns == interval_ns && limit->burst == burst)
		return;
	limit->interval_ns = interval_ns;
	limit->burst = burst;
	limit->credit_ns = capacity_ns(limit);
	limit->last_ns = now_ns;
}

bool rate_limit_admits(struct rate_limit *limit, uint64_t now_ns)
{
	uint64_t capacity = capacity_ns(limit), elapsed = now_ns - limit->last_ns;

	if (!limit->interval_ns)
		return true;
	limit->last_ns = now_ns;
	limit->credit_ns =
		elapsed < capacity - limit->credit_ns ? limit->credit_ns + elapsed : capacity;
	if (limit->credit_ns < limit->interval_ns)
		return false;
	limit->credit_ns -= limit->interval_ns;
	return true;
}
