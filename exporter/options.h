/* SPDX-License-Identifier: Apache-2.0 */
/* The command line. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "bind_source.h"
#include "filter.h"
#include "http_server.h"
#include "log.h"
#include "unit_fold.h"

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

/*
 * 0, or -EINVAL with one line that names the cause and the cure in ret_error.
 * --help and --version print to standard output and exit with 0.
 */
int options_parse(int argc, char **argv, struct options *ret_options,
		  char ret_error[OPTIONS_ERROR_MAX]);

#endif
