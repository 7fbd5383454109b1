// SPDX-License-Identifier: Apache-2.0
#include "metrics/pages/exporter_metrics.h"

#include <stdio.h>

#include "metrics/pages/exposition.h"
#include "metrics/rows/collection.h"
#include "metrics/rows/names.h"
#include "metrics/rows/row_set.h"

#define PREFIX "socket_bind_exporter_"

/* clang-format off: one metric a line, its help below */
static const struct metric build_info = {
	PREFIX "build_info", "gauge", "Always 1; the labels describe the build of the exporter."};
static const struct metric attach_info = {
	PREFIX "attach_info", "gauge",
	"Always 1; mode is the kernel hook that counts, results is all if the results of binds are counted, otherwise none."};
static const struct metric up = {
	PREFIX "up", "gauge",
	"1 if the last collection and the last self-check succeeded, otherwise 0: the counts are then stale or incomplete."};
static const struct metric selfcheck_success = {
	PREFIX "selfcheck_success", "gauge",
	"1 if the last self-check succeeded, which means that the hook saw the exporter's own bind; otherwise 0."};
static const struct metric selfcheck_timestamp = {PREFIX "selfcheck_timestamp_seconds", "gauge",
						  "Unix time of the last self-check, in seconds."};
static const struct metric collect_duration = {
	PREFIX "collect_duration_seconds", "gauge",
	"Duration of the last successful collection, in seconds, from reading the kernel's counters to sorted rows."};
static const struct metric collect_timestamp = {
	PREFIX "collect_timestamp_seconds", "gauge",
	"Unix time of the last successful collection, in seconds. The kernel's counters are read every --collect.interval; if that is 0, at every scrape."};
static const struct metric collect_errors = {PREFIX "collect_errors_total", "counter",
					     "Number of collections that failed."};
static const struct metric series = {PREFIX "series", "gauge",
				     "Number of rows of socket_bind_attempts_total."};
static const struct metric series_limit = {
	PREFIX "series_limit", "gauge",
	"Maximum number of rows of socket_bind_attempts_total (--metrics.max-series)."};
static const struct metric unresolved = {
	PREFIX "unresolved_containers", "gauge",
	"Number of cgroups that are a container's, or look like one's, and whose names are not known ten seconds after their first bind at the latest."};
static const struct metric map_entries = {
	PREFIX "map_entries", "gauge",
	"Number of entries in use in the current half of a BPF map."};
static const struct metric map_capacity = {
	PREFIX "map_capacity", "gauge",
	"Maximum number of entries of a BPF map, all halves and CPUs included."};
static const struct metric map_bytes = {PREFIX "map_bytes", "gauge",
					"Kernel memory used by a BPF map, in bytes."};
static const struct metric overflow = {
	PREFIX "overflow_attempts_total", "counter",
	"Number of attempts that found no free entry in the kernel's table; they are part of the rows with comm (other)."};
static const struct metric missed = {
	PREFIX "missed_attempts_total", "counter",
	"Number of attempts that could not be counted in any row, by reason."};
static const struct metric missed_results = {PREFIX "missed_results_total", "counter",
					     "Number of attempts whose result is not known."};
static const struct metric missed_denials = {
	PREFIX "missed_denials_total", "counter",
	"Upper limit of the number of missed attempts that an earlier security module denied."};
static const struct metric filtered = {
	PREFIX "filtered_attempts_total", "counter",
	"Number of attempts kept out of the rows by filters (--comm.*, --family.*, --unit.*, --namespace.*)."};
static const struct metric retired = {
	PREFIX "retired_attempts_total", "counter",
	"Number of attempts of retired rows, which were removed after being idle for --series.idle-timeout."};
static const struct metric retired_failures = {PREFIX "retired_failures_total", "counter",
					       "Number of failed attempts of retired rows."};
static const struct metric run_time = {
	PREFIX "bpf_run_time_seconds_total", "counter",
	"Total run time of a BPF program of the exporter, in seconds, measured by the kernel (--bpf.stats)."};
