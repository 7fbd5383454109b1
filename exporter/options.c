// SPDX-License-Identifier: Apache-2.0
#include "options.h"

#include <argp.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>

#include "bind_abi.h"
#include "option_values.h"
#include "units.h"
#include "version.h"

#define KEY_HELP    'h'
#define KEY_VERSION 'V'

static const struct argp_option option_table[] = {
	{"bpf.attach", KEY_ATTACH, "MODE", 0,
	 "Kernel hook that counts: auto, lsm, kprobe, fentry or tracepoint. auto takes the first "
	 "of these that loads, attaches and counts here (auto)",
	 0},
	{"bpf.btf", KEY_BTF, "FILE", 0,
	 "BTF of this kernel, for a kernel built without CONFIG_DEBUG_INFO_BTF "
	 "(/sys/kernel/btf/vmlinux)",
	 0},
	{"bpf.results", KEY_RESULTS, "WHICH", 0,
	 "Whether the results of binds are seen: auto (where the kernel allows) or none (auto)", 0},
	{"bpf.pin-path", KEY_PIN_PATH, "DIR", 0,
	 "Directory on a BPF file system where programs and counters are pinned, so that binds are "
	 "counted while the exporter is away (none)",
	 0},
	{"unpin", KEY_UNPIN, NULL, 0,
	 "Remove all that the exporter has pinned under --bpf.pin-path, and exit", 0},
	{"bpf.stats", KEY_STATS, NULL, 0,
	 "Have the kernel measure the run time of BPF programs, of all that run on this machine; "
	 "--no-bpf.stats takes that back",
	 0},
	{"no-bpf.stats", KEY_NO_STATS, NULL, OPTION_HIDDEN, NULL, 0},
	{"comm.source", KEY_COMM_SOURCE, "WHOSE", 0,
	 "Whose name the label comm holds: process (the thread-group leader's) or thread (the "
	 "calling thread's) (process)",
	 0},
	{"comm.include", KEY_COMM_INCLUDE, "GLOB", 0,
	 "Have rows for processes of matching names only. Repeatable, one glob each, as a name may "
	 "hold a comma (all)",
	 0},
	{"comm.exclude", KEY_COMM_EXCLUDE, "GLOB", 0,
	 "Have no rows for processes of matching names, included or not. Repeatable (none)", 0},
	{"family.include", KEY_FAMILY_INCLUDE, "GLOB", 0,
	 "Have rows for matching address families only. Repeatable, one glob each (all)", 0},
	{"family.exclude", KEY_FAMILY_EXCLUDE, "GLOB", 0,
	 "Have no rows for matching address families, included or not. Repeatable (none)", 0},
	{"unit.include", KEY_UNIT_INCLUDE, "GLOB", 0,
	 "Have rows for matching systemd units only, with the label unit. Repeatable, one glob each "
	 "(all)",
	 0},
	{"unit.exclude", KEY_UNIT_EXCLUDE, "GLOB", 0,
	 "Have no rows for matching systemd units, included or not. Repeatable (none)", 0},
	{"namespace.include", KEY_NAMESPACE_INCLUDE, "GLOB", 0,
	 "Have rows for pods of matching namespaces only, with the label namespace. Repeatable, one "
	 "glob each (all)",
	 0},
	{"namespace.exclude", KEY_NAMESPACE_EXCLUDE, "GLOB", 0,
	 "Have no rows for pods of matching namespaces, included or not. Repeatable (none)", 0},
	{"collect.interval", KEY_COLLECT_INTERVAL, "DURATION", 0,
	 "How often the kernel's counters are read, as 200ms or 1m; 0: at every scrape (1s)", 0},
	{"selfcheck.interval", KEY_SELFCHECK_INTERVAL, "DURATION", 0,
	 "How often the exporter makes a bind of its own to see that the hook still counts (1m)",
	 0},
	{"series.idle-timeout", KEY_IDLE_TIMEOUT, "DURATION", 0,
	 "After how long without a bind a row is retired; 0: never (24h)", 0},
	{"metrics.labels", KEY_LABELS, "LIST", 0,
	 "Labels of a row: category, family and comm always, and any of protocol, scope, uid, port, "
	 "netns, namespace, pod, container and unit; each multiplies the rows (category,family,comm)",
	 0},
	{"metrics.unit-fold", KEY_UNIT_FOLD, "GLOB", 0,
	 "Show units of matching names as the one unit GLOB, as session-*.scope. Repeatable, of several "
	 "globs that match the first counts (none)",
	 0},
	{"metrics.container-logs", KEY_CONTAINER_LOGS, "DIR", 0,
	 "Directory of the kubelet's links to logs, which tell names for the labels namespace, pod and "
	 "container (/var/log/containers)",
	 0},
	{"metrics.last-attempt", KEY_LAST_ATTEMPT, NULL, 0,
	 "Also tell when each row was last seen; --no-metrics.last-attempt takes that back", 0},
	{"no-metrics.last-attempt", KEY_NO_LAST_ATTEMPT, NULL, OPTION_HIDDEN, NULL, 0},
	{"metrics.max-series", KEY_MAX_SERIES, "N", 0,
	 "Rows that socket_bind_attempts_total may have; what does not fit is counted with "
	 "comm=\"(other)\" (2000)",
	 0},
	{"web.listen-address", KEY_LISTEN_ADDRESS, "ADDRESS", 0,
	 "Where to listen: :PORT (IPv4 and IPv6), HOST:PORT, [IPV6]:PORT or unix:/PATH; "
	 "0.0.0.0:PORT is IPv4 only. Repeatable, 64 at most (:10068)",
	 0},
	{"web.systemd-socket", KEY_SYSTEMD_SOCKET, NULL, 0,
	 "Listen on the sockets of a systemd .socket unit, in place of --web.listen-address; "
	 "--no-web.systemd-socket takes that back",
	 0},
	{"no-web.systemd-socket", KEY_NO_SYSTEMD_SOCKET, NULL, OPTION_HIDDEN, NULL, 0},
	{"web.config.file", KEY_WEB_CONFIG, "FILE", 0,
	 "Web configuration file of Prometheus' exporters: TLS, client certificates, users, "
	 "headers, a rate limit. Followed as it changes (none)",
	 0},
	{"web.config.check", KEY_CHECK_WEB_CONFIG, NULL, 0,
	 "Tell whether the file of --web.config.file and all that it names can be used, and exit",
	 0},
	{"web.telemetry-path", KEY_TELEMETRY_PATH, "PATH", 0,
	 "Path under which metrics are served (/metrics)", 0},
	{"web.disable-exporter-metrics", KEY_DISABLE_EXPORTER_METRICS, NULL, 0,
	 "Leave out the metrics about the exporter itself (socket_bind_exporter_*, process_*); "
	 "--no-web.disable-exporter-metrics takes that back",
	 0},
	{"no-web.disable-exporter-metrics", KEY_NO_DISABLE_EXPORTER_METRICS, NULL, OPTION_HIDDEN,
	 NULL, 0},
	{"web.openmetrics-created", KEY_OPENMETRICS_CREATED, NULL, 0,
	 "Also tell, in OpenMetrics, when rows began (socket_bind_attempts_created); "
	 "--no-web.openmetrics-created takes that back",
	 0},
	{"no-web.openmetrics-created", KEY_NO_OPENMETRICS_CREATED, NULL, OPTION_HIDDEN, NULL, 0},
	{"once", KEY_ONCE, NULL, 0,
	 "Print the metrics to standard output, once, and exit; with --bpf.pin-path, what was "
	 "counted until now",
	 0},
	{"web.max-requests", KEY_MAX_REQUESTS, "N", 0,
	 "Scrapes served at the same time, 503 above; 0: no limit (40)", 0},
	{"privileges.keep", KEY_KEEP_PRIVILEGES, NULL, 0,
	 "Keep capabilities and system calls that are not needed any more once binds are counted, "
	 "for debugging; --no-privileges.keep takes that back",
	 0},
	{"no-privileges.keep", KEY_NO_KEEP_PRIVILEGES, NULL, OPTION_HIDDEN, NULL, 0},
	{"log.level", KEY_LOG_LEVEL, "LEVEL", 0, "debug, info, warn or error (info)", 0},
	{"log.format", KEY_LOG_FORMAT, "FORMAT", 0, "logfmt or json (logfmt)", 0},
	{"help", KEY_HELP, NULL, 0, "Print this text", -1},
	{"version", KEY_VERSION, NULL, 0, "Print the version", -1},
	{NULL, 0, NULL, 0, NULL, 0},
};

