// SPDX-License-Identifier: Apache-2.0
#include "exporter/service.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "common/log.h"
#include "common/signals.h"
#include "exporter/collect/collector.h"
#include "exporter/counting.h"
#include "exporter/serving.h"
#include "exporter/supervisor.h"

static void report_ready(const struct counting *counting)
{
	int error =
		supervisor_ready(counting->identity.mode, collector_unready(counting->collector));

	if (error)
		log_event(LOG_LEVEL_WARN, "cannot notify the service manager", "reason",
			  strerror(-error), "cure", "allow the exporter to send to $NOTIFY_SOCKET",
			  NULL);
}

/* interval_ns: half of the watchdog's time. A collector that has been at work for longer hangs. */
static void beat(const struct counting *counting, uint64_t interval_ns)
{
	bool alive = collector_late_ns(counting->collector) < interval_ns;

	supervisor_beat(alive, counting->identity.mode,
			alive ? collector_unready(counting->collector) : "collection hangs");
}

/* Returns the signal that ends the program. */
static int wait_for_end(const struct counting *counting, struct serving *serving)
{
	uint64_t interval_ns = supervisor_interval_ns();
	int received;

	report_ready(counting);
	do {
		received = signals_wait(interval_ns);
		if (received == SIGHUP) {
			supervisor_reloading();
			serving_reload(serving);
			report_ready(counting);
		} else if (!received && interval_ns) {
			beat(counting, interval_ns);
		}
	} while (!received || received == SIGHUP);
	return received;
}

static int serve(struct counting *counting, struct serving *serving)
{
	int error = counting_start(counting);
	int received;

	if (!error)
		error = serving_start(serving, counting->collector);
	if (error)
		return error;
	received = wait_for_end(counting, serving);
	if (serving_lost(serving)) {
		counting_report_end("reason", "an address is no longer served");
		return -ENOTCONN;
	}
	counting_report_end("signal", strsignal(received));
	return 0;
}

int service_run(const struct options *options)
{
	struct counting counting = {.options = options};
	struct serving *serving = NULL;
	int error = counting_open(&counting);

	/*
	 * Listening comes after the pins, because an exporter that waits for another one to end
	 * waits for its port too; and before anything is attached, because a port in use is the
	 * most frequent mistake.
	 */
	if (!error)
		error = serving_open(options, &serving);
	if (counting_is_cancelled(error))
		error = 0;
	else if (!error)
		error = serve(&counting, serving);
	serving_close(serving);
	counting_stop(&counting);
	return error;
}