static const struct metric runs = {
	PREFIX "bpf_runs_total", "counter",
	"Number of runs of a BPF program of the exporter, counted by the kernel (--bpf.stats)."};

static const struct metric process_cpu = {"process_cpu_seconds_total", "counter",
					  "Total user and system CPU time spent in seconds."};
static const struct metric process_max_fds = {"process_max_fds", "gauge",
					      "Maximum number of open file descriptors."};
static const struct metric process_open_fds = {"process_open_fds", "gauge",
					       "Number of open file descriptors."};
static const struct metric process_resident = {"process_resident_memory_bytes", "gauge",
					       "Resident memory size in bytes."};
static const struct metric process_start = {
	"process_start_time_seconds", "gauge",
	"Start time of the process since unix epoch in seconds."};
static const struct metric process_threads = {"process_threads", "gauge",
					      "Number of OS threads in the process."};
static const struct metric process_virtual = {"process_virtual_memory_bytes", "gauge",
					      "Virtual memory size in bytes."};
static const struct metric process_virtual_max = {
	"process_virtual_memory_max_bytes", "gauge",
	"Maximum amount of virtual memory available in bytes."};
/* clang-format on */

static void single_nanoseconds(const struct exposition *out, const struct metric *metric,
			       uint64_t ns)
{
	exposition_family(out, metric);
	exposition_nanoseconds(out, metric, "", ns);
}

/* Values come from this program (versions, modes, map names) and need no escaping. */
static void encode_info(const struct exposition *out, const struct exporter_identity *identity,
			bool results)
{
	char labels[256];

	snprintf(labels, sizeof(labels), "{version=\"%s\",revision=\"%s\",branch=\"%s\"}",
		 identity->version, identity->revision, identity->branch);
	exposition_family(out, &build_info);
	exposition_u64(out, &build_info, labels, 1);
	snprintf(labels, sizeof(labels), "{mode=\"%s\",results=\"%s\"}", identity->mode,
		 results ? "all" : "none");
	exposition_family(out, &attach_info);
	exposition_u64(out, &attach_info, labels, 1);
}

static void encode_status(const struct exposition *out, const struct exporter_status *status)
{
	exposition_single_u64(out, &up, status->collected && !status->selfcheck_error);
	exposition_single_u64(out, &selfcheck_success, !status->selfcheck_error);
	single_nanoseconds(out, &selfcheck_timestamp, status->selfcheck_wall_ns);
	exposition_single_double(out, &collect_duration, (double)status->collect_duration_ns / 1e9);
	single_nanoseconds(out, &collect_timestamp, status->collect_wall_ns);
	exposition_single_u64(out, &collect_errors, status->collect_errors);
}

static void encode_maps(const struct exposition *out, const struct exporter_identity *identity,
			const struct collection *collection)
{
	char labels[64];

	exposition_family(out, &map_entries);
	exposition_u64(out, &map_entries, "{map=\"table\"}", collection->entries);
	exposition_u64(out, &map_entries, "{map=\"failures\"}", collection->failure_entries);
	exposition_family(out, &map_capacity);
	for (uint32_t i = 0; i < identity->map_count; i++) {
		snprintf(labels, sizeof(labels), "{map=\"%s\"}", identity->maps[i].name);
		exposition_u64(out, &map_capacity, labels, identity->maps[i].capacity);
	}
	exposition_family(out, &map_bytes);
	for (uint32_t i = 0; i < identity->map_count; i++) {
		snprintf(labels, sizeof(labels), "{map=\"%s\"}", identity->maps[i].name);
		exposition_u64(out, &map_bytes, labels, identity->maps[i].bytes);
	}
}

