// SPDX-License-Identifier: Apache-2.0
#include "exporter/collect/health.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "common/log.h"
#include "metrics/pages/exporter_metrics.h"

void health_log_collection(bool before, bool now, int error)
{
	if (before && !now)
		log_event(LOG_LEVEL_ERROR, "collection failed, serving the last counts", "reason",
			  strerror(-error), "cure",
			  "free memory, raise the memory limit, or restart the exporter", NULL);
	else if (!before && now)
		log_event(LOG_LEVEL_INFO, "collection works again", NULL);
}

void health_log_selfcheck(int before, int now)
{
	if (before && !now)
		log_event(LOG_LEVEL_INFO, "self-check works again", NULL);
	else if (now == -ENOMSG && !before)
		log_event(LOG_LEVEL_ERROR, "failures are not counted", "reason",
			  "the self-check no longer sees the result of the exporter's own bind: a "
			  "hook was detached, or tracing was switched off",
			  "cure", "switch tracing on again, or restart the exporter", NULL);
	else if (now == -ENODATA && !before)
		log_event(LOG_LEVEL_ERROR, "binds are not counted", "reason",
			  "the hook no longer sees the exporter's own bind: the hook was detached, "
			  "or tracing was switched off",
			  "cure", "switch tracing on again, or restart the exporter", NULL);
	else if (now && !before)
		log_event(LOG_LEVEL_ERROR, "cannot run the self-check", "reason", strerror(-now),
			  "cure", "allow the exporter to create and bind UNIX sockets", NULL);
}

const char *health_problem(const struct exporter_status *status)
{
	switch (status->selfcheck_error) {
	case 0:
		return status->collected ? NULL : "the last collection failed";
	case -ENODATA:
		return "the hook does not see the exporter's own bind";
	case -ENOMSG:
		return "the self-check does not see the result of the exporter's own bind";
	default:
		return "the exporter cannot run the self-check";
	}
}
