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

/* Cuts the value, so that the cure fits behind it. Returns -EINVAL. */
static __attribute__((format(printf, 3, 4))) int refuse(const struct option_parse *parse,
							const char *value, const char *cause, ...)
{
	int length = snprintf(parse->error, OPTIONS_ERROR_MAX, "--%s=%.200s: ", parse->entry->name,
			      value);
	va_list arguments;

	va_start(arguments, cause);
	vsnprintf(parse->error + length, OPTIONS_ERROR_MAX - length, cause, arguments);
	va_end(arguments);
	return -EINVAL;
}

/*
 * names: NULL-terminated; a refusal lists them. what: what they are names of. ret_index: that of
 * value.
 */
static int parse_name(const struct option_parse *parse, const char *value, const char *what,
		      const char *const names[], int *ret_index)
{
	for (int i = 0; names[i]; i++) {
		if (strcmp(value, names[i]) != 0)
			continue;
		*ret_index = i;
		return 0;
	}
	refuse(parse, value, "unknown %s; use %s", what, names[0]);
	for (int i = 1; names[i]; i++) {
		size_t length = strlen(parse->error);

		snprintf(parse->error + length, OPTIONS_ERROR_MAX - length, "%s %s",
			 names[i + 1] ? "," : " or", names[i]);
	}
	return -EINVAL;
}

int option_flag(const struct option_parse *parse, const char *value)
{
	bool *field = (bool *)((char *)parse->options + parse->entry->field);

	(void)value;
	*field = parse->entry->detail;
	return 0;
}

int option_attach(const struct option_parse *parse, const char *value)
{
	const char *names[BIND_MODES + 2] = {"auto"};
	int name;

	for (enum bind_mode mode = 0; mode < BIND_MODES; mode++)
		names[mode + 1] = bind_mode_name(mode);
	if (parse_name(parse, value, "mode", names, &name))
		return -EINVAL;
	parse->options->attach_mode = name ? (enum bind_mode)(name - 1) : BIND_MODES;
	return 0;
}

int option_btf(const struct option_parse *parse, const char *value)
{
	parse->options->btf_path = value;
	return 0;
}

int option_results(const struct option_parse *parse, const char *value)
{
	static const char *const modes[] = {"auto", "none", NULL};
	int mode;

	if (parse_name(parse, value, "mode", modes, &mode))
		return -EINVAL;
	parse->options->results = mode == 0;
	return 0;
}

int option_pin_path(const struct option_parse *parse, const char *value)
{
	if (value[0] != '/')
		return refuse(parse, value,
			      "not an absolute path; name a directory on a BPF file system, for "
			      "example /sys/fs/bpf/socket_bind");
	parse->options->pin_path = value;
	return 0;
}

int option_comm_source(const struct option_parse *parse, const char *value)
{
	static const char *const sources[] = {"process", "thread", NULL};
	int source;

	if (parse_name(parse, value, "source", sources, &source))
		return -EINVAL;
	parse->options->comm_of_thread = source == 1;
	return 0;
}

int option_glob(const struct option_parse *parse, const char *value)
{
	enum filter_list list = (enum filter_list)parse->entry->detail;

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

/* The shortest duration that an option accepts. */
struct shortest {
	uint64_t ns;
	bool or_zero; /* 0 is accepted too */
	const char *cure;
};

static int parse_duration(const struct option_parse *parse, const char *value,
			  const struct shortest *shortest, uint64_t *ret_ns)
{
	uint64_t ns;

	if (duration_parse(value, &ns))
		return refuse(parse, value,
			      "not a duration; write, for example, 200ms, 1s or 1m30s");
	if (ns < shortest->ns && !(shortest->or_zero && ns == 0))
		return refuse(parse, value, "too short; use %s", shortest->cure);
	*ret_ns = ns;
	return 0;
}

int option_collect_interval(const struct option_parse *parse, const char *value)
{
	static const struct shortest shortest = {
		.ns = MS_NS,
		.or_zero = true,
		.cure = "1ms or more, or 0 to collect at every scrape"};

	return parse_duration(parse, value, &shortest, &parse->options->collect_interval_ns);
}

int option_selfcheck_interval(const struct option_parse *parse, const char *value)
{
	static const struct shortest shortest = {.ns = 100 * MS_NS, .cure = "100ms or more"};

	return parse_duration(parse, value, &shortest, &parse->options->selfcheck_interval_ns);
}

int option_idle_timeout(const struct option_parse *parse, const char *value)
{
	static const struct shortest shortest = {
		.ns = SECOND_NS, .or_zero = true, .cure = "1s or more, or 0 to keep rows forever"};

	return parse_duration(parse, value, &shortest, &parse->options->idle_timeout_ns);
}

int option_labels(const struct option_parse *parse, const char *value)
{
	char reason[BIND_LABELS_ERROR_MAX];

	if (bind_labels_parse(value, &parse->options->labels, reason))
		return refuse(parse, value, "%s", reason);
	return 0;
}

int option_unit_fold(const struct option_parse *parse, const char *value)
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

int option_container_logs(const struct option_parse *parse, const char *value)
{
	if (*value != '/')
		return refuse(parse, value,
			      "not an absolute path; give the path of the node's "
			      "/var/log/containers as the exporter sees it");
	parse->options->container_logs = value;
	return 0;
}

static int parse_number(const struct option_parse *parse, const char *value, unsigned long min,
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

int option_max_series(const struct option_parse *parse, const char *value)
{
	return parse_number(parse, value, SNAPSHOT_MAX_ROWS_MIN, SNAPSHOT_MAX_ROWS_MAX,
			    &parse->options->max_series);
}

int option_max_requests(const struct option_parse *parse, const char *value)
{
	return parse_number(parse, value, 0, INT32_MAX, &parse->options->max_requests);
}

int option_listen_address(const struct option_parse *parse, const char *value)
{
	struct options *options = parse->options;

	if (options->listen_count == HTTP_LISTENERS_MAX)
		return refuse(parse, value, "too many addresses, the limit is %d; remove some",
			      HTTP_LISTENERS_MAX);
	options->listen_addresses[options->listen_count++] = value;
	return 0;
}

/* The path needs no escaping, neither in a URL nor on the status page. */
int option_telemetry_path(const struct option_parse *parse, const char *value)
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

/* An empty value means no file, as in all exporters of Prometheus. */
int option_web_config(const struct option_parse *parse, const char *value)
{
	parse->options->web_config = value[0] ? value : NULL;
	return 0;
}

int option_log_level(const struct option_parse *parse, const char *value)
{
	static const char *const levels[] = {"debug", "info", "warn", "error", NULL};
	int level;

	if (parse_name(parse, value, "level", levels, &level))
		return -EINVAL;
	parse->options->log_level = (enum log_level)level;
	return 0;
}

int option_log_format(const struct option_parse *parse, const char *value)
{
	static const char *const formats[] = {"logfmt", "json", NULL};
	int format;

	if (parse_name(parse, value, "format", formats, &format))
		return -EINVAL;
	parse->options->log_format = (enum log_format)format;
	return 0;
}