static void encode_missed(const struct exposition *out, const struct totals *totals)
{
	char labels[64];

	exposition_family(out, &missed);
	for (unsigned int reason = 0; bind_missed_name(reason); reason++) {
		snprintf(labels, sizeof(labels), "{reason=\"%s\"}", bind_missed_name(reason));
		exposition_u64(out, &missed, labels, totals->missed[reason]);
	}
	exposition_u64(out, &missed, "{reason=\"recursion\"}", totals->recursion_misses);
}

static void encode_kind(const struct exposition *out, const struct metric *metric, uint8_t category,
			const char *family, uint64_t value)
{
	char labels[96];

	if (!value)
		return;
	snprintf(labels, sizeof(labels), "{category=\"%s\",family=\"%s\"}",
		 bind_category_name(category), family);
	exposition_u64(out, metric, labels, value);
}

/* Families without a name are added up as one. slots: by bind_overflow_index(0, …). */
static void encode_by_kind(const struct exposition *out, const struct metric *metric,
			   const uint64_t *slots)
{
	exposition_family(out, metric);
	for (uint8_t category = 1; category <= BIND_CATEGORIES; category++) {
		uint64_t nameless = 0;

		for (uint16_t family = 0; family < BIND_FAMILIES; family++) {
			uint64_t value = slots[bind_overflow_index(0, category, family)];

			if (family == 0 || family > BIND_NAMED_FAMILIES)
				nameless += value;
			else
				encode_kind(out, metric, category, bind_family_name(family), value);
		}
		encode_kind(out, metric, category, bind_family_name(0), nameless);
	}
}

static void encode_programs(const struct exposition *out, const struct collection *collection)
{
	char labels[BIND_PROGRAMS_MAX][64];

	for (uint32_t i = 0; i < collection->program_count; i++)
		snprintf(labels[i], sizeof(labels[i]), "{program=\"%s\"}",
			 collection->programs[i].name);
	exposition_family(out, &run_time);
	for (uint32_t i = 0; i < collection->program_count; i++)
		exposition_double(out, &run_time, labels[i],
				  (double)collection->programs[i].run_ns / 1e9);
	exposition_family(out, &runs);
	for (uint32_t i = 0; i < collection->program_count; i++)
		exposition_u64(out, &runs, labels[i], collection->programs[i].runs);
}

void exporter_metrics_encode(const struct exposition *out, const struct exporter_identity *identity,
			     const struct exporter_status *status,
			     const struct collection *collection)
{
	const struct totals *totals = &collection->totals;

	encode_info(out, identity, collection->results);
	encode_status(out, status);
	exposition_single_u64(out, &series, collection->rows->count);
	exposition_single_u64(out, &series_limit, identity->max_rows);
	if (collection->owned)
		exposition_single_u64(out, &unresolved, collection->unresolved);
	encode_maps(out, identity, collection);
	exposition_single_u64(out, &overflow, totals->overflow);
	encode_missed(out, totals);
	if (collection->results)
		exposition_single_u64(out, &missed_results, totals->missed[BIND_MISSED_RESULT]);
	if (identity->sees_denials)
		exposition_single_u64(out, &missed_denials, totals->recursion_misses);
	encode_by_kind(out, &filtered, totals->filtered);
	encode_by_kind(out, &retired, totals->retired);
	if (collection->results)
		encode_by_kind(out, &retired_failures, totals->retired_failures);
	if (collection->program_count)
		encode_programs(out, collection);
}

void process_metrics_encode(const struct exposition *out, const struct process_status *process)
{
	exposition_single_double(out, &process_cpu, process->cpu_seconds);
	exposition_single_u64(out, &process_max_fds, process->max_fds);
	exposition_single_u64(out, &process_open_fds, process->open_fds);
	exposition_single_u64(out, &process_resident, process->resident_bytes);
	exposition_single_double(out, &process_start, process->start_seconds);
	exposition_single_u64(out, &process_threads, process->threads);
	exposition_single_u64(out, &process_virtual, process->virtual_bytes);
	exposition_single_u64(out, &process_virtual_max, process->virtual_max_bytes);
}