struct parse {
	struct options *options;
	char *error;
	int next; /* position in argv of what follows the last known option */
};

static error_t parse_option(int key, char *value, struct argp_state *state);

static const struct argp argp = {
	.options = option_table,
	.parser = parse_option,
	.doc = "Prometheus exporter that counts, in the kernel, which processes bind which kinds "
	       "of sockets.\vDurations are written as Go writes them: 200ms, 1.5s, 1h30m. Metrics, "
	       "attach modes and limits are described in the README.",
};

static _Noreturn void print_help(void)
{
	char name[] = "socket_bind_exporter";

	argp_help(&argp, stdout, ARGP_HELP_USAGE | ARGP_HELP_LONG | ARGP_HELP_DOC, name);
	exit(EXIT_SUCCESS);
}

/* As Prometheus' own exporters do it, with what matters here in place of Go's version. */
static _Noreturn void print_version(void)
{
	printf("socket_bind_exporter, version " VERSION " (branch: " VERSION_BRANCH
	       ", revision: " VERSION_REVISION ")\n");
	if (*VERSION_BUILD_USER)
		printf("  build user:       %s\n", VERSION_BUILD_USER);
	printf("  build date:       " VERSION_BUILD_DATE "\n"
	       "  compiler:         " VERSION_COMPILER "\n"
	       "  platform:         " VERSION_PLATFORM "\n"
	       "  libbpf:           %u.%u\n"
	       "  libmicrohttpd:    %s\n",
	       libbpf_major_version(), libbpf_minor_version(), MHD_get_version());
	exit(EXIT_SUCCESS);
}

