// SPDX-License-Identifier: Apache-2.0
#include "exporter/options.h"

#include <argp.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <microhttpd.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "bpf/abi/bind_abi.h"
#include "common/units.h"
#include "exporter/option_refusal.h"
#include "exporter/option_values.h"
#include "version.h"

#define KEY_HELP    'h'
#define KEY_VERSION 'V'
#define KEY_FIRST   256 /* plus the index in table[]: no option has a short form */

#define FLAG(name, value) \
	.parse = option_flag, .field = offsetof(struct options, name), .detail = value
#define NEEDS_UNIT      .label = BIND_LABEL_UNIT, .label_name = "unit"
#define NEEDS_NAMESPACE .label = BIND_LABEL_NAMESPACE, .label_name = "namespace"

/* argp sorts --help by name. An option that needs a missing label is reported in this order. */
static const struct option_entry table[] = {
	{"bpf.attach", "MODE",
	 "Kernel hook that counts: lsm, kprobe, fentry or tracepoint; auto uses the first of these "
	 "that loads, attaches and counts on this kernel (auto)",
	 .parse = option_attach},
	{"bpf.btf", "FILE",
	 "BTF of the running kernel, needed only if it was built without CONFIG_DEBUG_INFO_BTF "
	 "(/sys/kernel/btf/vmlinux)",
	 .parse = option_btf},
	{"bpf.results", "MODE",
	 "Whether the results of binds are counted: auto (if the kernel allows it) or none (auto)",
	 .parse = option_results},
	{"bpf.pin-path", "DIR",
	 "Directory on a BPF file system in which programs and counters are pinned, to keep "
	 "counting while the exporter is not running (none)",
	 .parse = option_pin_path},
	{"unpin", NULL,
	 "Remove everything that the exporter has pinned under --bpf.pin-path, and exit",
	 FLAG(unpin, true)},
	{"bpf.stats", NULL,
	 "Have the kernel measure the run time of all BPF programs on this machine, and export "
	 "that of the exporter's own programs (--no-bpf.stats)",
	 FLAG(bpf_stats, true)},
	{"no-bpf.stats", NULL, NULL, FLAG(bpf_stats, false)},
	{"comm.source", "SOURCE",
	 "Name in the label comm: process (that of the thread-group leader) or thread (that of the "
	 "calling thread) (process)",
	 .parse = option_comm_source},
	{"comm.include", "GLOB",
	 "Show rows only of processes whose name matches. Repeatable: one glob each, because a name "
	 "can contain a comma (all)",
	 .parse = option_glob, .detail = FILTER_COMM_INCLUDE},
	{"comm.exclude", "GLOB",
	 "Show no rows of processes whose name matches, even if they are included. Repeatable "
	 "(none)",
	 .parse = option_glob, .detail = FILTER_COMM_EXCLUDE},
	{"family.include", "GLOB",
	 "Show rows only of matching address families. Repeatable: one glob each (all)",
	 .parse = option_glob, .detail = FILTER_FAMILY_INCLUDE},
	{"family.exclude", "GLOB",
	 "Show no rows of matching address families, even if they are included. Repeatable (none)",
	 .parse = option_glob, .detail = FILTER_FAMILY_EXCLUDE},
	{"metrics.unit-fold", "GLOB",
	 "Show all systemd units whose names match as one unit named GLOB, for example "
	 "session-*.scope; needs the label unit. Repeatable: the first matching glob applies (none)",
	 .parse = option_unit_fold, NEEDS_UNIT},
	{"unit.include", "GLOB",
	 "Show rows only of matching systemd units; needs the label unit. Repeatable: one glob each "
	 "(all)",
	 .parse = option_glob, .detail = FILTER_UNIT_INCLUDE, NEEDS_UNIT},
	{"unit.exclude", "GLOB",
	 "Show no rows of matching systemd units, even if they are included; needs the label unit. "
	 "Repeatable (none)",
	 .parse = option_glob, .detail = FILTER_UNIT_EXCLUDE, NEEDS_UNIT},
	{"namespace.include", "GLOB",
	 "Show rows only of pods in matching Kubernetes namespaces; needs the label namespace. "
	 "Repeatable: one glob each (all)",
	 .parse = option_glob, .detail = FILTER_NAMESPACE_INCLUDE, NEEDS_NAMESPACE},
	{"namespace.exclude", "GLOB",
	 "Show no rows of pods in matching Kubernetes namespaces, even if they are included; needs "
	 "the label namespace. Repeatable (none)",
	 .parse = option_glob, .detail = FILTER_NAMESPACE_EXCLUDE, NEEDS_NAMESPACE},
	{"collect.interval", "DURATION",
	 "How often the kernel's counters are read: 1ms or more, or 0 to read them at every scrape "
	 "(1s)",
	 .parse = option_collect_interval},
	{"selfcheck.interval", "DURATION",
	 "How often the exporter binds a socket of its own to check that the hook still counts: "
	 "100ms or more (1m)",
	 .parse = option_selfcheck_interval},
	{"series.idle-timeout", "DURATION",
	 "Time without a bind after which a row is retired: 1s or more, or 0 to keep rows forever "
	 "(24h)",
	 .parse = option_idle_timeout},
	{"metrics.labels", "LIST",
	 "Labels of rows, separated by commas. category, family and comm are required; protocol, "
	 "scope, uid, port, netns, namespace, pod, container and unit are optional, and each of "
	 "them multiplies the rows (category,family,comm)",
	 .parse = option_labels},
	{"metrics.container-logs", "DIR",
	 "Directory of the kubelet's links to container logs, which provide the names for the "
	 "labels namespace, pod and container (/var/log/containers)",
	 .parse = option_container_logs},
	{"metrics.last-attempt", NULL,
	 "Also export the time of the last attempt of each row (--no-metrics.last-attempt)",
	 FLAG(last_attempt, true)},
	{"no-metrics.last-attempt", NULL, NULL, FLAG(last_attempt, false)},
	{"metrics.max-series", "N",
	 "Maximum number of rows of socket_bind_attempts_total, 256 to 100000; rows beyond it are "
	 "folded into comm=\"(other)\" (2000)",
	 .parse = option_max_series},
	{"web.listen-address", "ADDRESS",
	 "Address to listen on: :PORT (IPv4 and IPv6), HOST:PORT, [IPV6]:PORT or unix:/PATH; "
	 "0.0.0.0:PORT is IPv4 only. Repeatable, up to 64 times (:10068)",
	 .parse = option_listen_address},
	{"web.systemd-socket", NULL,
	 "Listen on the sockets passed by a systemd .socket unit instead of --web.listen-address "
	 "(--no-web.systemd-socket)",
	 FLAG(systemd_socket, true)},
	{"no-web.systemd-socket", NULL, NULL, FLAG(systemd_socket, false)},
	{"web.config.file", "FILE",
	 "Web configuration file in the format that Prometheus exporters share: TLS, client "
	 "certificates, users, headers, a rate limit. It is read again when it changes (none)",
	 .parse = option_web_config},
	{"web.config.check", NULL,
	 "Check whether the file of --web.config.file and all files that it names can be used, and "
	 "exit",
	 FLAG(check_web_config, true)},
	{"web.telemetry-path", "PATH", "Path under which metrics are served (/metrics)",
	 .parse = option_telemetry_path},
	{"web.disable-exporter-metrics", NULL,
	 "Omit the metrics about the exporter itself, socket_bind_exporter_* and process_* "
	 "(--no-web.disable-exporter-metrics)",
	 FLAG(exporter_metrics, false)},
	{"no-web.disable-exporter-metrics", NULL, NULL, FLAG(exporter_metrics, true)},
	{"web.openmetrics-created", NULL,
	 "In OpenMetrics, also export when each row began, as socket_bind_attempts_created "
	 "(--no-web.openmetrics-created)",
	 FLAG(created, true)},
	{"no-web.openmetrics-created", NULL, NULL, FLAG(created, false)},
	{"once", NULL,
	 "Print the metrics to standard output once, and exit; with --bpf.pin-path, they include "
	 "everything counted so far",
	 FLAG(once, true)},
	{"web.max-requests", "N",
	 "Maximum number of scrapes served at the same time; further ones get status 503; 0 means "
	 "no limit (40)",
	 .parse = option_max_requests},
	{"privileges.keep", NULL,
	 "For debugging: keep the capabilities and system calls that are not needed for counting "
	 "(--no-privileges.keep)",
	 FLAG(keep_privileges, true)},
	{"no-privileges.keep", NULL, NULL, FLAG(keep_privileges, false)},
	{"log.level", "LEVEL",
	 "Least severe level that is logged: debug, info, warn or error (info)",
	 .parse = option_log_level},
	{"log.format", "FORMAT", "Format of log lines: logfmt or json (logfmt)",
	 .parse = option_log_format},
};

