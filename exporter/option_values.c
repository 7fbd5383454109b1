// SPDX-License-Identifier: Apache-2.0
#include "exporter/option_values.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/duration.h"
#include "common/units.h"
#include "metrics/owners/owner.h"
#include "metrics/rows/labels.h"
#include "metrics/rows/snapshot.h"

struct parse {
	struct options *options;
	int key;
	const char *name;
	char *error;
};

/* The cure must fit behind a value of any length. Returns -EINVAL. */
static __attribute__((format(printf, 3, 4))) int refuse(struct parse *parse, const char *value,
							const char *cause, ...)
{
	int length = snprintf(parse->error, OPTIONS_ERROR_MAX, "--%s=%.200s: ", parse->name, value);
	va_list arguments;

	va_start(arguments, cause);
	vsnprintf(parse->error + length, OPTIONS_ERROR_MAX - length, cause, arguments);
	va_end(arguments);
	return -EINVAL;
}

/* The position of value in a NULL-terminated list of names; -1: not in it. */
static int find_name(const char *value, const char *const names[])
{
	for (int i = 0; names[i]; i++)
		if (strcmp(value, names[i]) == 0)
			return i;
	return -1;
}

static int parse_attach(struct parse *parse, const char *value)
{
	enum bind_mode mode = 0;

	while (mode < BIND_MODES && strcmp(value, bind_mode_name(mode)) != 0)
		mode++;
	if (mode < BIND_MODES || strcmp(value, "auto") == 0) {
		parse->options->attach_mode = mode;
		return 0;
	}
	return refuse(parse, value, "unknown mode; use auto, lsm, kprobe, fentry or tracepoint");
}

static int parse_btf(struct parse *parse, const char *value)
{
	parse->options->btf_path = value;
	return 0;
}

static int parse_results(struct parse *parse, const char *value)
{
	int results = find_name(value, (const char *const[]){"none", "auto", NULL});

	if (results < 0)
		return refuse(parse, value, "unknown value; use auto or none");
	parse->options->results = results == 1;
	return 0;
}

static int parse_pin_path(struct parse *parse, const char *value)
{
	if (value[0] != '/')
		return refuse(parse, value,
			      "not an absolute path; name a directory on a BPF file system, for "
			      "example /sys/fs/bpf/socket_bind");
	parse->options->pin_path = value;
	return 0;
}

static int parse_comm_source(struct parse *parse, const char *value)
{
	int source = find_name(value, (const char *const[]){"process", "thread", NULL});

	if (source < 0)
		return refuse(parse, value, "unknown value; use process or thread");
	parse->options->comm_of_thread = source == 1;
	return 0;
}

static int parse_glob(struct parse *parse, const char *value)
{
	_Static_assert(KEY_NAMESPACE_EXCLUDE - KEY_COMM_INCLUDE == FILTER_NAMESPACE_EXCLUDE,
		       "keys in the order of lists");
	enum filter_list list = (enum filter_list)(parse->key - KEY_COMM_INCLUDE);

	switch (filter_add(&parse->options->filter, list, value)) {
	case 0:
		return 0;
	case -ENOENT:
		return refuse(parse, value,
			      "matches no family; use one glob, for example inet, inet* or "
			      "netlink, and repeat the option for more");
	case -ENOSPC:
		return refuse(parse, value, "too many globs, the limit is %d; combine some of them",
			      FILTER_GLOBS_MAX);
	default:
		return refuse(parse, value, "the glob is empty; give one, or omit the option");
	}
}

static int parse_duration(struct parse *parse, const char *value, uint64_t *ret_ns)
{
	if (duration_parse(value, ret_ns))
		return refuse(parse, value,
			      "not a duration; write, for example, 200ms, 1s or 1m30s");
	return 0;
}

static int parse_collect_interval(struct parse *parse, const char *value)
{
	uint64_t ns = 0;
	int error = parse_duration(parse, value, &ns);

	if (error)
		return error;
	if (ns != 0 && ns < MS_NS)
		return refuse(parse, value,
			      "too short; use 1ms or more, or 0 to collect at every scrape");
	parse->options->collect_interval_ns = ns;
	return 0;
}

