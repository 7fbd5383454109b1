// SPDX-License-Identifier: Apache-2.0
/*
 * The whole page of every format must equal those in golden/. To accept an intended change, set
 * UPDATE_GOLDEN=1 on the command line, then read the diff.
 */
#include "metrics/pages/exposition.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "metrics/owners/owners.h"
#include "metrics/pages/bind_metrics.h"
#include "metrics/pages/exporter_metrics.h"
#include "metrics/rows/filter.h"
#include "metrics/rows/ledger.h"
#include "metrics/rows/snapshot.h"
#include "tests/lib/fake_kernel.h"
#include "tests/lib/scratch.h"
#include "tests/unit/suite.h"

static void fill_golden(struct fake_kernel *kernel)
{
	fake_kernel_init(kernel, 12, 2);
	fake_kernel_claim(kernel, 1, BIND_WELL_KNOWN, AF_INET, "nginx", 1000000000);
	fake_kernel_claim(kernel, 2, BIND_REGISTERED, AF_INET6, "a\"b\\c\nd", 2999999999);
	fake_kernel_claim(kernel, 3, BIND_PATHNAME, AF_UNIX, "\xff\xfe", 3000000000);
	fake_kernel_claim(kernel, 4, BIND_NONE, AF_NETLINK, "", 4001000000);
	fake_kernel_claim(kernel, 5, BIND_AUTO, AF_INET, "(other)", 5000000000);
	fake_kernel_claim(kernel, 6, BIND_INVALID, 60, "caf\xc3\xa9", 6000000000);
	fake_kernel_claim(kernel, 7, BIND_NONE, AF_PACKET, "filtered", 6500000000);
	fake_kernel_claim(kernel, 8, BIND_DYNAMIC, AF_INET6, "esc\x1b[2Jdel\x7f", 6600000000);
	fake_kernel_claim(kernel, 9, BIND_DYNAMIC, AF_INET6, "nel\xc2\x85ls\xe2\x80\xa8",
			  6700000000);
	fake_kernel_claim(kernel, 10, BIND_DYNAMIC, AF_INET6, "nel\xffls\r", 6800000000);
	for (uint32_t entry = 1; entry <= 10; entry++)
		fake_kernel_count(kernel, entry, entry % 2, entry * 11);
	fake_kernel_count(kernel, 1, 0, 18446744073709551000ULL);
	fake_kernel_overflow(kernel, 1, BIND_DYNAMIC, AF_INET, 7);
	kernel->table[1].last_s = 6;
	fake_kernel_fail(kernel, 1, 1, EADDRINUSE, 12);
	fake_kernel_fail(kernel, 2, 1, 524, 2);
	fake_kernel_fail(kernel, 3, 2, EACCES, 1);
	kernel->missed[BIND_MISSED_RESULT] = 4;
	kernel->missed[BIND_MISSED_ADDRESS] = 1;
	kernel->view.results = true;
	kernel->view.program_count = 1;
	kernel->view.programs[0] = (struct bind_program_stats){"lsm_socket_bind", 1500000, 1000};
	kernel->view.now_ns = 7000000000;
	kernel->view.recursion_misses = 5;
}

/* Retired rows come from a ledger. */
static void load_golden(struct snapshot *snapshot)
{
	struct ledger *ledger = calloc(1, ledger_size(0, false));

	ck_assert_ptr_nonnull(ledger);
	ledger->totals.retired[bind_overflow_index(0, BIND_AUTO, AF_INET)] = 40;
	ledger->totals.retired[bind_overflow_index(0, BIND_INVALID, 50)] = 1;
	ledger->totals.retired[bind_overflow_index(0, BIND_INVALID, 51)] = 2;
	ledger->totals.retired_failures[bind_overflow_index(0, BIND_AUTO, AF_INET)] = 3;
	ck_assert_int_eq(snapshot_load(snapshot, ledger, 0, 0), 0);
	free(ledger);
}

static const struct exporter_identity identity = {
	.version = "1.2.3",
	.revision = "0123456789ab",
	.branch = "main",
	.mode = "lsm",
	.sees_denials = true,
	.max_rows = 2000,
	.map_count = 2,
	.maps = {{"table", 4096, 135168}, {"attempts", 8192, 69632}},
};

static const struct exporter_status status = {
	.collected = true,
	.selfcheck_wall_ns = 1700000000000000000,
	.collect_wall_ns = 1700000001250000000,
	.collect_duration_ns = 61803,
	.collect_errors = 3,
};

static const struct process_status process = {
	.cpu_seconds = 0.25,
	.start_seconds = 1699999990.5,
	.open_fds = 22,
	.max_fds = 1024,
	.virtual_bytes = 161746944,
	.virtual_max_bytes = UINT64_MAX,
	.resident_bytes = 5947392,
	.threads = 3,
};

static void encode_golden(const struct exposition *out, uint32_t labels)
{
	static struct filter filter;
	const struct snapshot_config rows = {
		.table_bits = 12,
		.max_rows = 2000,
		.labels = labels,
		.owners = labels ? owners_new() : NULL,
		.filter = &filter,
	};
	const struct bind_metrics_config bind_config = {1699999000000000000, true};
	struct snapshot *snapshot = snapshot_new(&rows);
	struct fake_kernel kernel;

	filter_add(&filter, FILTER_COMM_EXCLUDE, "filtered");
	fill_golden(&kernel);
	load_golden(snapshot);
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(snapshot_collect(snapshot, &kernel.view), 0);
	exporter_metrics_encode(out, &identity, &status, snapshot_collection(snapshot));
	bind_metrics_encode(out, snapshot_collection(snapshot), &bind_config);
	process_metrics_encode(out, &process);
	exposition_end(out);
	ck_assert(!out->text->failed);
	snapshot_free(snapshot);
	owners_free(rows.owners);
	fake_kernel_free(&kernel);
}

