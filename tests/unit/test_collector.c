// SPDX-License-Identifier: Apache-2.0
/* The collector over a source that fails or goes blind on demand. */
#include "exporter/collect/collector.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "captured.h"
#include "common/page.h"
#include "exporter/collect/container_logs.h"
#include "fake_kernel.h"
#include "metrics/owners/owners.h"
#include "metrics/pages/exporter_metrics.h"
#include "metrics/rows/snapshot.h"
#include "page_reader.h"
#include "scratch.h"
#include "suite.h"

#define ROW     "socket_bind_attempts_total{category=\"auto\",family=\"inet\",comm=\"sshd\"}"
#define MS      1000000ULL
#define RETIRED "socket_bind_exporter_retired_attempts_total{category=\"auto\",family=\"inet\"}"
#define IDLE_S  3600

static struct fake_kernel kernel;
static atomic_int view_error, selfcheck_error;
static atomic_uint views;
static atomic_bool hangs;
static struct collector *collector;
static uint64_t page_idle_ns = 60000 * MS;
static struct owners *owners; /* if set, rows have owners */
static struct container_logs *logs;

static int view(void *context, struct bind_view *ret_view)
{
	(void)context;
	atomic_fetch_add(&views, 1);
	while (atomic_load(&hangs))
		usleep(1000);
	if (atomic_load(&view_error))
		return atomic_load(&view_error);
	*ret_view = kernel.view;
	return 0;
}

static int selfcheck(void *context)
{
	(void)context;
	return atomic_load(&selfcheck_error);
}

static const struct ledger *no_ledger(void *context)
{
	static const struct ledger ledger;

	(void)context;
	return &ledger;
}

/*
 * The source can forget. Its ledger has two copies; the test looks at one of them. Calls fail on
 * demand.
 */
static struct ledger *written;
static uint64_t ledger_generation;
static int turn_error, settle_error;
static unsigned int turns;

static bool is_turned(void *context)
{
	(void)context;
	return kernel.view.generation != ledger_generation;
}

static int turn(void *context)
{
	(void)context;
	turns++;
	if (!turn_error)
		fake_kernel_turn(&kernel);
	return turn_error;
}

static int settle(void *context, struct bind_view *ret_view, struct ledger **ret_ledger)
{
	(void)context;
	if (settle_error)
		return settle_error;
	*ret_view = kernel.view;
	ret_view->generation--;
	*ret_ledger = written;
	return 0;
}

static void commit(void *context)
{
	(void)context;
	ledger_generation = kernel.view.generation;
}

static void start(uint64_t interval_ns, uint64_t selfcheck_interval_ns, bool exporter_metrics)
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
		.source = {NULL, view, selfcheck, no_ledger, is_turned, turn, settle, commit},
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

	fake_kernel_init(&kernel, BIND_TABLE_BITS_MIN, 2);
	fake_kernel_claim(&kernel, 1, BIND_AUTO, AF_INET, "sshd", 1);
	fake_kernel_count(&kernel, 1, 0, 5);
	ck_assert_int_eq(collector_start(&config, &collector), 0);
}

static void stop(void)
{
	collector_stop(collector);
	fake_kernel_free(&kernel);
}

/* Another thread reads the counters. Like the kernel, this writes atomically. */
static void count(uint64_t attempts)
{
	__atomic_fetch_add(&kernel.attempts[1], attempts, __ATOMIC_RELAXED);
}

static char *page_text(void)
{
	struct page *page = collector_page(collector, PAGE_TEXT);
	char *text = strndup(page_data(page), page_length(page));

	page_unref(page);
	return text;
}

/* UINT64_MAX: not on the page. */
static uint64_t value_of(const char *series)
{
	uint64_t value = UINT64_MAX;
	char *text = page_text();

	page_value(text, series, &value);
	free(text);
	return value;
}

static void wait_for(const char *series, uint64_t expected)
{
	for (int i = 0; i < 500 && value_of(series) != expected; i++)
		usleep(10000);
	ck_assert_uint_eq(value_of(series), expected);
}