#define OPTIONS (sizeof(table) / sizeof(table[0]))

/* The table of argp, which list_options() fills: all of these, --help, --version, and an end. */
static struct argp_option argp_table[OPTIONS + 3];

struct parse {
	struct options *options;
	char *error;
	int next;            /* index in argv of the word after the last known option */
	bool given[OPTIONS]; /* by index in table[] */
};

static error_t parse_option(int key, char *value, struct argp_state *state);

static const struct argp argp = {
	.options = argp_table,
	.parser = parse_option,
	.doc = "Prometheus exporter that shows which processes bind which kinds of sockets.\v"
	       "Values in parentheses are the defaults. Options that begin with no- turn off the "
	       "options of that name; the last one given applies. Durations are written as in Go: "
	       "200ms, 1.5s, 1h30m.\n\n"
	       "Documentation: the man page socket_bind_exporter(8), and the directory "
	       "/usr/share/doc/socket-bind-exporter (packages) or "
	       "/usr/local/share/doc/socket-bind-exporter (built from source).",
};

static void list_options(void)
{
	static const struct argp_option last[] = {
		{"help", KEY_HELP, NULL, 0, "Print this help, and exit", -1},
		{"version", KEY_VERSION, NULL, 0,
		 "Print the version and how it was built, and exit", -1},
	};
	struct argp_option *out = argp_table;

	for (size_t i = 0; i < OPTIONS; i++)
		*out++ = (struct argp_option){.name = table[i].name,
					      .key = KEY_FIRST + (int)i,
					      .arg = table[i].argument,
					      .flags = table[i].help ? 0 : OPTION_HIDDEN,
					      .doc = table[i].help};
	*out++ = last[0];
	*out = last[1];
}

