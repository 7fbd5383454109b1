/* SPDX-License-Identifier: Apache-2.0 */
/* Metric families about the exporter itself and its process. */
#ifndef EXPORTER_METRICS_H
#define EXPORTER_METRICS_H

#include <stdbool.h>
#include <stdint.h>

struct collection;
struct exposition;

struct exporter_map {
	const char *name;
	uint64_t capacity; /* entries */
	uint64_t bytes;    /* of kernel memory */
};

#define EXPORTER_MAPS_MAX 12

/* Constant while the exporter runs. */
struct exporter_identity {
	const char *version;
	const char *revision;
	const char *branch;
	const char *mode;           /* the name of the attach mode */
	const char *node;           /* the host's name */
	const char *kernel;         /* its release */
	const char *telemetry_path; /* path at which metrics are served */
	bool sees_denials; /* the number of denied binds that may have been missed is known */
	uint32_t max_rows;
	uint32_t map_count;
	struct exporter_map maps[EXPORTER_MAPS_MAX];
};

struct exporter_status {
	bool collected;               /* the last collection succeeded */
	int selfcheck_error;          /* result of the last self-check: 0 or -errno */
	uint64_t selfcheck_wall_ns;   /* UNIX time of the last self-check, nanoseconds */
	uint64_t collect_wall_ns;     /* UNIX time of the last successful collection, nanoseconds */
	uint64_t collect_duration_ns; /* of the last successful collection */
	uint64_t collect_errors;
};

/* As defined by the standard process_* metrics. */
struct process_status {
	double cpu_seconds;
	double start_seconds; /* UNIX time */
	uint64_t open_fds;
	uint64_t max_fds; /* UINT64_MAX: no limit */
	uint64_t virtual_bytes;
	uint64_t virtual_max_bytes; /* UINT64_MAX: no limit */
	uint64_t resident_bytes;
	uint64_t threads;
};

void exporter_metrics_encode(const struct exposition *out, const struct exporter_identity *identity,
			     const struct exporter_status *status,
			     const struct collection *collection);

void process_metrics_encode(const struct exposition *out, const struct process_status *process);

#endif