START_TEST(publishes_at_once_and_periodically)
{
	char problem[256] = "", *text;

	start(5 * MS, 60000 * MS, true);
	ck_assert_uint_eq(value_of(ROW), 5);
	ck_assert_uint_eq(value_of("socket_bind_exporter_up"), 1);
	ck_assert_ptr_null(collector_unready(collector));
	count(7);
	wait_for(ROW, 12);
	text = page_text();
	ck_assert_msg(!page_problem(text, problem, sizeof(problem)), "%s", problem);
	free(text);
	stop();
}
END_TEST

START_TEST(collects_at_every_scrape)
{
	start(0, 60000 * MS, true);
	for (uint64_t total = 5; total < 55; total++, count(1)) {
		unsigned int before = atomic_load(&views);

		ck_assert_uint_eq(value_of(ROW), total);
		ck_assert_uint_eq(atomic_load(&views), before + 1);
	}
	stop();
}
END_TEST

START_TEST(keeps_the_rows_when_collecting_fails)
{
	start(5 * MS, 60000 * MS, true);
	atomic_store(&view_error, -EIO);
	wait_for("socket_bind_exporter_up", 0);
	ck_assert_uint_eq(value_of(ROW), 5);
	ck_assert_uint_eq(value_of("socket_bind_exporter_selfcheck_success"), 1);
	ck_assert_uint_ge(value_of("socket_bind_exporter_collect_errors_total"), 1);
	ck_assert_str_eq(collector_unready(collector), "the last collection failed");
	count(1);
	atomic_store(&view_error, 0);
	wait_for("socket_bind_exporter_up", 1);
	ck_assert_uint_eq(value_of(ROW), 6);
	ck_assert_ptr_null(collector_unready(collector));
	stop();
}
END_TEST

START_TEST(notices_a_blind_hook)
{
	start(_i ? 5 * MS : 0, 5 * MS, true);
	atomic_store(&selfcheck_error, -ENODATA);
	wait_for("socket_bind_exporter_up", 0);
	ck_assert_uint_eq(value_of("socket_bind_exporter_selfcheck_success"), 0);
	ck_assert_uint_eq(value_of("socket_bind_exporter_collect_errors_total"), 0);
	ck_assert_uint_eq(value_of(ROW), 5);
	ck_assert_ptr_nonnull(collector_unready(collector));
	atomic_store(&selfcheck_error, 0);
	wait_for("socket_bind_exporter_up", 1);
	stop();
}
END_TEST

static void wait_for_views(unsigned int more)
{
	unsigned int before = atomic_load(&views);

	for (int i = 0; i < 3000 && atomic_load(&views) - before < more; i++)
		usleep(10000);
	ck_assert_uint_ge(atomic_load(&views) - before, more);
}

/*
 * Ten seconds, at a tenth of a second each: a lasting failure is logged when it begins and when it
 * ends.
 */
START_TEST(says_once_what_lasts)
{
	static const char *const said[] = {"collection failed", "binds are not counted",
					   "collection works again", "self-check works again"};
	char log[4096];
	size_t lines = 0;

	ck_assert_int_eq(capture_begin(), 0);
	start(2 * MS, 2 * MS, true);
	atomic_store(&view_error, -EIO);
	atomic_store(&selfcheck_error, -ENODATA);
	wait_for_views(100);
	atomic_store(&view_error, 0);
	atomic_store(&selfcheck_error, 0);
	wait_for_views(100);
	stop();
	capture_end(log, sizeof(log));
	for (const char *line = log; (line = strchr(line, '\n')); line++)
		lines++;
	ck_assert_msg(lines == ARRAY_SIZE(said), "%zu lines:\n%s", lines, log);
	for (size_t i = 0; i < ARRAY_SIZE(said); i++)
		ck_assert_msg(strstr(log, said[i]), "no \"%s\":\n%s", said[i], log);
}
END_TEST

START_TEST(waits_without_being_late)
{
	start(60000 * MS, 60000 * MS, true);
	usleep(300000);
	ck_assert_uint_eq(collector_late_ns(collector), 0);
	stop();
}
END_TEST

