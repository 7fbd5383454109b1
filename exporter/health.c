// SPDX-License-Identifier: Apache-2.0
#include "health.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "exporter_metrics.h"
#include "log.h"

void health_log_collection(bool before, bool now, int error)
{
	if (before && !now)
		log_event(LOG_LEVEL_ERROR, "collection failed, serving the last counts", "reason",
			  strerror(-error), "cure",
			  "free memory or raise its limit, or restart the exporter", NULL);
	else if (!before && now)
		log_event(LOG_LEVEL_INFO, "collection works again", NULL);
}

void health_log_selfcheck(int before, int now)
{
	if (before && !now)
		log_event(LOG_LEVEL_INFO, "the hook sees the exporter's own bind again", NULL);
	else if (now == -ENOMSG && !before)
		log_event(
			LOG_LEVEL_ERROR, "failures are not counted", "reason",
			"the result of the exporter's own bind is not seen any more: the hook was "
			"detached, or tracing was switched off",
			"cure", "switch tracing on again, or restart the exporter", NULL);
	else if (now == -ENODATA && !before)
		log_event(LOG_LEVEL_ERROR, "counting is blind", "reason",
			  "the hook no longer sees the exporter's own bind: it was detached, or "
			  "tracing was switched off",
			  "cure", "switch tracing on again, or restart the exporter", NULL);
	else if (now && !before)
		log_event(LOG_LEVEL_ERROR, "cannot check whether the hook counts", "reason",
			  strerror(-now), "cure", "let the exporter make and bind UNIX sockets",
			  NULL);
}

const char *health_problem(const struct exporter_status *status)
{
	switch (status->selfcheck_error) {
	case 0:
		return status->collected ? NULL : "the last collection failed";
	case -ENODATA:
		return "the hook does not see the exporter's own bind";
	case -ENOMSG:
		return "the result of the exporter's own bind is not seen";
	default:
		return "the exporter cannot make the bind that checks the hook";
	}
}
