// SPDX-License-Identifier: Apache-2.0
/* Measures a collection and an encoding: 10,000 rows, counters of two CPUs. Results are medians. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "common/compress.h"
#include "common/text.h"
#include "common/units.h"
#include "metrics/pages/bind_metrics.h"
#include "metrics/pages/exporter_metrics.h"
#include "metrics/pages/exposition.h"
#include "metrics/pages/status/page.h"
#include "metrics/pages/status/rates.h"
#include "metrics/rows/snapshot.h"
#include "tests/lib/fake_kernel.h"

#define ROWS   10000
#define CPUS   2
#define ROUNDS 101

static double now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int ascending(const void *left, const void *right)
{
	double a = *(const double *)left, b = *(const double *)right;

	return a < b ? -1 : a > b;
}

static double median(double *values)
{
	qsort(values, ROUNDS, sizeof(*values), ascending);
	return values[ROUNDS / 2];
}

static void fill(struct fake_kernel *kernel)
{
	char name[16];

	for (uint32_t i = 0; i < ROWS; i++) {
		snprintf(name, sizeof(name), "process-%u", i);
		fake_kernel_claim(kernel, i, BIND_WELL_KNOWN, AF_INET, name, i);
		fake_kernel_count(kernel, i, i % CPUS, 1000000000ULL + i);
	}
}

/* The same page once more, and compressed. */
static void bench_formats(const struct snapshot *snapshot, const struct bind_metrics_config *config)
{
	static const char *const names[] = {"text", "OpenMetrics", "with _created"};

	for (int i = 0; i < 3; i++) {
		double encode[ROUNDS], compress[ROUNDS], begin;
		struct text text = {0}, gzip = {0};
		const struct exposition out = {&text, i ? EXPOSITION_OPENMETRICS : EXPOSITION_TEXT,
					       i == 2};

		for (int round = 0; round < ROUNDS; round++) {
			begin = now_us();
			text.length = 0;
			bind_metrics_encode(&out, snapshot_collection(snapshot), config);
			exposition_end(&out);
			encode[round] = now_us() - begin;
			text_free(&gzip);
			begin = now_us();
			compress_gzip(&text, &gzip);
			compress[round] = now_us() - begin;
		}
		printf("%-18s %8.0f us, %zu bytes; gzip %.0f us, %zu bytes\n", names[i],
		       median(encode), text.length, median(compress), gzip.length);
		text_free(&gzip);
		text_free(&text);
	}
}

/* The status page, which adds up all rows and shows some. */
static void bench_status(const struct snapshot *snapshot)
{
	static const struct exporter_identity identity = {
		.version = "1.2.3",
		.revision = "0123456789ab",
		.mode = "lsm",
		.node = "node",
		.kernel = "6.1.0",
		.telemetry_path = "/metrics",
	};
	static const struct exporter_status status = {.collected = true};
	struct rates rates = {0};
	double encode[ROUNDS];
	struct text text = {0};

	for (int round = 0; round < ROUNDS; round++) {
		const struct status_page page = {
			.identity = &identity,
			.status = &status,
			.rates = &rates,
			.now_ns = round * SECOND_NS,
		};
		double begin = now_us();

		text.length = 0;
		rates_note(&rates, snapshot_collection(snapshot)->rows, page.now_ns);
		status_page_encode(&text, snapshot_collection(snapshot), &page);
		encode[round] = now_us() - begin;
	}
	printf("page to look at    %8.0f us, %zu bytes\n", median(encode), text.length);
	text_free(&text);
	rates_forget(&rates);
}

int main(void)
{
	const struct snapshot_config config = {
		.table_bits = snapshot_table_bits(ROWS + ROW_SET_OTHERS),
		.max_rows = ROWS + ROW_SET_OTHERS,
	};
	const struct bind_metrics_config bind_config = {1700000000000000000, false};
	struct snapshot *snapshot = snapshot_new(&config);
	double collect[ROUNDS], encode[ROUNDS], begin;
	struct fake_kernel kernel;
	struct text text = {0};
	const struct exposition out = {&text, EXPOSITION_TEXT, false};

	fake_kernel_init(&kernel, config.table_bits, CPUS);
	fill(&kernel);
	begin = now_us();
	snapshot_collect(snapshot, &kernel.view);
	printf("first collection   %8.0f us for %u new rows\n", now_us() - begin,
	       snapshot_collection(snapshot)->rows->count);
	for (int i = 0; i < ROUNDS; i++) {
		begin = now_us();
		snapshot_collect(snapshot, &kernel.view);
		collect[i] = now_us() - begin;
		begin = now_us();
		text.length = 0;
		bind_metrics_encode(&out, snapshot_collection(snapshot), &bind_config);
		encode[i] = now_us() - begin;
	}
	printf("collection         %8.0f us for %u rows\n", median(collect),
	       snapshot_collection(snapshot)->rows->count);
	printf("encoding           %8.1f ns per series, %zu bytes a page\n",
	       median(encode) * 1e3 / (2.0 * ROWS), text.length);
	bench_formats(snapshot, &bind_config);
	bench_status(snapshot);
	text_free(&text);
	snapshot_free(snapshot);
	fake_kernel_free(&kernel);
	return EXIT_SUCCESS;
}