static const struct {
	const char *golden;
	enum exposition_format format;
	bool created;
	uint32_t labels;
} pages[] = {
	{GOLDEN "/metrics.prom", EXPOSITION_TEXT, false, 0},
	{GOLDEN "/metrics.prom", EXPOSITION_TEXT, true, 0}, /* unknown to it */
	{GOLDEN "/labels.prom", EXPOSITION_TEXT, false, BIND_LABELS_ALL},
	{GOLDEN "/metrics.openmetrics", EXPOSITION_OPENMETRICS, false, 0},
	{GOLDEN "/created.openmetrics", EXPOSITION_OPENMETRICS, true, 0},
};

START_TEST(page_is_golden)
{
	struct text text = {0};
	size_t length;
	char *golden;

	encode_golden(&(struct exposition){&text, pages[_i].format, pages[_i].created},
		      pages[_i].labels);
	if (getenv("UPDATE_GOLDEN")) {
		remove(pages[_i].golden);
		ck_assert_int_eq(scratch_write(pages[_i].golden, text.data, text.length), 0);
	}
	ck_assert_int_eq(scratch_read(pages[_i].golden, &golden, &length), 0);
	text_append(&text, "", 1);
	ck_assert_str_eq(text.data, golden);
	free(golden);
	text_free(&text);
}
END_TEST

static const struct {
	enum exposition_format format;
	const char *type;
	const char *page;
} families[] = {
	{EXPOSITION_TEXT, "counter", "# HELP a_total \"b\" \\\\ \\n.\n# TYPE a_total counter\n"},
	{EXPOSITION_OPENMETRICS, "counter", "# HELP a \\\"b\\\" \\\\ \\n.\n# TYPE a counter\n"},
	{EXPOSITION_TEXT, "gauge", "# HELP a_total \"b\" \\\\ \\n.\n# TYPE a_total gauge\n"},
	{EXPOSITION_OPENMETRICS, "gauge",
	 "# HELP a_total \\\"b\\\" \\\\ \\n.\n# TYPE a_total gauge\n"},
};

START_TEST(help_is_escaped)
{
	const struct metric metric = {"a_total", families[_i].type, "\"b\" \\ \n."};
	struct text text = {0};

	exposition_family(&(struct exposition){&text, families[_i].format, false}, &metric);
	text_append(&text, "", 1);
	ck_assert_str_eq(text.data, families[_i].page);
	text_free(&text);
}
END_TEST

static const struct {
	uint64_t value;
	const char *text;
} integers[] = {
	{0, "0"},
	{9, "9"},
	{10, "10"},
	{99, "99"},
	{100, "100"},
	{101, "101"},
	{1009, "1009"},
	{12345, "12345"},
	{1000000, "1000000"},
	{9007199254740993, "9007199254740993"}, /* 2^53 + 1: no double holds it */
	{UINT64_MAX, "18446744073709551615"},
};

START_TEST(integers_are_exact)
{
	char number[TEXT_NUMBER_MAX + 1];

	*text_format_u64(number, integers[_i].value) = '\0';
	ck_assert_str_eq(number, integers[_i].text);
}
END_TEST

static const struct {
	double value;
	const char *text;
} doubles[] = {
	{0, "0"},
	{0.25, "0.25"},
	{6.1803e-05, "6.1803e-05"},
	{1e300, "1e+300"},
	{0.1, "0.1"},
	{1.0 / 3, "0.3333333333333333"},
	{1699999990.5, "1699999990.5"},
	{-1, "-1"},
};

START_TEST(doubles_are_short_and_exact)
{
	struct text text = {0};

	text_append_double(&text, doubles[_i].value);
	text_append(&text, "", 1);
	ck_assert_str_eq(text.data, doubles[_i].text);
	text_free(&text);
}
END_TEST

static const struct {
	uint64_t ns;
	const char *text;
} times[] = {
	{0, "0.000"},
	{999999, "0.000"},
	{1000000, "0.001"},
	{1234567890, "1.234"},
	{1700000000999999999, "1700000000.999"},
	{UINT64_MAX, "18446744073.709"},
};

START_TEST(nanoseconds_become_seconds)
{
	char number[TEXT_NUMBER_MAX + 1];

	*text_format_nanoseconds(number, times[_i].ns) = '\0';
	ck_assert_str_eq(number, times[_i].text);
}
END_TEST

START_TEST(text_grows)
{
	struct text text = {0};

	for (int i = 0; i < 100000; i++)
		text_append(&text, "0123456789", 10);
	ck_assert(!text.failed);
	ck_assert_uint_eq(text.length, 1000000);
	ck_assert_int_eq(text.data[999999], '9');
	text_free(&text);
	ck_assert_ptr_null(text.data);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{page_is_golden, ARRAY_SIZE(pages)},
		{help_is_escaped, ARRAY_SIZE(families)},
		{integers_are_exact, ARRAY_SIZE(integers)},
		{doubles_are_short_and_exact, ARRAY_SIZE(doubles)},
		{nanoseconds_become_seconds, ARRAY_SIZE(times)},
		{text_grows, 0},
	};

	return run_suite("exposition", tests, ARRAY_SIZE(tests));
}
