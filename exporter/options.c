// SPDX-License-Identifier: Apache-2.0
#include "exporter/options.h"

#include <argp.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bpf/abi/bind_abi.h"
#include "common/units.h"
#include "exporter/option_values.h"
#include "version.h"

#define KEY_HELP    'h'
#define KEY_VERSION 'V'

static const struct argp_option option_table[] = {
	{"bpf.attach", KEY_ATTACH, "MODE", 0,
	 "Kernel hook that counts: lsm, kprobe, fentry or tracepoint; auto uses the first of these "
	 "that loads, attaches and counts on this kernel (auto)",
	 0},
	{"bpf.btf", KEY_BTF, "FILE", 0,
	 "BTF of the running kernel, needed only if it was built without CONFIG_DEBUG_INFO_BTF "
	 "(/sys/kernel/btf/vmlinux)",
	 0},
	{"bpf.results", KEY_RESULTS, "MODE", 0,
	 "Whether the results of binds are counted: auto (if the kernel allows it) or none (auto)",
	 0},
	{"bpf.pin-path", KEY_PIN_PATH, "DIR", 0,
	 "Directory on a BPF file system in which programs and counters are pinned, to keep "
	 "counting while the exporter is not running (none)",
	 0},
	{"unpin", KEY_UNPIN, NULL, 0,
	 "Remove everything that the exporter has pinned under --bpf.pin-path, and exit", 0},
	{"bpf.stats", KEY_STATS, NULL, 0,
	 "Have the kernel measure the run time of all BPF programs on this machine, and export "
	 "that of the exporter's own programs (--no-bpf.stats)",
	 0},
	{"no-bpf.stats", KEY_NO_STATS, NULL, OPTION_HIDDEN, NULL, 0},
	{"comm.source", KEY_COMM_SOURCE, "SOURCE", 0,
	 "Name in the label comm: process (that of the thread-group leader) or thread (that of the "
	 "calling thread) (process)",
	 0},
	{"comm.include", KEY_COMM_INCLUDE, "GLOB", 0,
	 "Show rows only of processes whose name matches. Repeatable: one glob each, because a name "
	 "can contain a comma (all)",
	 0},
	{"comm.exclude", KEY_COMM_EXCLUDE, "GLOB", 0,
	 "Show no rows of processes whose name matches, even if they are included. Repeatable "
	 "(none)",
	 0},
	{"family.include", KEY_FAMILY_INCLUDE, "GLOB", 0,
	 "Show rows only of matching address families. Repeatable: one glob each (all)", 0},
	{"family.exclude", KEY_FAMILY_EXCLUDE, "GLOB", 0,
	 "Show no rows of matching address families, even if they are included. Repeatable (none)",
	 0},
	{"unit.include", KEY_UNIT_INCLUDE, "GLOB", 0,
	 "Show rows only of matching systemd units; needs the label unit. Repeatable: one glob each "
	 "(all)",
	 0},
	{"unit.exclude", KEY_UNIT_EXCLUDE, "GLOB", 0,
	 "Show no rows of matching systemd units, even if they are included; needs the label unit. "
	 "Repeatable (none)",
	 0},
	{"namespace.include", KEY_NAMESPACE_INCLUDE, "GLOB", 0,
	 "Show rows only of pods in matching Kubernetes namespaces; needs the label namespace. "
	 "Repeatable: one glob each (all)",
	 0},
	{"namespace.exclude", KEY_NAMESPACE_EXCLUDE, "GLOB", 0,
	 "Show no rows of pods in matching Kubernetes namespaces, even if they are included; needs "
	 "the label namespace. Repeatable (none)",
	 0},
	{"collect.interval", KEY_COLLECT_INTERVAL, "DURATION", 0,
	 "How often the kernel's counters are read: 1ms or more, or 0 to read them at every scrape "
	 "(1s)",
	 0},
	{"selfcheck.interval", KEY_SELFCHECK_INTERVAL, "DURATION", 0,
	 "How often the exporter binds a socket of its own to check that the hook still counts: "
	 "100ms or more (1m)",
	 0},
	{"series.idle-timeout", KEY_IDLE_TIMEOUT, "DURATION", 0,
	 "Time without a bind after which a row is retired: 1s or more, or 0 to keep rows forever "
	 "(24h)",
	 0},
	{"metrics.labels", KEY_LABELS, "LIST", 0,
	 "Labels of rows, separated by commas. category, family and comm are required; protocol, "
	 "scope, uid, port, netns, namespace, pod, container and unit are optional, and each of "
	 "them multiplies the rows (category,family,comm)",
	 0},
	{"metrics.unit-fold", KEY_UNIT_FOLD, "GLOB", 0,
	 "Show all systemd units whose names match as one unit named GLOB, for example "
	 "session-*.scope; needs the label unit. Repeatable: the first matching glob applies (none)",
	 0},
	{"metrics.container-logs", KEY_CONTAINER_LOGS, "DIR", 0,
	 "Directory of the kubelet's links to container logs, which provide the names for the "
	 "labels namespace, pod and container (/var/log/containers)",
	 0},
	{"metrics.last-attempt", KEY_LAST_ATTEMPT, NULL, 0,
	 "Also export the time of the last attempt of each row (--no-metrics.last-attempt)", 0},
	{"no-metrics.last-attempt", KEY_NO_LAST_ATTEMPT, NULL, OPTION_HIDDEN, NULL, 0},
	{"metrics.max-series", KEY_MAX_SERIES, "N", 0,
	 "Maximum number of rows of socket_bind_attempts_total, 256 to 100000; rows beyond it are "
	 "folded into comm=\"(other)\" (2000)",
	 0},
	{"web.listen-address", KEY_LISTEN_ADDRESS, "ADDRESS", 0,
	 "Address to listen on: :PORT (IPv4 and IPv6), HOST:PORT, [IPV6]:PORT or unix:/PATH; "
	 "0.0.0.0:PORT is IPv4 only. Repeatable, up to 64 times (:10068)",
	 0},
	{"web.systemd-socket", KEY_SYSTEMD_SOCKET, NULL, 0,
	 "Listen on the sockets passed by a systemd .socket unit instead of --web.listen-address "
	 "(--no-web.systemd-socket)",
	 0},
	{"no-web.systemd-socket", KEY_NO_SYSTEMD_SOCKET, NULL, OPTION_HIDDEN, NULL, 0},
	{"web.config.file", KEY_WEB_CONFIG, "FILE", 0,
	 "Web configuration file in the format that Prometheus exporters share: TLS, client "
	 "certificates, users, headers, a rate limit. It is read again when it changes (none)",
	 0},
	{"web.config.check", KEY_CHECK_WEB_CONFIG, NULL, 0,
	 "Check whether the file of --web.config.file and all files that it names can be used, and "
	 "exit",
	 0},
	{"web.telemetry-path", KEY_TELEMETRY_PATH, "PATH", 0,
	 "Path under which metrics are served (/metrics)", 0},
	{"web.disable-exporter-metrics", KEY_DISABLE_EXPORTER_METRICS, NULL, 0,
	 "Omit the metrics about the exporter itself, socket_bind_exporter_* and process_* "
	 "(--no-web.disable-exporter-metrics)",
	 0},
	{"no-web.disable-exporter-metrics", KEY_NO_DISABLE_EXPORTER_METRICS, NULL, OPTION_HIDDEN,
	 NULL, 0},
	{"web.openmetrics-created", KEY_OPENMETRICS_CREATED, NULL, 0,
	 "In OpenMetrics, also export when each row began, as socket_bind_attempts_created "
	 "(--no-web.openmetrics-created)",
	 0},
	{"no-web.openmetrics-created", KEY_NO_OPENMETRICS_CREATED, NULL, OPTION_HIDDEN, NULL, 0},
	{"once", KEY_ONCE, NULL, 0,
	 "Print the metrics to standard output once, and exit; with --bpf.pin-path, they include "
	 "everything counted so far",
	 0},
	{"web.max-requests", KEY_MAX_REQUESTS, "N", 0,
	 "Maximum number of scrapes served at the same time; further ones get status 503; 0 means "
	 "no limit (40)",
	 0},
	{"privileges.keep", KEY_KEEP_PRIVILEGES, NULL, 0,
	 "For debugging: keep the capabilities and system calls that are not needed for counting "
	 "(--no-privileges.keep)",
	 0},
	{"no-privileges.keep", KEY_NO_KEEP_PRIVILEGES, NULL, OPTION_HIDDEN, NULL, 0},
	{"log.level", KEY_LOG_LEVEL, "LEVEL", 0,
	 "Least severe level that is logged: debug, info, warn or error (info)", 0},
	{"log.format", KEY_LOG_FORMAT, "FORMAT", 0, "Format of log lines: logfmt or json (logfmt)",
	 0},
	{"help", KEY_HELP, NULL, 0, "Print this help, and exit", -1},
	{"version", KEY_VERSION, NULL, 0, "Print the version and how it was built, and exit", -1},
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
	.doc = "Prometheus exporter that shows which processes bind which kinds of sockets.\v"
	       "Values in parentheses are the defaults. Options that begin with no- turn off the "
	       "options of that name; the last one given applies. Durations are written as in Go: "
	       "200ms, 1.5s, 1h30m.\n\n"
	       "Documentation: the man page socket_bind_exporter(8), and the directory "
	       "/usr/share/doc/socket-bind-exporter (packages) or "
	       "/usr/local/share/doc/socket-bind-exporter (built from source).",
};

