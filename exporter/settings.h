/* SPDX-License-Identifier: Apache-2.0 */
/* The settings that the command line can change. Strings point into argv. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/log.h"
#include "exporter/attach/mode.h"
#include "metrics/rows/filter.h"
#include "metrics/rows/unit_fold.h"
#include "web/http/server.h"

#define OPTIONS_ERROR_MAX 512

struct options {
	enum bind_mode attach_mode; /* BIND_MODES: the first that works */
	const char *btf_path;       /* NULL: the kernel's own */
	bool results;               /* count the results of binds if the kernel allows it */
	const char *pin_path;       /* absolute; NULL: nothing is pinned */
	bool unpin; /* remove everything pinned under pin_path, which is not NULL, and exit */
	bool once;  /* print the page and exit */
	bool bpf_stats;
	bool comm_of_thread;
	struct filter filter;
	struct unit_fold unit_fold;
	uint64_t collect_interval_ns; /* 0: at every scrape */
	uint64_t selfcheck_interval_ns;
	uint64_t idle_timeout_ns;   /* 0: never */
	uint32_t labels;            /* enum bind_label: the optional labels */
	const char *container_logs; /* directory of the kubelet's links */
	bool last_attempt;
	uint32_t max_series;
	const char *listen_addresses[HTTP_LISTENERS_MAX];
	uint32_t listen_count;
	bool systemd_socket;    /* listen on the sockets from systemd, not on these addresses */
	const char *web_config; /* NULL: plain HTTP for all clients */
	bool check_web_config;  /* check that file, which is not NULL, and exit */
	const char *telemetry_path;
	bool exporter_metrics;
	bool created;          /* in OpenMetrics, export when counters began */
	uint32_t max_requests; /* 0: no limit */
	bool keep_privileges;
	enum log_level log_level;
	enum log_format log_format;
};

#endif