static void wait_until_late(bool late)
{
	for (int i = 0; i < 500 && (collector_late_ns(collector) >= 300 * MS) != late; i++)
		usleep(10000);
	ck_assert_int_eq(collector_late_ns(collector) >= 300 * MS, late);
}

START_TEST(knows_when_it_hangs)
{
	start(5 * MS, 60000 * MS, true);
	wait_for_views(20);
	wait_until_late(false);
	atomic_store(&hangs, true);
	wait_until_late(true);
	atomic_store(&hangs, false);
	wait_until_late(false);
	stop();
}
END_TEST

START_TEST(leaves_out_exporter_metrics)
{
	char *text;

	start(0, 60000 * MS, false);
	text = page_text();
	ck_assert_ptr_nonnull(strstr(text, ROW " 5\n"));
	ck_assert_ptr_null(strstr(text, "socket_bind_exporter_"));
	ck_assert_ptr_null(strstr(text, "process_"));
	free(text);
	stop();
}
END_TEST

START_TEST(a_page_outlives_the_next)
{
	struct page *old;

	start(0, 60000 * MS, true);
	old = collector_page(collector, PAGE_TEXT);
	count(1);
	ck_assert_uint_eq(value_of(ROW), 6);
	ck_assert_ptr_nonnull(strstr(page_data(old), ROW " 5\n"));
	stop();
	page_unref(old);
}
END_TEST

/* Another kind is made from its first request on, for as long as it is requested. */
START_TEST(makes_kinds_that_are_asked_for)
{
	struct page *first, *second;
	unsigned int before;

	page_idle_ns = _i ? 0 : 60000 * MS; /* 0: each request is the first */
	start(60000 * MS, 60000 * MS, true);
	before = atomic_load(&views);
	count(1);
	ck_assert_uint_eq(value_of(ROW), 5);
	ck_assert_uint_eq(atomic_load(&views), before);
	first = collector_page(collector, PAGE_OPENMETRICS);
	if (_i) { /* idle before the collection began */
		ck_assert_ptr_null(first);
		stop();
		return;
	}
	ck_assert_ptr_nonnull(first);
	ck_assert_ptr_nonnull(strstr(page_data(first), ROW " 6\n"));
	ck_assert_int_eq(memcmp(page_data(first) + page_length(first) - 6, "# EOF\n", 6), 0);
	ck_assert_uint_eq(atomic_load(&views), before + 1);
	ck_assert_uint_eq(value_of(ROW), 6);
	second = collector_page(collector, PAGE_OPENMETRICS);
	ck_assert_ptr_eq(first, second);
	page_unref(first);
	page_unref(second);
	stop();
}
END_TEST

/* Then it is not kept either: the next request gets a fresh one. */
START_TEST(drops_kinds_that_are_not_asked_for)
{
	unsigned int before;
	struct page *page;

	page_idle_ns = 50 * MS;
	start(5 * MS, 60000 * MS, true);
	page = collector_page(collector, PAGE_OPENMETRICS);
	ck_assert_ptr_nonnull(page);
	page_unref(page);
	usleep(100000);
	before = atomic_load(&views);
	for (int i = 0; i < 500 && atomic_load(&views) < before + 2; i++)
		usleep(10000);
	count(1);
	page = collector_page(collector, PAGE_OPENMETRICS);
	ck_assert_ptr_nonnull(page);
	ck_assert_ptr_nonnull(strstr(page_data(page), ROW " 6\n"));
	page_unref(page);
	stop();
}
END_TEST

static void begin_to_forget(void)
{
	written = calloc(1, ledger_size(SNAPSHOT_MAX_ROWS_MIN, false));
	ck_assert_ptr_nonnull(written);
	start(0, 60000 * MS, true);
	ck_assert_uint_eq(value_of(ROW), 5);
	kernel.view.now_ns += IDLE_S * 1000 * MS;
}

