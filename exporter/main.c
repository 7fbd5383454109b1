// SPDX-License-Identifier: Apache-2.0
/* Wiring, and exit codes. */
#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "common/clock.h"
#include "common/diagnosis.h"
#include "common/log.h"
#include "common/signals.h"
#include "common/units.h"
#include "exporter/attach/explain.h"
#include "exporter/collect/collector.h"
#include "exporter/collect/container_logs.h"
#include "exporter/once.h"
#include "exporter/options.h"
#include "exporter/pins/dir.h"
#include "exporter/privileges.h"
#include "exporter/serving.h"
#include "exporter/source/bind_source.h"
#include "exporter/source/choose.h"
#include "exporter/supervisor.h"
#include "metrics/owners/owners.h"
#include "metrics/pages/exporter_metrics.h"
#include "metrics/rows/snapshot.h"
#include "version.h"
#include "web/access/access.h"

struct exporter {
	struct options options;
	struct pins *pins; /* NULL: nothing is pinned */
	struct utsname host;
	struct exporter_identity identity;
	struct owners *owners; /* NULL: nobody asks whose binds they are */
	struct container_logs *container_logs;
	struct bind_source *source;
	struct collector *collector;
	struct serving *serving;
};

static int log_pin_diagnosis(const char *message, const struct diagnosis *diagnosis)
{
	log_event(LOG_LEVEL_ERROR, message, "reason", diagnosis->reason, "cure", diagnosis->cure,
		  NULL);
	return -ENODEV;
}

static int unpin(const char *path)
{
	struct diagnosis diagnosis;

	if (pins_unpin(path, &diagnosis))
		return log_pin_diagnosis("cannot remove pinned counters", &diagnosis);
	log_event(LOG_LEVEL_INFO, "no pinned counters left", "path", path, NULL);
	return 0;
}

/* Needs no privileges, and nothing of the kernel. */
static int check_web_config(const char *path)
{
	char error[POLICY_ERROR_MAX];

	if (access_file_check(path, error)) {
		fprintf(stderr, "socket_bind_exporter: %s\n", error);
		return -EINVAL;
	}
	printf("%s: the web configuration is valid\n", path);
	return 0;
}

/* Before listening: who waits for another exporter to end waits for its port, too. */
static int open_pins(struct exporter *exporter)
{
	const struct options *options = &exporter->options;
	struct diagnosis diagnosis;
	int error = 0;

	if (options->pin_path)
		error = pins_open(options->pin_path, &exporter->pins, &diagnosis);
	/* Told to end, which is no failure unless somebody waits for a page. */
	if (error && (error != -EINTR || options->once))
		return log_pin_diagnosis("cannot use pinned counters", &diagnosis);
	return error;
}

/* Before the source: what it carries over from pinned counters is named once and for all. */
static int open_owners(struct exporter *exporter)
{
	const struct options *options = &exporter->options;
	int error = -ENOMEM;

	if (!(options->labels & BIND_LABELS_OWNER))
		return 0;
	exporter->owners = owners_new();
	if (exporter->owners)
		error = container_logs_open(options->container_logs, &exporter->container_logs);
	if (!error)
		error = container_logs_update(exporter->container_logs, exporter->owners);
	if (error)
		log_event(LOG_LEVEL_ERROR, "cannot resolve pod names", "reason", strerror(-error),
			  "cure",
			  "raise fs.inotify.max_user_instances, or leave container, pod, namespace "
			  "and unit out of --metrics.labels",
			  NULL);
	return error;
}

