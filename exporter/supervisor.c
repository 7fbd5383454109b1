// SPDX-License-Identifier: Apache-2.0
#include "exporter/supervisor.h"

#include <inttypes.h>
#include <stdlib.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "common/clock.h"
#include "common/units.h"

#define STATUS_INTERVAL_NS (10 * SECOND_NS) /* without a watchdog */

uint64_t supervisor_interval_ns(void)
{
	uint64_t watchdog_us;

	/* Half of the watchdog's time, as sd_watchdog_enabled(3) advises. */
	if (sd_watchdog_enabled(0, &watchdog_us) > 0)
		return watchdog_us * 1000 / 2;
	return getenv("NOTIFY_SOCKET") ? STATUS_INTERVAL_NS : 0;
}

static int notify(const char *state, const char *mode, const char *problem)
{
	int result = problem ? sd_notifyf(0, "%sSTATUS=Mode %s: %s", state, mode, problem)
			     : sd_notifyf(0, "%sSTATUS=Counting binds in mode %s", state, mode);

	return result < 0 ? result : 0;
}

int supervisor_ready(const char *mode, const char *problem)
{
	return notify("READY=1\n", mode, problem);
}

void supervisor_beat(bool alive, const char *mode, const char *problem)
{
	notify(alive ? "WATCHDOG=1\n" : "", mode, problem);
}

void supervisor_reloading(void)
{
	/* The time is for Type=notify-reload of systemd 253 or newer. */
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64, clock_ns(CLOCK_MONOTONIC) / 1000);
}

void supervisor_stopping(void)
{
	sd_notify(0, "STOPPING=1\nSTATUS=Stopping");
}
