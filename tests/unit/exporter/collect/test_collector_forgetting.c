// SPDX-License-Identifier: Apache-2.0
/* A collector that retires rows, and that waits for the names of owners. */
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "exporter/collect/container_logs.h"
#include "metrics/owners/owners.h"
#include "tests/lib/scratch.h"
#include "tests/unit/exporter/collect/collector_fixture.h"
#include "tests/unit/suite.h"

#define RETIRED "socket_bind_exporter_retired_attempts_total{category=\"auto\",family=\"inet\"}"

/* clang-format off */
#define ROW_OF(namespace, pod, container)                                           \
	"socket_bind_attempts_total{category=\"auto\",family=\"inet\",comm=\"sh\"," \
	"namespace=\"" namespace "\",pod=\"" pod "\",container=\"" container "\",unit=\"\"}"
/* clang-format on */

static void begin_to_forget(void)
{
	collector_begin(0, 60000 * MS, true);
	ck_assert_uint_eq(collector_value(ROW), 5);
	kernel.view.now_ns += IDLE_S * 1000 * MS;
}

START_TEST(retires_idle_rows)
{
	begin_to_forget();
	ck_assert_uint_eq(collector_value(RETIRED), 5);
	ck_assert_uint_eq(collector_value(ROW), UINT64_MAX);
	ck_assert_uint_eq(collector_value(UP), 1);
	ck_assert_uint_eq(source_turns, 1);
	fake_kernel_claim(&kernel, 2, BIND_AUTO, AF_INET, "sshd", 2);
	fake_kernel_count(&kernel, 2, 0, 3);
	ck_assert_uint_eq(collector_value(ROW), 3);
	collector_end();
}
END_TEST

/* The half is turned but not settled: rows stay as they were until it is. */
START_TEST(goes_on_with_a_half_that_did_not_settle)
{
	begin_to_forget();
	source_settle_error = -EIO;
	ck_assert_uint_eq(collector_value(UP), 0);
	fake_kernel_claim(&kernel, 2, BIND_AUTO, AF_INET, "sshd", 2);
	fake_kernel_count(&kernel, 2, 0, 3);
	ck_assert_uint_eq(collector_value(ROW), 5);
	ck_assert_uint_eq(source_turns, 1);
	source_settle_error = 0;
	ck_assert_uint_eq(collector_value(ROW), 8);
	ck_assert_uint_eq(collector_value(UP), 1);
	collector_end();
}
END_TEST

START_TEST(does_without_forgetting)
{
	begin_to_forget();
	source_turn_error = -EOPNOTSUPP;
	for (int i = 0; i < 3; i++)
		ck_assert_uint_eq(collector_value(ROW), 5);
	ck_assert_uint_eq(collector_value(UP), 1);
	ck_assert_uint_eq(source_turns, 1);
	collector_end();
}
END_TEST

/* Links that appeared meanwhile are read before the counters. */
START_TEST(reads_links_first)
{
	char directory[SCRATCH_SIZE], link[SCRATCH_SIZE + 128];

	ck_assert_int_eq(scratch_make(directory), 0);
	owners = owners_new();
	ck_assert_int_eq(container_logs_open(directory, &logs), 0);
	collector_begin(0, 60000 * MS, true);
	fake_kernel_claim(&kernel, 2, BIND_AUTO, AF_INET, "sh", 2);
	fake_kernel_place(&kernel, 2, 7, POD);
	fake_kernel_count(&kernel, 2, 0, 3);
	ck_assert_uint_eq(collector_value(ROW_OF("", UID, ID)), UINT64_MAX);
	ck_assert_uint_eq(collector_value("socket_bind_exporter_series"), 1);
	snprintf(link, sizeof(link), "%s/web_shop_nginx-" ID ".log", directory);
	ck_assert_int_eq(symlink("/var/log/pods/shop_web_" UID "/nginx/0.log", link), 0);
	ck_assert_uint_eq(collector_value(ROW_OF("shop", "web", "nginx")), 3);
	ck_assert_uint_eq(collector_value(UNRESOLVED), 1); /* sshd, which nothing is known about */
	collector_end();
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
	ck_assert_uint_eq(collector_value(UP), 1);
	return source_turns;
}

/* It would be left without its name. Where an entry always waits, postponing does not help. */
START_TEST(does_not_forget_while_somebody_waits)
{
	owners = owners_new();
	collector_begin(0, 60000 * MS, true);
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
	collector_end();
	owners_free(owners);
	owners = NULL;
}
END_TEST

START_TEST(nobody_asked_is_not_unresolved)
{
	collector_begin(0, 60000 * MS, true);
	ck_assert_uint_eq(collector_value(UNRESOLVED), UINT64_MAX);
	collector_end();
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{retires_idle_rows, 0},
		{goes_on_with_a_half_that_did_not_settle, 0},
		{does_without_forgetting, 0},
		{reads_links_first, 0},
		{does_not_forget_while_somebody_waits, 0},
		{nobody_asked_is_not_unresolved, 0},
	};

	return run_suite("collector_forgetting", tests, ARRAY_SIZE(tests));
}