START_TEST(retires_idle_rows)
{
	begin_to_forget();
	ck_assert_uint_eq(value_of(RETIRED), 5);
	ck_assert_uint_eq(value_of(ROW), UINT64_MAX);
	ck_assert_uint_eq(value_of("socket_bind_exporter_up"), 1);
	ck_assert_uint_eq(turns, 1);
	fake_kernel_claim(&kernel, 2, BIND_AUTO, AF_INET, "sshd", 2);
	fake_kernel_count(&kernel, 2, 0, 3);
	ck_assert_uint_eq(value_of(ROW), 3);
	stop();
	free(written);
}
END_TEST

/* The half is turned but not settled: rows stay as they were until it is. */
START_TEST(goes_on_with_a_half_that_did_not_settle)
{
	begin_to_forget();
	settle_error = -EIO;
	ck_assert_uint_eq(value_of("socket_bind_exporter_up"), 0);
	fake_kernel_claim(&kernel, 2, BIND_AUTO, AF_INET, "sshd", 2);
	fake_kernel_count(&kernel, 2, 0, 3);
	ck_assert_uint_eq(value_of(ROW), 5);
	ck_assert_uint_eq(turns, 1);
	settle_error = 0;
	ck_assert_uint_eq(value_of(ROW), 8);
	ck_assert_uint_eq(value_of("socket_bind_exporter_up"), 1);
	stop();
	free(written);
}
END_TEST

START_TEST(does_without_forgetting)
{
	begin_to_forget();
	turn_error = -EOPNOTSUPP;
	for (int i = 0; i < 3; i++)
		ck_assert_uint_eq(value_of(ROW), 5);
	ck_assert_uint_eq(value_of("socket_bind_exporter_up"), 1);
	ck_assert_uint_eq(turns, 1);
	stop();
	free(written);
}
END_TEST

START_TEST(refuses_to_start_blind)
{
	static const struct exporter_identity identity = {.max_rows = SNAPSHOT_MAX_ROWS_MIN};
	const struct collector_config config = {
		.source = {NULL, view, selfcheck, no_ledger, is_turned, turn, settle, commit},
		.pages = {.identity = &identity},
		.rows = {.table_bits = BIND_TABLE_BITS_MIN, .max_rows = SNAPSHOT_MAX_ROWS_MIN},
	};

	atomic_store(&view_error, -EPERM);
	ck_assert_int_eq(collector_start(&config, &collector), -EPERM);
}
END_TEST

#define UID        "11111111-1111-1111-1111-111111111111"
#define ID         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define POD        "/kubepods/pod" UID "/" ID
#define UNRESOLVED "socket_bind_exporter_unresolved_containers"
#define ROW_OF(namespace, pod, container)                                                                                             \
	"socket_bind_attempts_total{category=\"auto\",family=\"inet\",comm=\"sh\",namespace=\"" namespace "\",pod=\"" pod             \
													  "\",container=\"" container \
													  "\",unit=\"\"}"

/* Links that appeared meanwhile are read before the counters. */
START_TEST(reads_links_first)
{
	char directory[SCRATCH_SIZE], link[SCRATCH_SIZE + 128];

	ck_assert_int_eq(scratch_make(directory), 0);
	owners = owners_new();
	ck_assert_int_eq(container_logs_open(directory, &logs), 0);
	start(0, 60000 * MS, true);
	fake_kernel_claim(&kernel, 2, BIND_AUTO, AF_INET, "sh", 2);
	fake_kernel_place(&kernel, 2, 7, POD);
	fake_kernel_count(&kernel, 2, 0, 3);
	ck_assert_uint_eq(value_of(ROW_OF("", UID, ID)), UINT64_MAX);
	ck_assert_uint_eq(value_of("socket_bind_exporter_series"), 1);
	snprintf(link, sizeof(link), "%s/web_shop_nginx-" ID ".log", directory);
	ck_assert_int_eq(symlink("/var/log/pods/shop_web_" UID "/nginx/0.log", link), 0);
	ck_assert_uint_eq(value_of(ROW_OF("shop", "web", "nginx")), 3);
	ck_assert_uint_eq(value_of(UNRESOLVED), 1); /* sshd, which nothing is known about */
	stop();
	container_logs_close(logs);
	owners_free(owners);
	owners = NULL;
	logs = NULL;
	scratch_remove(directory);
}
END_TEST