static _Noreturn void print_help(void)
{
	char name[] = "socket_bind_exporter";

	argp_help(&argp, stdout, ARGP_HELP_SHORT_USAGE | ARGP_HELP_LONG | ARGP_HELP_DOC, name);
	exit(EXIT_SUCCESS);
}

/* The format of Prometheus' exporters, with libraries instead of the version of Go. */
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

static error_t parse_value(struct parse *parse, size_t index, const char *value)
{
	const struct option_parse one = {parse->options, &table[index], parse->error};

	parse->given[index] = true;
	return table[index].parse(&one, value) ? EINVAL : 0;
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
	if (key < KEY_FIRST || key >= KEY_FIRST + (int)OPTIONS)
		return ARGP_ERR_UNKNOWN;
	return parse_value(parse, key - KEY_FIRST, value);
}

/* Without its label, an option would let pass all rows or none. */
static int check_labels(const struct parse *parse)
{
	for (size_t i = 0; i < OPTIONS; i++) {
		const struct option_entry *entry = &table[i];

		if (!parse->given[i] || !entry->label || parse->options->labels & entry->label)
			continue;
		snprintf(parse->error, OPTIONS_ERROR_MAX,
			 "--%s: rows have no label %s; add it to --metrics.labels, for example "
			 "--metrics.labels=category,family,comm,%s",
			 entry->name, entry->label_name, entry->label_name);
		return -EINVAL;
	}
	return 0;
}

/* Checks what depends on several options. */
static int check(const struct parse *parse)
{
	const struct options *options = parse->options;
	const char *missing = NULL;

	if (options->unpin && !options->pin_path)
		missing = "--unpin: no directory is given; add --bpf.pin-path=DIR, the directory "
			  "of the pinned counters";
	else if (options->check_web_config && !options->web_config)
		missing = "--web.config.check: no file is given; add --web.config.file=FILE";
	if (missing) {
		snprintf(parse->error, OPTIONS_ERROR_MAX, "%s", missing);
		return -EINVAL;
	}
	return check_labels(parse);
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
	list_options();
	/* ARGP_NO_ERRS mutes argp, which would take two lines for an error, and also its --help. */
	if (argp_parse(&argp, argc, argv, ARGP_NO_ERRS | ARGP_NO_HELP, /* arg_index= */ NULL,
		       &parse)) {
		if (!ret_error[0])
			option_refusal_explain(argp_table, argc, argv, parse.next, ret_error);
		return -EINVAL;
	}
	if (check(&parse))
		return -EINVAL;
	if (!options.listen_count)
		options.listen_addresses[options.listen_count++] = ":10068";
	*ret_options = options;
	return 0;
}
