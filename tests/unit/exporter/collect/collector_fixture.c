// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/exporter/collect/collector_fixture.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "metrics/pages/exporter_metrics.h"
#include "tests/lib/page_reader.h"
#include "tests/unit/suite.h"

struct collector *collector;
uint64_t page_idle_ns = 60000 * MS;
struct owners *owners;
struct container_logs *logs;

void collector_begin(uint64_t interval_ns, uint64_t selfcheck_interval_ns, bool exporter_metrics)
{
	static const struct exporter_identity identity = {
		.version = "v",
		.revision = "r",
		.branch = "b",
		.mode = "lsm",
		.node = "n",
		.kernel = "k",
		.telemetry_path = "/metrics",
		.max_rows = SNAPSHOT_MAX_ROWS_MIN,
	};
	const struct collector_config config = {
		.source = source,
		.pages = {&identity, NULL, exporter_metrics, exporter_metrics, false},
		.page_idle_ns = page_idle_ns,
		.interval_ns = interval_ns,
		.selfcheck_interval_ns = selfcheck_interval_ns,
		.rows = {.table_bits = BIND_TABLE_BITS_MIN,
			 .max_rows = SNAPSHOT_MAX_ROWS_MIN,
			 .labels = owners ? BIND_LABELS_OWNER : 0,
			 .idle_s = IDLE_S,
			 .owners = owners},
		.container_logs = logs,
	};

	source_begin(SNAPSHOT_MAX_ROWS_MIN);
	fake_kernel_claim(&kernel, 1, BIND_AUTO, AF_INET, "sshd", 1);
	fake_kernel_count(&kernel, 1, 0, 5);
	ck_assert_int_eq(collector_start(&config, &collector), 0);
}

void collector_end(void)
{
	collector_stop(collector);
	source_end();
}

/* Another thread reads the counters. Like the kernel, this writes atomically. */
void collector_count(uint64_t attempts)
{
	__atomic_fetch_add(&kernel.attempts[1], attempts, __ATOMIC_RELAXED);
}

char *collector_text(void)
{
	struct page *page = collector_page(collector, PAGE_TEXT);
	char *text = strndup(page_data(page), page_length(page));

	page_unref(page);
	return text;
}

uint64_t collector_value(const char *series)
{
	uint64_t value = UINT64_MAX;
	char *text = collector_text();

	page_value(text, series, &value);
	free(text);
	return value;
}

void collector_wait(const char *series, uint64_t expected)
{
	for (int i = 0; i < 500 && collector_value(series) != expected; i++)
		usleep(10000);
	ck_assert_uint_eq(collector_value(series), expected);
}