static int parse_selfcheck_interval(struct parse *parse, const char *value)
{
	uint64_t ns = 0;
	int error = parse_duration(parse, value, &ns);

	if (error)
		return error;
	if (ns < 100 * MS_NS)
		return refuse(parse, value, "too short; use 100ms or more");
	parse->options->selfcheck_interval_ns = ns;
	return 0;
}

static int parse_idle_timeout(struct parse *parse, const char *value)
{
	uint64_t ns = 0;
	int error = parse_duration(parse, value, &ns);

	if (error)
		return error;
	if (ns != 0 && ns < SECOND_NS)
		return refuse(parse, value, "too short; use 1s or more, or 0 to keep rows forever");
	parse->options->idle_timeout_ns = ns;
	return 0;
}

static int parse_labels(struct parse *parse, const char *value)
{
	char reason[BIND_LABELS_ERROR_MAX];

	if (bind_labels_parse(value, &parse->options->labels, reason))
		return refuse(parse, value, "%s", reason);
	return 0;
}

static int parse_unit_fold(struct parse *parse, const char *value)
{
	switch (unit_fold_add(&parse->options->unit_fold, value)) {
	case 0:
		return 0;
	case -EILSEQ:
		return refuse(
			parse, value,
			"not a possible label value; use at most %d bytes of UTF-8 without control "
			"characters, for example session-*.scope",
			OWNER_UNIT_MAX - 1);
	case -ENOSPC:
		return refuse(parse, value, "too many globs, the limit is %d; combine some of them",
			      UNIT_FOLD_GLOBS_MAX);
	default:
		return refuse(parse, value, "the glob is empty; give one, or omit the option");
	}
}

static int parse_container_logs(struct parse *parse, const char *value)
{
	if (*value != '/')
		return refuse(parse, value,
			      "not an absolute path; give the path of the node's "
			      "/var/log/containers as the exporter sees it");
	parse->options->container_logs = value;
	return 0;
}

static int parse_number(struct parse *parse, const char *value, unsigned long min,
			unsigned long max, uint32_t *ret_number)
{
	unsigned long number;
	char *end;

	errno = 0;
	number = strtoul(value, &end, 10);
	if (errno || end == value || *end || value[strspn(value, "0123456789")] || number < min ||
	    number > max)
		return refuse(parse, value, "not valid; use a whole number from %lu to %lu", min,
			      max);
	*ret_number = (uint32_t)number;
	return 0;
}

static int parse_max_series(struct parse *parse, const char *value)
{
	return parse_number(parse, value, SNAPSHOT_MAX_ROWS_MIN, SNAPSHOT_MAX_ROWS_MAX,
			    &parse->options->max_series);
}

static int parse_max_requests(struct parse *parse, const char *value)
{
	return parse_number(parse, value, 0, INT32_MAX, &parse->options->max_requests);
}

static int parse_listen_address(struct parse *parse, const char *value)
{
	struct options *options = parse->options;

	if (options->listen_count == HTTP_LISTENERS_MAX)
		return refuse(parse, value, "too many addresses, the limit is %d; remove some",
			      HTTP_LISTENERS_MAX);
	options->listen_addresses[options->listen_count++] = value;
	return 0;
}

/* Only what needs no escaping in a URL, nor on the page at /. */
static int parse_telemetry_path(struct parse *parse, const char *value)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-._~/";

	if (value[0] != '/' || value[strspn(value, allowed)])
		return refuse(
			parse, value,
			"not a valid path; start it with / and use only letters, digits and -._~/");
	if (strncmp(value, "/-/", 3) == 0)
		return refuse(parse, value,
			      "/-/ is reserved for the health checks; use another path");
	parse->options->telemetry_path = value;
	return 0;
}

/* Empty is none, as for all of Prometheus' exporters. */
static int parse_web_config(struct parse *parse, const char *value)
{
	parse->options->web_config = value[0] ? value : NULL;
	return 0;
}

static int parse_log_level(struct parse *parse, const char *value)
{
	int level = find_name(value, (const char *const[]){"debug", "info", "warn", "error", NULL});

	if (level < 0)
		return refuse(parse, value, "unknown level; use debug, info, warn or error");
	parse->options->log_level = (enum log_level)level;
	return 0;
}

