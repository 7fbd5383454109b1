/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The value of one option -> its field in struct options. Knows what values mean;
 * how options are spelled and described is in options.c.
 */
#ifndef OPTION_VALUES_H
#define OPTION_VALUES_H

#include "exporter/settings.h"

/* As argp hands them over. Flags come in pairs: --flag and --no-flag. */
enum option_key {
	KEY_ATTACH = 256,
	KEY_BTF,
	KEY_RESULTS,
	KEY_PIN_PATH,
	KEY_UNPIN,
	KEY_ONCE,
	KEY_STATS,
	KEY_NO_STATS,
	KEY_COMM_SOURCE,
	KEY_COMM_INCLUDE,
	KEY_COMM_EXCLUDE,
	KEY_FAMILY_INCLUDE,
	KEY_FAMILY_EXCLUDE,
	KEY_UNIT_INCLUDE,
	KEY_UNIT_EXCLUDE,
	KEY_NAMESPACE_INCLUDE,
	KEY_NAMESPACE_EXCLUDE,
	KEY_COLLECT_INTERVAL,
	KEY_SELFCHECK_INTERVAL,
	KEY_IDLE_TIMEOUT,
	KEY_LABELS,
	KEY_UNIT_FOLD,
	KEY_CONTAINER_LOGS,
	KEY_LAST_ATTEMPT,
	KEY_NO_LAST_ATTEMPT,
	KEY_MAX_SERIES,
	KEY_LISTEN_ADDRESS,
	KEY_SYSTEMD_SOCKET,
	KEY_NO_SYSTEMD_SOCKET,
	KEY_WEB_CONFIG,
	KEY_CHECK_WEB_CONFIG,
	KEY_TELEMETRY_PATH,
	KEY_DISABLE_EXPORTER_METRICS,
	KEY_NO_DISABLE_EXPORTER_METRICS,
	KEY_OPENMETRICS_CREATED,
	KEY_NO_OPENMETRICS_CREATED,
	KEY_MAX_REQUESTS,
	KEY_KEEP_PRIVILEGES,
	KEY_NO_KEEP_PRIVILEGES,
	KEY_LOG_LEVEL,
	KEY_LOG_FORMAT,
};

/*
 * name: of the option, without dashes, for the error. value: NULL for a flag, else
 * kept by options where they hold strings. 0; -ENOENT: key is none of these;
 * -EINVAL with cause and cure in ret_error, and options as they were.
 */
int option_value_parse(struct options *options, int key, const char *name, const char *value,
		       char ret_error[OPTIONS_ERROR_MAX]);

#endif
