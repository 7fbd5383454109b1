// SPDX-License-Identifier: Apache-2.0
#include "options.h"

#include <argp.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <microhttpd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "duration.h"
#include "snapshot.h"
#include "version.h"

#define MS_NS 1000000ULL

enum key {
	KEY_HELP = 'h',
	KEY_VERSION = 'V',
	KEY_ATTACH = 256,
	KEY_BTF,
	KEY_COMM_SOURCE,
	KEY_COLLECT_INTERVAL,
	KEY_SELFCHECK_INTERVAL,
	KEY_MAX_SERIES,
	KEY_LISTEN_ADDRESS,
	KEY_TELEMETRY_PATH,
	KEY_DISABLE_EXPORTER_METRICS,
	KEY_NO_DISABLE_EXPORTER_METRICS,
	KEY_MAX_REQUESTS,
	KEY_KEEP_PRIVILEGES,
	KEY_NO_KEEP_PRIVILEGES,
	KEY_LOG_LEVEL,
	KEY_LOG_FORMAT,
};

static const struct argp_option option_table[] = {
	{"bpf.attach", KEY_ATTACH, "MODE", 0,
	 "Kernel hook that counts: auto, lsm, kprobe, fentry or tracepoint. auto takes the first "
	 "of these that loads, attaches and counts here (auto)",
	 0},
	{"bpf.btf", KEY_BTF, "FILE", 0,
	 "BTF of this kernel, for a kernel built without CONFIG_DEBUG_INFO_BTF "
	 "(/sys/kernel/btf/vmlinux)",
	 0},
	{"comm.source", KEY_COMM_SOURCE, "WHOSE", 0,
	 "Whose name the label comm holds: process (the thread-group leader's) or thread (the "
	 "calling thread's) (process)",
	 0},
	{"collect.interval", KEY_COLLECT_INTERVAL, "DURATION", 0,
	 "How often the kernel's counters are read, as 200ms or 1m; 0: at every scrape (1s)", 0},
	{"selfcheck.interval", KEY_SELFCHECK_INTERVAL, "DURATION", 0,
	 "How often the exporter makes a bind of its own to see that the hook still counts (1m)",
	 0},
	{"metrics.max-series", KEY_MAX_SERIES, "N", 0,
	 "Rows that socket_bind_attempts_total may have; what does not fit is counted with "
	 "comm=\"(other)\" (2000)",
	 0},
	{"web.listen-address", KEY_LISTEN_ADDRESS, "ADDRESS", 0,
	 "Where to listen: :PORT (IPv4 and IPv6), HOST:PORT or [IPV6]:PORT; 0.0.0.0:PORT is IPv4 "
	 "only. Repeatable (:10068)",
	 0},
	{"web.telemetry-path", KEY_TELEMETRY_PATH, "PATH", 0,
	 "Path under which metrics are served (/metrics)", 0},
	{"web.disable-exporter-metrics", KEY_DISABLE_EXPORTER_METRICS, NULL, 0,
	 "Leave out the metrics about the exporter itself (socket_bind_exporter_*, process_*); "
	 "--no-web.disable-exporter-metrics takes that back",
	 0},
	{"no-web.disable-exporter-metrics", KEY_NO_DISABLE_EXPORTER_METRICS, NULL, OPTION_HIDDEN,
	 NULL, 0},
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

/* Returns what argp wants of a parser that refuses. */
static __attribute__((format(printf, 2, 3))) error_t refuse(struct parse *parse, const char *format,
							    ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(parse->error, OPTIONS_ERROR_MAX, format, arguments);
	va_end(arguments);
	return EINVAL;
}

/* The position of value in a NULL-terminated list of names; -1: not in it. */
static int find_name(const char *value, const char *const names[])
{
	for (int i = 0; names[i]; i++)
		if (strcmp(value, names[i]) == 0)
			return i;
	return -1;
}

static error_t parse_attach(struct parse *parse, const char *value)
{
	if (strcmp(value, "auto") == 0) {
		parse->options->attach_auto = true;
		return 0;
	}
	for (enum bind_mode mode = 0; mode < BIND_MODES; mode++) {
		if (strcmp(value, bind_mode_name(mode)) != 0)
			continue;
		parse->options->attach_auto = false;
		parse->options->attach_mode = mode;
		return 0;
	}
	return refuse(parse,
		      "--bpf.attach=%s: unknown mode; use auto, lsm, kprobe, fentry or "
		      "tracepoint",
		      value);
}

static error_t parse_comm_source(struct parse *parse, const char *value)
{
	int source = find_name(value, (const char *const[]){"process", "thread", NULL});

	if (source < 0)
		return refuse(parse, "--comm.source=%s: unknown; use process or thread", value);
	parse->options->comm_of_thread = source == 1;
	return 0;
}

static error_t parse_duration(struct parse *parse, const char *option, const char *value,
			      uint64_t *ret_ns)
{
	uint64_t ns = 0;

	if (duration_parse(value, &ns))
		return refuse(parse,
			      "--%s=%s: not a duration; write for example 200ms, 1s or 1m30s",
			      option, value);
	*ret_ns = ns;
	return 0;
}

static error_t parse_collect_interval(struct parse *parse, const char *value)
{
	uint64_t ns = 0;
	error_t error = parse_duration(parse, "collect.interval", value, &ns);

	if (error)
		return error;
	if (ns != 0 && ns < MS_NS)
		return refuse(parse,
			      "--collect.interval=%s: too short; use 1ms or more, or 0 to "
			      "collect at every scrape",
			      value);
	parse->options->collect_interval_ns = ns;
	return 0;
}

static error_t parse_selfcheck_interval(struct parse *parse, const char *value)
{
	uint64_t ns = 0;
	error_t error = parse_duration(parse, "selfcheck.interval", value, &ns);

	if (error)
		return error;
	if (ns < 100 * MS_NS)
		return refuse(parse, "--selfcheck.interval=%s: too short; use 100ms or more",
			      value);
	parse->options->selfcheck_interval_ns = ns;
	return 0;
}

static error_t parse_number(struct parse *parse, const char *option, const char *value,
			    unsigned long min, unsigned long max, uint32_t *ret_number)
{
	unsigned long number;
	char *end;

	errno = 0;
	number = strtoul(value, &end, 10);
	if (errno || end == value || *end || value[strspn(value, "0123456789")] || number < min ||
	    number > max)
		return refuse(parse, "--%s=%s: not a number from %lu to %lu", option, value, min,
			      max);
	*ret_number = (uint32_t)number;
	return 0;
}

static error_t parse_listen_address(struct parse *parse, const char *value)
{
	struct options *options = parse->options;

	if (options->listen_count == HTTP_LISTENERS_MAX)
		return refuse(parse,
			      "--web.listen-address=%s: one too many; at most %d are possible",
			      value, HTTP_LISTENERS_MAX);
	options->listen_addresses[options->listen_count++] = value;
	return 0;
}

/* Only what needs no escaping in a URL, nor in the landing page. */
static error_t parse_telemetry_path(struct parse *parse, const char *value)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-._~/";

	if (value[0] != '/' || value[strspn(value, allowed)])
		return refuse(parse,
			      "--web.telemetry-path=%s: not a path; start it with / and use "
			      "letters, digits and -._~/ only",
			      value);
	if (strncmp(value, "/-/", 3) == 0)
		return refuse(parse,
			      "--web.telemetry-path=%s: /-/ is taken by the health checks; "
			      "use another path",
			      value);
	parse->options->telemetry_path = value;
	return 0;
}

