/* SPDX-License-Identifier: Apache-2.0 */
/* What the command line can set. */
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
	const char *btf_path;       /* NULL: the kernel's own. Strings here point into argv. */
	bool results;               /* see the results of binds where the kernel allows */
	const char *pin_path;       /* absolute; NULL: nothing is pinned */
	bool unpin; /* remove what is pinned under pin_path, which is set, and exit */
	bool once;  /* print the page and exit */
	bool bpf_stats;
	bool comm_of_thread;
	struct filter filter;
	struct unit_fold unit_fold;
	uint64_t collect_interval_ns; /* 0: at every scrape */
	uint64_t selfcheck_interval_ns;
	uint64_t idle_timeout_ns;   /* 0: never */
	uint32_t labels;            /* enum bind_label: beyond category, family and comm */
	const char *container_logs; /* directory of the kubelet's links */
	bool last_attempt;
	uint32_t max_series;
	const char *listen_addresses[HTTP_LISTENERS_MAX];
	uint32_t listen_count;
	bool systemd_socket;    /* listen on what systemd hands over, not on these addresses */
	const char *web_config; /* NULL: plain HTTP for everybody */
	bool check_web_config;  /* only look at that file, which is set, and exit */
	const char *telemetry_path;
	bool exporter_metrics;
	bool created;          /* in OpenMetrics, when counters began */
	uint32_t max_requests; /* 0: no limit */
	bool keep_privileges;
	enum log_level log_level;
	enum log_format log_format;
};

#endif