static int parse_log_format(struct parse *parse, const char *value)
{
	int format = find_name(value, (const char *const[]){"logfmt", "json", NULL});

	if (format < 0)
		return refuse(parse, value, "unknown format; use logfmt or json");
	parse->options->log_format = (enum log_format)format;
	return 0;
}

static int set_flag(struct options *options, int key)
{
	switch (key) {
	case KEY_UNPIN:
		options->unpin = true;
		return 0;
	case KEY_CHECK_WEB_CONFIG:
		options->check_web_config = true;
		return 0;
	case KEY_ONCE:
		options->once = true;
		return 0;
	case KEY_STATS:
	case KEY_NO_STATS:
		options->bpf_stats = key == KEY_STATS;
		return 0;
	case KEY_LAST_ATTEMPT:
	case KEY_NO_LAST_ATTEMPT:
		options->last_attempt = key == KEY_LAST_ATTEMPT;
		return 0;
	case KEY_SYSTEMD_SOCKET:
	case KEY_NO_SYSTEMD_SOCKET:
		options->systemd_socket = key == KEY_SYSTEMD_SOCKET;
		return 0;
	case KEY_DISABLE_EXPORTER_METRICS:
	case KEY_NO_DISABLE_EXPORTER_METRICS:
		options->exporter_metrics = key == KEY_NO_DISABLE_EXPORTER_METRICS;
		return 0;
	case KEY_OPENMETRICS_CREATED:
	case KEY_NO_OPENMETRICS_CREATED:
		options->created = key == KEY_OPENMETRICS_CREATED;
		return 0;
	case KEY_KEEP_PRIVILEGES:
	case KEY_NO_KEEP_PRIVILEGES:
		options->keep_privileges = key == KEY_KEEP_PRIVILEGES;
		return 0;
	default:
		return -ENOENT;
	}
}

int option_value_parse(struct options *options, int key, const char *name, const char *value,
		       char ret_error[OPTIONS_ERROR_MAX])
{
	static const struct {
		int key;
		int (*parse)(struct parse *parse, const char *value);
	} parsers[] = {
		{KEY_ATTACH, parse_attach},
		{KEY_BTF, parse_btf},
		{KEY_RESULTS, parse_results},
		{KEY_PIN_PATH, parse_pin_path},
		{KEY_COMM_SOURCE, parse_comm_source},
		{KEY_COMM_INCLUDE, parse_glob},
		{KEY_COMM_EXCLUDE, parse_glob},
		{KEY_FAMILY_INCLUDE, parse_glob},
		{KEY_FAMILY_EXCLUDE, parse_glob},
		{KEY_UNIT_INCLUDE, parse_glob},
		{KEY_UNIT_EXCLUDE, parse_glob},
		{KEY_NAMESPACE_INCLUDE, parse_glob},
		{KEY_NAMESPACE_EXCLUDE, parse_glob},
		{KEY_COLLECT_INTERVAL, parse_collect_interval},
		{KEY_SELFCHECK_INTERVAL, parse_selfcheck_interval},
		{KEY_IDLE_TIMEOUT, parse_idle_timeout},
		{KEY_LABELS, parse_labels},
		{KEY_UNIT_FOLD, parse_unit_fold},
		{KEY_CONTAINER_LOGS, parse_container_logs},
		{KEY_MAX_SERIES, parse_max_series},
		{KEY_LISTEN_ADDRESS, parse_listen_address},
		{KEY_WEB_CONFIG, parse_web_config},
		{KEY_TELEMETRY_PATH, parse_telemetry_path},
		{KEY_MAX_REQUESTS, parse_max_requests},
		{KEY_LOG_LEVEL, parse_log_level},
		{KEY_LOG_FORMAT, parse_log_format},
	};
	struct parse parse = {options, key, name, ret_error};

	for (size_t i = 0; i < sizeof(parsers) / sizeof(parsers[0]); i++)
		if (parsers[i].key == key)
			return parsers[i].parse(&parse, value);
	return set_flag(options, key);
}