static void bind_in_pod(uint32_t entry, const char *comm)
{
	fake_kernel_claim(&kernel, entry, BIND_AUTO, AF_INET, comm, kernel.view.now_ns);
	fake_kernel_place(&kernel, entry, entry, POD);
	fake_kernel_count(&kernel, entry, 0, 3);
}

static unsigned int turns_after(uint64_t seconds)
{
	kernel.view.now_ns += seconds * 1000 * MS;
	ck_assert_uint_eq(value_of("socket_bind_exporter_up"), 1);
	return turns;
}

/* It would be left without its name. Where an entry always waits, postponing does not help. */
START_TEST(does_not_forget_while_somebody_waits)
{
	owners = owners_new();
	written = calloc(1, ledger_size(SNAPSHOT_MAX_ROWS_MIN, true));
	ck_assert_ptr_nonnull(written);
	start(0, 60000 * MS, true);
	ck_assert_uint_eq(turns_after(IDLE_S - 1), 0);
	bind_in_pod(2, "first");
	ck_assert_uint_eq(turns_after(1), 0);
	ck_assert_uint_eq(turns_after(10), 1);
	ck_assert_uint_eq(turns_after(IDLE_S - 1), 1);
	bind_in_pod(3, "second");
	ck_assert_uint_eq(turns_after(1), 1);
	kernel.view.now_ns += IDLE_S / 8 * 1000 * MS;
	bind_in_pod(4, "third");
	ck_assert_uint_eq(turns_after(0), 2);
	stop();
	owners_free(owners);
	owners = NULL;
	free(written);
}
END_TEST

START_TEST(nobody_asked_is_not_unresolved)
{
	start(0, 60000 * MS, true);
	ck_assert_uint_eq(value_of(UNRESOLVED), UINT64_MAX);
	stop();
}
END_TEST

static bool html_has(const char *what)
{
	struct page *page = collector_page(collector, PAGE_HTML);
	bool found;

	ck_assert_ptr_nonnull(page);
	found = memmem(page_data(page), page_length(page), what, strlen(what)) != NULL;
	page_unref(page);
	return found;
}

/* Rates are known while the page is requested again and again, and are forgotten afterwards. */
START_TEST(draws_the_page_to_look_at)
{
	static const char unknown[] = "rates are shown after the next refresh";

	page_idle_ns = 200 * MS;
	start(5 * MS, 60000 * MS, true);
	ck_assert(html_has("<bdi>sshd</bdi></th><td class=\"number\">5</td>"));
	ck_assert(html_has(unknown));
	count(1);
	for (int i = 0; i < 500 && !html_has("rates over 1 s"); i++)
		usleep(10000);
	ck_assert(html_has("<td class=\"number\">6</td>"));
	ck_assert(!html_has(unknown));
	usleep(400000);
	ck_assert(html_has(unknown));
	stop();
	page_idle_ns = 60000 * MS;
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{publishes_at_once_and_periodically, 0},
		{collects_at_every_scrape, 0},
		{keeps_the_rows_when_collecting_fails, 0},
		{notices_a_blind_hook, 2},
		{says_once_what_lasts, 0},
		{waits_without_being_late, 0},
		{knows_when_it_hangs, 0},
		{leaves_out_exporter_metrics, 0},
		{a_page_outlives_the_next, 0},
		{makes_kinds_that_are_asked_for, 2},
		{drops_kinds_that_are_not_asked_for, 0},
		{retires_idle_rows, 0},
		{goes_on_with_a_half_that_did_not_settle, 0},
		{does_without_forgetting, 0},
		{refuses_to_start_blind, 0},
		{reads_links_first, 0},
		{does_not_forget_while_somebody_waits, 0},
		{nobody_asked_is_not_unresolved, 0},
		{draws_the_page_to_look_at, 0},
	};

	return run_suite("collector", tests, ARRAY_SIZE(tests));
}