static int open_source(struct exporter *exporter)
{
	const struct options *options = &exporter->options;
	const struct bind_source_config config = {
		.btf_path = options->btf_path,
		.comm_of_thread = options->comm_of_thread,
		.results = options->results,
		.last_attempt = options->last_attempt,
		.stats = options->bpf_stats,
		.labels = options->labels,
		.table_bits = snapshot_table_bits(options->max_series),
		.max_rows = options->max_series,
		.pins = exporter->pins,
		.filter = &options->filter,
		.unit_fold = &options->unit_fold,
		.owners = exporter->owners,
	};
	enum bind_mode mode;
	int error = choose_source(options->attach_mode, &config, &exporter->source, &mode);

	if (error)
		return error;
	exporter->identity.mode = bind_mode_name(mode);
	exporter->identity.sees_denials =
		mode == BIND_MODE_LSM && bind_source_sees_results(exporter->source);
	return 0;
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
	else if (left.filtered)
		log_event(LOG_LEVEL_INFO, "privileges dropped", "capabilities", left.capabilities,
			  "seccomp", "on", NULL);
	else
		log_event(LOG_LEVEL_WARN, "privileges dropped", "capabilities", left.capabilities,
			  "seccomp", "off", "reason",
			  "the kernel has no seccomp filters; all system calls remain allowed",
			  "cure", "use a kernel built with CONFIG_SECCOMP_FILTER=y", NULL);
	return error;
}

static int source_view(void *source, struct bind_view *ret_view)
{
	return bind_source_view(source, ret_view);
}

static int source_selfcheck(void *source)
{
	return bind_source_selfcheck(source);
}

static const struct ledger *source_ledger(void *source)
{
	return bind_source_ledger(source);
}

static bool source_is_turned(void *source)
{
	return bind_source_is_flipped(source);
}

static int source_turn(void *source)
{
	return bind_source_flip(source);
}

static int source_settle(void *source, struct bind_view *ret_view, struct ledger **ret_ledger)
{
	return bind_source_drain(source, ret_view, ret_ledger);
}

static void source_commit(void *source)
{
	bind_source_commit(source);
}

static int start_collector(struct exporter *exporter)
{
	const struct options *options = &exporter->options;
	struct exporter_identity *identity = &exporter->identity;
	const struct collector_config config = {
		.source = {exporter->source, source_view, source_selfcheck, source_ledger,
			   source_is_turned, source_turn, source_settle, source_commit},
		.pages = {.identity = identity,
			  .exporter_metrics = options->exporter_metrics,
			  /* Of a process that ends, and which node_exporter has of its own. */
			  .process_metrics = options->exporter_metrics && !options->once,
			  .created = options->created},
		.page_idle_ns = 300 * SECOND_NS,
		.interval_ns = options->collect_interval_ns,
		.selfcheck_interval_ns = options->selfcheck_interval_ns,
		.rows = {.table_bits = snapshot_table_bits(options->max_series),
			 .max_rows = options->max_series,
			 .labels = options->labels,
			 .filter = &options->filter,
			 .unit_fold = &options->unit_fold,
			 .idle_s = options->idle_timeout_ns / SECOND_NS,
			 .owners = exporter->owners},
		.container_logs = exporter->container_logs,
		.last_attempt = options->last_attempt,
	};
	int error;

	identity->version = VERSION;
	identity->revision = VERSION_REVISION;
	identity->branch = VERSION_BRANCH;
	identity->node = exporter->host.nodename;
	identity->kernel = exporter->host.release;
	identity->telemetry_path = options->telemetry_path;
	identity->max_rows = options->max_series;
	identity->map_count = bind_source_maps(exporter->source, identity->maps, EXPORTER_MAPS_MAX);
	error = collector_start(&config, &exporter->collector);
	if (error)
		log_event(LOG_LEVEL_ERROR, "cannot start collection", "reason", strerror(-error),
			  "cure", "free memory, or lower --metrics.max-series", NULL);
	return error;
}

static int print_once(struct exporter *exporter)
{
	int error = once_print(exporter->collector);
	const char *problem = collector_unready(exporter->collector);

	if (error)
		log_event(LOG_LEVEL_ERROR, "cannot print metrics", "reason",
			  problem ? problem : strerror(-error), "cure",
			  "run it again, with standard output to a file or pipe that has room for "
			  "the page",
			  NULL);
	return error;
}

