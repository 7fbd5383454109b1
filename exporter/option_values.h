/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Parsers: the value of one option -> its field in struct options. They know what values mean;
 * options.c knows how options are spelled and described. Pure functions.
 */
#ifndef OPTION_VALUES_H
#define OPTION_VALUES_H

#include <stddef.h>
#include <stdint.h>

#include "exporter/settings.h"

struct option_entry;

/* What a parser gets. */
struct option_parse {
	struct options *options;
	const struct option_entry *entry;
	char *error; /* OPTIONS_ERROR_MAX bytes */
};

/*
 * value: NULL for a flag, otherwise kept by options where they hold strings. 0; -EINVAL with cause
 * and cure in error, and options untouched.
 */
typedef int option_parser(const struct option_parse *parse, const char *value);

/* One option. */
struct option_entry {
	const char *name;     /* without its dashes */
	const char *argument; /* name of the value; NULL: the option is a flag */
	const char *help;     /* NULL: the option is hidden */
	option_parser *parse;
	size_t field;           /* option_flag: offset of a bool in struct options */
	int detail;             /* option_flag: its value; option_glob: enum filter_list */
	uint32_t label;         /* enum bind_label: rows must have this label; 0: none */
	const char *label_name; /* the name of that label */
};

option_parser option_attach, option_btf, option_collect_interval, option_comm_source,
	option_container_logs, option_flag, option_glob, option_idle_timeout, option_labels,
	option_listen_address, option_log_format, option_log_level, option_max_requests,
	option_max_series, option_pin_path, option_results, option_selfcheck_interval,
	option_telemetry_path, option_unit_fold, option_web_config;

#endif