/* NULL: an event of argp, not an option. */
static const char *name_of(int key)
{
	const struct argp_option *option = option_table;

	while (option->name && option->key != key)
		option++;
	return option->name;
}

static error_t parse_option(int key, char *value, struct argp_state *state)
{
	struct parse *parse = state->input;

	if (key > ARGP_KEY_ARG && key < ARGP_KEY_END)
		parse->next = state->next;
	switch (key) {
	case KEY_HELP:
		print_help();
	case KEY_VERSION:
		print_version();
	case ARGP_KEY_ARG:
		snprintf(parse->error, OPTIONS_ERROR_MAX,
			 "%.200s: unexpected argument; options start with --, see --help", value);
		return EINVAL;
	}
	switch (option_value_parse(parse->options, key, name_of(key), value, parse->error)) {
	case 0:
		return 0;
	case -ENOENT:
		return ARGP_ERR_UNKNOWN;
	default:
		return EINVAL;
	}
}

/* By a label that no row has, all would pass, or nothing. include: the first of its two lists. */
static int check_filter(const struct options *options, enum filter_list include, uint32_t label,
			const char *name, char ret_error[OPTIONS_ERROR_MAX])
{
	bool includes = options->filter.lists[include].count > 0;

	if (options->labels & label || (!includes && options->filter.lists[include + 1].count == 0))
		return 0;
	snprintf(ret_error, OPTIONS_ERROR_MAX,
		 "--%s.%s: rows have no label %s to match; add it to --metrics.labels, as in "
		 "--metrics.labels=category,family,comm,%s",
		 name, includes ? "include" : "exclude", name, name);
	return -EINVAL;
}

/* What no option can tell alone. */
static int check(const struct options *options, char ret_error[OPTIONS_ERROR_MAX])
{
	const char *missing = NULL;

	if (options->unpin && !options->pin_path)
		missing = "--unpin: no directory is known; add --bpf.pin-path=DIR, the one to "
			  "remove";
	else if (options->check_web_config && !options->web_config)
		missing = "--web.config.check: no file is known; add --web.config.file=FILE";
	else if (options->unit_fold.count && !(options->labels & BIND_LABEL_UNIT))
		missing = "--metrics.unit-fold: rows have no label unit; add it to "
			  "--metrics.labels, as --metrics.labels=category,family,comm,unit";
	if (missing)
		snprintf(ret_error, OPTIONS_ERROR_MAX, "%s", missing);
	if (missing)
		return -EINVAL;
	if (check_filter(options, FILTER_UNIT_INCLUDE, BIND_LABEL_UNIT, "unit", ret_error))
		return -EINVAL;
	return check_filter(options, FILTER_NAMESPACE_INCLUDE, BIND_LABEL_NAMESPACE, "namespace",
			    ret_error);
}

int options_parse(int argc, char **argv, struct options *ret_options,
		  char ret_error[OPTIONS_ERROR_MAX])
{
	struct options options = {
		.attach_mode = BIND_MODES,
		.results = true,
		.collect_interval_ns = SECOND_NS,
		.selfcheck_interval_ns = 60 * SECOND_NS,
		.idle_timeout_ns = 24 * 3600 * SECOND_NS,
		.container_logs = "/var/log/containers",
		.max_series = 2000,
		.telemetry_path = "/metrics",
		.exporter_metrics = true,
		.max_requests = 40,
		.log_level = LOG_LEVEL_INFO,
	};
	struct parse parse = {.options = &options, .error = ret_error, .next = 1};

	ret_error[0] = '\0';
	/* argp would take two lines to say what is wrong, and silence mutes its --help, too. */
	if (argp_parse(&argp, argc, argv, ARGP_NO_ERRS | ARGP_NO_HELP, NULL, &parse)) {
		if (!ret_error[0])
			snprintf(ret_error, OPTIONS_ERROR_MAX,
				 "%.200s: unknown option, or its value is missing; see --help",
				 argv[parse.next < argc ? parse.next : argc - 1]);
		return -EINVAL;
	}
	if (check(&options, ret_error))
		return -EINVAL;
	if (!options.listen_count)
		options.listen_addresses[options.listen_count++] = ":10068";
	*ret_options = options;
	return 0;
}