static _Noreturn void print_help(void)
{
	char name[] = "socket_bind_exporter";

	argp_help(&argp, stdout, ARGP_HELP_SHORT_USAGE | ARGP_HELP_LONG | ARGP_HELP_DOC, name);
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
			 "%.200s: unexpected argument; use options only, see --help", value);
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

/* By a label that no row has, all would pass, or nothing. */
static int check_labels(const struct options *options, char ret_error[OPTIONS_ERROR_MAX])
{
	const struct filter_globs *lists = options->filter.lists;
	const struct {
		const char *option;
		uint32_t globs;
		uint32_t label;
		const char *name;
	} needs[] = {
		{"metrics.unit-fold", options->unit_fold.count, BIND_LABEL_UNIT, "unit"},
		{"unit.include", lists[FILTER_UNIT_INCLUDE].count, BIND_LABEL_UNIT, "unit"},
		{"unit.exclude", lists[FILTER_UNIT_EXCLUDE].count, BIND_LABEL_UNIT, "unit"},
		{"namespace.include", lists[FILTER_NAMESPACE_INCLUDE].count, BIND_LABEL_NAMESPACE,
		 "namespace"},
		{"namespace.exclude", lists[FILTER_NAMESPACE_EXCLUDE].count, BIND_LABEL_NAMESPACE,
		 "namespace"},
	};

	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++) {
		if (!needs[i].globs || options->labels & needs[i].label)
			continue;
		snprintf(ret_error, OPTIONS_ERROR_MAX,
			 "--%s: rows have no label %s; add it to --metrics.labels, for example "
			 "--metrics.labels=category,family,comm,%s",
			 needs[i].option, needs[i].name, needs[i].name);
		return -EINVAL;
	}
	return 0;
}