static error_t parse_log_level(struct parse *parse, const char *value)
{
	int level = find_name(value, (const char *const[]){"debug", "info", "warn", "error", NULL});

	if (level < 0)
		return refuse(parse, "--log.level=%s: unknown; use debug, info, warn or error",
			      value);
	parse->options->log_level = (enum log_level)level;
	return 0;
}

static error_t parse_log_format(struct parse *parse, const char *value)
{
	int format = find_name(value, (const char *const[]){"logfmt", "json", NULL});

	if (format < 0)
		return refuse(parse, "--log.format=%s: unknown; use logfmt or json", value);
	parse->options->log_format = (enum log_format)format;
	return 0;
}

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

static _Noreturn void print_version(void)
{
	struct utsname machine;

	uname(&machine);
	printf("socket_bind_exporter, version " VERSION " (branch: " VERSION_BRANCH
	       ", revision: " VERSION_REVISION ")\n"
	       "  compiler:         " __VERSION__ "\n"
	       "  platform:         linux/%s\n"
	       "  libbpf:           %u.%u\n"
	       "  libmicrohttpd:    %s\n",
	       machine.machine, libbpf_major_version(), libbpf_minor_version(), MHD_get_version());
	exit(EXIT_SUCCESS);
}

static error_t parse_option(int key, char *value, struct argp_state *state)
{
	struct parse *parse = state->input;
	struct options *options = parse->options;

	if (key > ARGP_KEY_ARG && key < ARGP_KEY_END)
		parse->next = state->next;
	switch (key) {
	case KEY_HELP:
		print_help();
	case KEY_VERSION:
		print_version();
	case KEY_ATTACH:
		return parse_attach(parse, value);
	case KEY_BTF:
		options->btf_path = value;
		return 0;
	case KEY_COMM_SOURCE:
		return parse_comm_source(parse, value);
	case KEY_COLLECT_INTERVAL:
		return parse_collect_interval(parse, value);
	case KEY_SELFCHECK_INTERVAL:
		return parse_selfcheck_interval(parse, value);
	case KEY_MAX_SERIES:
		return parse_number(parse, "metrics.max-series", value, SNAPSHOT_MAX_ROWS_MIN,
				    SNAPSHOT_MAX_ROWS_MAX, &options->max_series);
	case KEY_LISTEN_ADDRESS:
		return parse_listen_address(parse, value);
	case KEY_TELEMETRY_PATH:
		return parse_telemetry_path(parse, value);
	case KEY_DISABLE_EXPORTER_METRICS:
	case KEY_NO_DISABLE_EXPORTER_METRICS:
		options->exporter_metrics = key == KEY_NO_DISABLE_EXPORTER_METRICS;
		return 0;
	case KEY_MAX_REQUESTS:
		return parse_number(parse, "web.max-requests", value, 0, INT32_MAX,
				    &options->max_requests);
	case KEY_KEEP_PRIVILEGES:
	case KEY_NO_KEEP_PRIVILEGES:
		options->keep_privileges = key == KEY_KEEP_PRIVILEGES;
		return 0;
	case KEY_LOG_LEVEL:
		return parse_log_level(parse, value);
	case KEY_LOG_FORMAT:
		return parse_log_format(parse, value);
	case ARGP_KEY_ARG:
		return refuse(parse, "%s: unexpected argument; options start with --, see --help",
			      value);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

int options_parse(int argc, char **argv, struct options *ret_options,
		  char ret_error[OPTIONS_ERROR_MAX])
{
	struct options options = {
		.attach_auto = true,
		.collect_interval_ns = 1000 * MS_NS,
		.selfcheck_interval_ns = 60 * 1000 * MS_NS,
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
			refuse(&parse, "%s: unknown option, or its value is missing; see --help",
			       argv[parse.next < argc ? parse.next : argc - 1]);
		return -EINVAL;
	}
	if (!options.listen_count)
		options.listen_addresses[options.listen_count++] = ":10068";
	*ret_options = options;
	return 0;
}
