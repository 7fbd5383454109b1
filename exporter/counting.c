// SPDX-License-Identifier: Apache-2.0
#include "exporter/counting.h"

#include <errno.h>
#include <malloc.h>
#include <string.h>

#include "common/diagnosis.h"
#include "common/log.h"
#include "common/signals.h"
#include "common/units.h"
#include "exporter/collect/collector.h"
#include "exporter/collect/container_logs.h"
#include "exporter/pins/dir.h"
#include "exporter/privileges.h"
#include "exporter/settings.h"
#include "exporter/source/bind_source.h"
#include "exporter/source/choose.h"
#include "exporter/supervisor.h"
#include "metrics/owners/owners.h"
#include "metrics/rows/snapshot.h"
#include "version.h"

#define PAGE_IDLE_NS (300 * SECOND_NS)

int counting_open(struct counting *counting)
{
	const struct options *options = counting->options;
	struct diagnosis diagnosis;
	int error = 0;

	if (options->pin_path)
		error = pins_open(options->pin_path, &counting->pins, &diagnosis);
	/* A signal to end is a failure only with --once, because no page is printed. */
	if (!error || (error == -EINTR && !options->once))
		return error;
	log_event(LOG_LEVEL_ERROR, "cannot use pinned counters", "reason", diagnosis.reason, "cure",
		  diagnosis.cure, NULL);
	return -ENODEV;
}

bool counting_is_cancelled(int error)
{
	int received = error && error != -EINTR ? 0 : signals_end();

	if (received)
		counting_report_end("signal", strsignal(received));
	return received;
}

/* Comes before the source, which names the owners of carried-over counts when it is opened. */
static int open_owners(struct counting *counting)
{
	const struct options *options = counting->options;
	int error = -ENOMEM;

	if (!(options->labels & BIND_LABELS_OWNER))
		return 0;
	counting->owners = owners_new();
	if (counting->owners)
		error = container_logs_open(options->container_logs, &counting->container_logs);
	if (!error)
		error = container_logs_update(counting->container_logs, counting->owners);
	if (error)
		log_event(LOG_LEVEL_ERROR, "cannot resolve pod names", "reason", strerror(-error),
			  "cure",
			  "raise fs.inotify.max_user_instances, or leave container, pod, namespace "
			  "and unit out of --metrics.labels",
			  NULL);
	return error;
}

static int open_source(struct counting *counting)
{
	const struct options *options = counting->options;
	const struct bind_source_config config = {
		.btf_path = options->btf_path,
		.comm_of_thread = options->comm_of_thread,
		.results = options->results,
		.last_attempt = options->last_attempt,
		.stats = options->bpf_stats,
		.labels = options->labels,
		.table_bits = snapshot_table_bits(options->max_series),
		.max_rows = options->max_series,
		.pins = counting->pins,
		.filter = &options->filter,
		.unit_fold = &options->unit_fold,
		.owners = counting->owners,
	};
	enum bind_mode mode;
	int error = choose_source(options->attach_mode, &config, &counting->source, &mode);

	if (error)
		return error;
	counting->identity.mode = bind_mode_name(mode);
	counting->identity.sees_denials =
		mode == BIND_MODE_LSM && bind_source_sees_results(counting->source);
	return 0;
}

static void log_privileges(const struct privileges *left)
{
	if (left->filtered)
		log_event(LOG_LEVEL_INFO, "privileges dropped", "capabilities", left->capabilities,
			  "seccomp", "on", NULL);
	else
		log_event(LOG_LEVEL_WARN, "privileges dropped", "capabilities", left->capabilities,
			  "seccomp", "off", "reason",
			  "the kernel has no seccomp filters; all system calls remain allowed",
			  "cure", "use a kernel built with CONFIG_SECCOMP_FILTER=y", NULL);
}

static int drop_privileges(const struct options *options)
{
	struct privileges left;
	struct diagnosis diagnosis;
	int error;

	if (options->keep_privileges) {
		log_event(LOG_LEVEL_WARN, "privileges kept", "reason", "--privileges.keep", "cure",
			  "use --privileges.keep only for debugging", NULL);
		return 0;
	}
	error = privileges_drop(&left, &diagnosis);
	if (error)
		log_event(LOG_LEVEL_ERROR, "cannot drop privileges", "reason", diagnosis.reason,
			  "cure", diagnosis.cure, NULL);
	else
		log_privileges(&left);
	return error;
}

static void identify(struct counting *counting)
{
	const struct options *options = counting->options;
	struct exporter_identity *identity = &counting->identity;

	uname(&counting->host);
	identity->version = VERSION;
	identity->revision = VERSION_REVISION;
	identity->branch = VERSION_BRANCH;
	identity->node = counting->host.nodename;
	identity->kernel = counting->host.release;
	identity->telemetry_path = options->telemetry_path;
	identity->max_rows = options->max_series;
	identity->map_count = bind_source_maps(counting->source, identity->maps, EXPORTER_MAPS_MAX);
}

static int start_collector(struct counting *counting)
{
	const struct options *options = counting->options;
	const struct collector_config config = {
		.source = bind_source_reader(counting->source),
		.pages = {.identity = &counting->identity,
			  .exporter_metrics = options->exporter_metrics,
			  /* With --once, the process ends; node_exporter has its own of them. */
			  .process_metrics = options->exporter_metrics && !options->once,
			  .created = options->created},
		.page_idle_ns = PAGE_IDLE_NS,
		.interval_ns = options->collect_interval_ns,
		.selfcheck_interval_ns = options->selfcheck_interval_ns,
		.rows = {.table_bits = snapshot_table_bits(options->max_series),
			 .max_rows = options->max_series,
			 .labels = options->labels,
			 .filter = &options->filter,
			 .unit_fold = &options->unit_fold,
			 .idle_s = options->idle_timeout_ns / SECOND_NS,
			 .owners = counting->owners},
		.container_logs = counting->container_logs,
		.last_attempt = options->last_attempt,
	};
	int error = collector_start(&config, &counting->collector);

	if (error)
		log_event(LOG_LEVEL_ERROR, "cannot start collection", "reason", strerror(-error),
			  "cure", "free memory, or lower --metrics.max-series", NULL);
	return error;
}

int counting_start(struct counting *counting)
{
	int error = open_owners(counting);

	if (!error)
		error = open_source(counting);
	if (error)
		return error;
	log_event(LOG_LEVEL_INFO, "counting binds", "version", VERSION, "mode",
		  counting->identity.mode, NULL);
	/* Comes before the first thread: a thread has the privileges of the one that starts it. */
	error = drop_privileges(counting->options);
	if (error)
		return error;
	/* Loading the programs needed megabytes for the kernel's BTF, once. */
	malloc_trim(0);
	identify(counting);
	return start_collector(counting);
}

void counting_report_end(const char *key, const char *value)
{
	log_event(LOG_LEVEL_INFO, "stopping", key, value, NULL);
	supervisor_stopping();
}

/* The order is the reverse of the way of the data, so that nothing uses what is gone. */
void counting_stop(struct counting *counting)
{
	collector_stop(counting->collector);
	bind_source_close(counting->source);
	container_logs_close(counting->container_logs);
	owners_free(counting->owners);
	pins_close(counting->pins);
}
