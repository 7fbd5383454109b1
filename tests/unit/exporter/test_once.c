// SPDX-License-Identifier: Apache-2.0
/* The page on standard output, of a collector over a fake kernel. */
#include "exporter/once.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "exporter/collect/collector.h"
#include "metrics/pages/exporter_metrics.h"
#include "tests/lib/captured.h"
#include "tests/lib/fake_kernel.h"
#include "tests/unit/suite.h"

#define MINUTE_NS 60000000000ULL
#define ROW       "\nsocket_bind_attempts_total{category=\"auto\",family=\"inet\",comm=\"sshd\"} 5\n"

static struct fake_kernel kernel;
static struct collector *collector;
static int view_error;

static int view(void *context, struct bind_view *ret_view)
{
	(void)context;
	if (!view_error)
		*ret_view = kernel.view;
	return view_error;
}

static int selfcheck(void *context)
{
	(void)context;
	return 0;
}

static const struct ledger *no_ledger(void *context)
{
	static const struct ledger ledger;

	(void)context;
	return &ledger;
}

static bool is_turned(void *context)
{
	(void)context;
	return false;
}

static void start(uint64_t interval_ns)
{
	static const struct exporter_identity identity = {.version = "v",
							  .revision = "r",
							  .branch = "b",
							  .mode = "lsm",
							  .node = "n",
							  .kernel = "k",
							  .telemetry_path = "/metrics",
							  .max_rows = SNAPSHOT_MAX_ROWS_MIN};
	const struct collector_config config = {
		.source = {.view = view,
			   .selfcheck = selfcheck,
			   .ledger = no_ledger,
			   .is_turned = is_turned},
		.pages = {.identity = &identity},
		.page_idle_ns = MINUTE_NS,
		.interval_ns = interval_ns,
		.selfcheck_interval_ns = MINUTE_NS,
		.rows = {.table_bits = BIND_TABLE_BITS_MIN, .max_rows = SNAPSHOT_MAX_ROWS_MIN},
	};

	fake_kernel_init(&kernel, BIND_TABLE_BITS_MIN, 2);
	fake_kernel_claim(&kernel, 1, BIND_AUTO, AF_INET, "sshd", 1);
	fake_kernel_count(&kernel, 1, 0, 5);
	ck_assert_int_eq(collector_start(&config, &collector), 0);
}

/* Prints to fd instead of standard output. log: lines on standard error. */
static int print_to(int fd, char *ret_log, size_t size)
{
	int own = dup(STDOUT_FILENO), error;

	fflush(stdout);
	ck_assert_int_eq(dup2(fd, STDOUT_FILENO), STDOUT_FILENO);
	ck_assert_int_eq(capture_begin(), 0);
	error = once_print(collector);
	capture_end(ret_log, size);
	dup2(own, STDOUT_FILENO);
	close(own);
	return error;
}

static void stop(void)
{
	collector_stop(collector);
	fake_kernel_free(&kernel);
}

START_TEST(prints_the_page)
{
	char text[16384], log[512];
	FILE *file = tmpfile();
	size_t length;

	ck_assert_ptr_nonnull(file);
	start(MINUTE_NS);
	ck_assert_int_eq(print_to(fileno(file), log, sizeof(log)), 0);
	ck_assert_str_eq(log, "");
	rewind(file);
	length = fread(text, 1, sizeof(text) - 1, file);
	text[length] = '\0';
	ck_assert_ptr_nonnull(strstr(text, ROW));
	ck_assert_int_eq(text[length - 1], '\n');
	fclose(file);
	stop();
}
END_TEST

START_TEST(prints_nothing_when_collection_failed)
{
	char log[512];
	FILE *file = tmpfile();

	ck_assert_ptr_nonnull(file);
	start(/* interval_ns= */ 0);
	view_error = -EIO;
	ck_assert_int_eq(print_to(fileno(file), log, sizeof(log)), -EAGAIN);
	ck_assert_ptr_nonnull(strstr(log, "cannot print metrics"));
	ck_assert_int_eq(lseek(fileno(file), 0, SEEK_END), 0);
	fclose(file);
	stop();
}
END_TEST

START_TEST(reports_a_full_device)
{
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	char log[512];

	ck_assert_int_ge(full, 0);
	start(MINUTE_NS);
	ck_assert_int_eq(print_to(full, log, sizeof(log)), -ENOSPC);
	ck_assert_ptr_nonnull(strstr(log, strerror(ENOSPC)));
	close(full);
	stop();
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{prints_the_page, 0},
		{prints_nothing_when_collection_failed, 0},
		{reports_a_full_device, 0},
	};

	return run_suite("once", tests, ARRAY_SIZE(tests));
}