/* What no option can tell alone. */
static int check(const struct options *options, char ret_error[OPTIONS_ERROR_MAX])
{
	const char *missing = NULL;

	if (options->unpin && !options->pin_path)
		missing = "--unpin: no directory is given; add --bpf.pin-path=DIR, the directory "
			  "of the pinned counters";
	else if (options->check_web_config && !options->web_config)
		missing = "--web.config.check: no file is given; add --web.config.file=FILE";
	if (missing) {
		snprintf(ret_error, OPTIONS_ERROR_MAX, "%s", missing);
		return -EINVAL;
	}
	return check_labels(options, ret_error);
}

/* As getopt_long(3) finds it: of that name, or the only one that begins so. */
static const struct argp_option *find_option(const char *name, size_t length, int *ret_matches)
{
	const struct argp_option *found = NULL;

	*ret_matches = 0;
	for (const struct argp_option *option = option_table; option->name; option++) {
		if (strncmp(option->name, name, length) != 0)
			continue;
		found = option;
		(*ret_matches)++;
		if (option->name[length])
			continue;
		*ret_matches = 1;
		break;
	}
	return found;
}

/* Of a flag with a value: flags come in pairs, or alone. */
static void explain_value(const char *word, const char *flag, char ret_error[OPTIONS_ERROR_MAX])
{
	char negation[64];
	int matches;

	if (strncmp(flag, "no-", 3) == 0)
		flag += 3;
	snprintf(negation, sizeof(negation), "no-%s", flag);
	find_option(negation, strlen(negation), &matches);
	snprintf(ret_error, OPTIONS_ERROR_MAX, "%.200s: this option takes no value; write --%s%s%s",
		 word, flag, matches ? " or --" : "", matches ? negation : "");
}

/* Why argp refused a word, which it does not say. */
static void explain(const char *word, char ret_error[OPTIONS_ERROR_MAX])
{
	const struct argp_option *option;
	int matches;

	if (strncmp(word, "--", 2) != 0) {
		snprintf(ret_error, OPTIONS_ERROR_MAX, "%.200s: unknown option; %s", word,
			 strlen(word) > 2 ? "long options begin with two dashes, see --help"
					  : "see --help");
		return;
	}
	option = find_option(word + 2, strcspn(word + 2, "="), &matches);
	if (matches == 0)
		snprintf(ret_error, OPTIONS_ERROR_MAX, "%.200s: unknown option; see --help", word);
	else if (matches > 1)
		snprintf(ret_error, OPTIONS_ERROR_MAX,
			 "%.200s: ambiguous, %d options begin like this; write the whole name, see "
			 "--help",
			 word, matches);
	else if (option->arg)
		snprintf(ret_error, OPTIONS_ERROR_MAX,
			 "--%s: this option needs a value; write --%s=%s", option->name,
			 option->name, option->arg);
	else
		explain_value(word, option->name, ret_error);
}

/* Arguments that are no options are refused after all options. */
static const char *refused_word(int argc, char **argv, int next)
{
	while (next < argc - 1 && argv[next][0] != '-')
		next++;
	return argv[next < argc ? next : argc - 1];
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
			explain(refused_word(argc, argv, parse.next), ret_error);
		return -EINVAL;
	}
	if (check(&options, ret_error))
		return -EINVAL;
	if (!options.listen_count)
		options.listen_addresses[options.listen_count++] = ":10068";
	*ret_options = options;
	return 0;
}