static int start(struct exporter *exporter)
{
	int error = open_owners(exporter);

	if (!error)
		error = open_source(exporter);
	if (error)
		return error;
	log_event(LOG_LEVEL_INFO, "counting binds", "version", VERSION, "mode",
		  exporter->identity.mode, NULL);
	/* Before the first thread: each has privileges of its own, from the one that starts it. */
	error = drop_privileges(&exporter->options);
	if (error)
		return error;
	/* Loading needed the kernel's BTF, megabytes of it, once. */
	malloc_trim(0);
	error = start_collector(exporter);
	if (error)
		return error;
	return exporter->options.once ? print_once(exporter)
				      : serving_start(exporter->serving, exporter->collector);
}

static void tell_ready(struct exporter *exporter)
{
	int error =
		supervisor_ready(exporter->identity.mode, collector_unready(exporter->collector));

	if (error)
		log_event(LOG_LEVEL_WARN, "cannot notify the service manager", "reason",
			  strerror(-error), "cure", "allow the exporter to send to $NOTIFY_SOCKET",
			  NULL);
}

/* Twice in the watchdog's time; a collector that is at work for as long hangs. */
static void beat(struct exporter *exporter, uint64_t interval_ns)
{
	bool alive = collector_late_ns(exporter->collector) < interval_ns;

	supervisor_beat(alive, exporter->identity.mode,
			alive ? collector_unready(exporter->collector) : "collection hangs");
}

static void reload(struct exporter *exporter)
{
	supervisor_reloading();
	serving_reload(exporter->serving);
	tell_ready(exporter);
}

/* Returns the signal that ends it. */
static int wait_for_end(struct exporter *exporter)
{
	uint64_t interval_ns = supervisor_interval_ns();
	int received;

	tell_ready(exporter);
	do {
		received = signals_wait(interval_ns);
		if (received == SIGHUP)
			reload(exporter);
		else if (!received && interval_ns)
			beat(exporter, interval_ns);
	} while (!received || received == SIGHUP);
	return received;
}

static void tell_stopping(const char *why, const char *what)
{
	log_event(LOG_LEVEL_INFO, "stopping", why, what, NULL);
	supervisor_stopping();
}

/* Until it is told to end, or cannot go on: then an error. */
static int serve(struct exporter *exporter)
{
	int received = wait_for_end(exporter);

	if (serving_lost(exporter->serving)) {
		tell_stopping("reason", "an address is no longer served");
		return -ENOTCONN;
	}
	tell_stopping("signal", strsignal(received));
	return 0;
}

/* In reverse order of the way of the data: nobody asks for what is gone. */
static void stop(struct exporter *exporter)
{
	serving_close(exporter->serving);
	collector_stop(exporter->collector);
	bind_source_close(exporter->source);
	container_logs_close(exporter->container_logs);
	owners_free(exporter->owners);
	pins_close(exporter->pins);
}

int main(int argc, char **argv)
{
	struct exporter exporter = {.pins = NULL};
	char error[OPTIONS_ERROR_MAX];
	int failed, told;

	if (options_parse(argc, argv, &exporter.options, error)) {
		fprintf(stderr, "socket_bind_exporter: %s\n", error);
		return EXIT_FAILURE;
	}
	signals_hold();
	log_setup(exporter.options.log_level, exporter.options.log_format);
	if (exporter.options.check_web_config)
		return check_web_config(exporter.options.web_config) ? EXIT_FAILURE : EXIT_SUCCESS;
	if (exporter.options.unpin)
		return unpin(exporter.options.pin_path) ? EXIT_FAILURE : EXIT_SUCCESS;
	failed = open_pins(&exporter);
	/* Before anything is attached: a port in use is the commonest mistake. */
	if (!failed && !exporter.options.once)
		failed = serving_open(&exporter.options, &exporter.serving);
	uname(&exporter.host);
	/* To end, before there is anything to serve. Nobody can look any more once privileges are
	 * gone. */
	told = failed && failed != -EINTR ? 0 : signals_end();
	if (told) {
		tell_stopping("signal", strsignal(told));
		failed = exporter.options.once ? -EINTR : 0;
	} else if (!failed) {
		failed = start(&exporter);
	}
	if (!told && !failed && !exporter.options.once)
		failed = serve(&exporter);
	stop(&exporter);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
