// SPDX-License-Identifier: Apache-2.0
/* Filters by unit and namespace: decided when the owner is, and then the same for good. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "fake_kernel.h"
#include "filter.h"
#include "owners.h"
#include "snapshot.h"
#include "suite.h"

#define BITS   BIND_TABLE_BITS_MIN
#define ROWS   SNAPSHOT_MAX_ROWS_MIN
#define IDLE_S 100
#define WAIT_S 10
#define SECOND 1000000000ULL

#define ID(digit)  DIGITS(digit) DIGITS(digit) DIGITS(digit) DIGITS(digit)
#define DIGITS(d)  d d d d d d d d d d d d d d d d
#define UID        "11111111-1111-1111-1111-111111111111"
#define POD        "/kubepods.slice/kubepods-pod11111111_1111_1111_1111_111111111111.slice"
#define FIRST      POD "/cri-containerd-" ID("a") ".scope"
#define SECOND_TRY POD "/cri-containerd-" ID("b") ".scope"
#define LINK(id)   "web-0_shop_nginx-" id ".log"
#define TARGET(n)  "/var/log/pods/shop_web-0_" UID "/nginx/" n ".log"

/* The labels of the rows below. */
#define NAMED  "shop", "web-0", "nginx", ""
#define NOBODY "", "", "", ""

static struct fake_kernel kernel;
static struct owners *owners;
static struct snapshot *snapshot;
static struct ledger *ledger;
static struct snapshot_config config;
static struct filter filter;

static void begin(void)
{
	fake_kernel_init(&kernel, BITS, 2);
	kernel.view.now_ns = 1000 * SECOND;
	kernel.view.results = true;
	owners = owners_new();
	ck_assert_ptr_nonnull(owners);
	config = (struct snapshot_config){.table_bits = BITS,
					  .max_rows = ROWS,
					  .labels = BIND_LABELS_OWNER,
					  .idle_s = IDLE_S,
					  .owners = owners};
	snapshot = snapshot_new(&config);
	ledger = calloc(1, ledger_size(ROWS, true));
	ck_assert_ptr_nonnull(snapshot);
	ck_assert_ptr_nonnull(ledger);
}

static void end(void)
{
	snapshot_free(snapshot);
	owners_free(owners);
	fake_kernel_free(&kernel);
	free(ledger);
}

static void collect(void)
{
	ck_assert_int_eq(snapshot_collect(snapshot, &kernel.view), 0);
}

static void pass(uint64_t seconds)
{
	kernel.view.now_ns += seconds * SECOND;
}

static void bind_in(uint32_t entry, const char *comm, uint64_t cgroup, const char *path,
		    uint64_t attempts)
{
	fake_kernel_claim(&kernel, entry, BIND_AUTO, AF_INET, comm, kernel.view.now_ns);
	fake_kernel_place(&kernel, entry, cgroup, path);
	fake_kernel_count(&kernel, entry, entry % 2, attempts);
}

static void turn_and_forget(void)
{
	struct bind_view before = kernel.view;

	fake_kernel_turn(&kernel);
	before.now_ns = kernel.view.now_ns;
	ck_assert_int_eq(snapshot_forget(snapshot, &before, ledger), 0);
}

/* Another process goes on: it knows of links only what it learns itself. */
static void restart(void)
{
	snapshot_free(snapshot);
	owners_free(owners);
	owners = config.owners = owners_new();
	ck_assert_ptr_nonnull(owners);
	snapshot = snapshot_new(&config);
	ck_assert_ptr_nonnull(snapshot);
	ck_assert_int_eq(snapshot_load(snapshot, ledger, ROWS, kernel.view.now_ns), 0);
}

/* From the next restart on. */
static void filter_by(enum filter_list list, const char *glob)
{
	filter = (struct filter){0};
	ck_assert_int_eq(filter_add(&filter, list, glob), 0);
	config.filter = &filter;
}

static void learn(const char *link, const char *target)
{
	ck_assert_int_eq(owners_learn(owners, link, target), 0);
}

/* UINT64_MAX: there is no such row. */
static uint64_t attempts_of(const char *comm, const char *namespace, const char *pod,
			    const char *container, const char *unit)
{
	const struct row_set *rows = snapshot_rows(snapshot);
	char labels[1024];
	uint32_t position;

	snprintf(labels, sizeof(labels),
		 "{category=\"auto\",family=\"inet\",comm=\"%s\",namespace=\"%s\",pod=\"%s\","
		 "container=\"%s\",unit=\"%s\"}",
		 comm, namespace, pod, container, unit);
	if (!row_set_find(rows, labels, &position))
		return UINT64_MAX;
	return row_set_at(rows, position)->count;
}

static uint64_t sum(const struct row_set *rows)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < rows->count; i++)
		sum += row_set_at(rows, i)->count;
	return sum;
}

static uint32_t rows(void)
{
	return snapshot_rows(snapshot)->count;
}

static void begin_with(enum filter_list list, const char *glob)
{
	begin();
	filter_by(list, glob);
	restart();
}

static uint64_t filtered(void)
{
	return snapshot_totals(snapshot)->filtered[bind_overflow_index(0, BIND_AUTO, AF_INET)];
}

/* Before that it is neither shown nor filtered. */
START_TEST(a_filter_is_decided_when_the_owner_is)
{
	begin_with(FILTER_NAMESPACE_INCLUDE, "sh?p");
	bind_in(1, "nginx", 7, FIRST, 5);
	fake_kernel_fail(&kernel, 3, 1, EACCES, 2);
	bind_in(2, "nginx", 9, SECOND_TRY, 6);
	fake_kernel_fail(&kernel, 4, 2, EACCES, 3);
	collect();
	ck_assert_uint_eq(rows() + filtered(), 0);
	ck_assert(snapshot_is_waiting(snapshot));
	if (_i)
		learn(LINK(ID("a")), TARGET("0"));
	pass(WAIT_S);
	collect();
	/* Another's link tells the namespace, if not the container. */
	ck_assert_uint_eq(filtered(), _i ? 0 : 11);
	ck_assert_uint_eq(sum(snapshot_rows(snapshot)), _i ? 11 : 0);
	ck_assert_uint_eq(sum(snapshot_failures(snapshot)), _i ? 5 : 0);
	ck_assert_uint_eq(snapshot_totals(snapshot)->entries, 2);
	ck_assert(!snapshot_is_waiting(snapshot));
	end();
}
END_TEST

/* A link that comes later does not bring back what was shown as filtered: counters never fall. */
START_TEST(what_was_filtered_stays_so)
{
	begin_with(FILTER_NAMESPACE_INCLUDE, "shop");
	bind_in(1, "nginx", 7, FIRST, 5);
	pass(WAIT_S);
	collect();
	ck_assert_uint_eq(filtered(), 5);
	if (_i)
		turn_and_forget();
	restart();
	learn(LINK(ID("a")), TARGET("0"));
	if (!_i)
		bind_in(2, "sh", 7, FIRST, 1);
	collect();
	ck_assert_uint_eq(filtered(), _i ? 5 : 6);
	ck_assert_uint_eq(rows(), 0);
	end();
}
END_TEST

static const struct {
	enum filter_list list;
	const char *glob;
	uint64_t unit, pod, none; /* attempts that are shown */
} by_unit[] = {
	{FILTER_UNIT_INCLUDE, "ssh.*", 4, 0, 0}, {FILTER_UNIT_INCLUDE, "*", 4, 5, 3},
	{FILTER_UNIT_INCLUDE, "?*", 4, 0, 0},    {FILTER_UNIT_EXCLUDE, "ssh.service", 0, 5, 3},
	{FILTER_UNIT_EXCLUDE, "*", 0, 0, 0},     {FILTER_NAMESPACE_EXCLUDE, "shop", 4, 0, 3},
};

static void assert_by_unit(int i)
{
	uint64_t unit = attempts_of("sshd", "", "", "", "ssh.service");
	uint64_t pod = attempts_of("nginx", NAMED), none = attempts_of("kthread", NOBODY);

	ck_assert_uint_eq(unit, by_unit[i].unit ? by_unit[i].unit : UINT64_MAX);
	ck_assert_uint_eq(pod, by_unit[i].pod ? by_unit[i].pod : UINT64_MAX);
	ck_assert_uint_eq(none, by_unit[i].none ? by_unit[i].none : UINT64_MAX);
	ck_assert_uint_eq(sum(snapshot_rows(snapshot)) + filtered(), 12);
}

static void bind_everywhere(void)
{
	learn(LINK(ID("a")), TARGET("0"));
	bind_in(1, "sshd", 8, "/system.slice/ssh.service", 4);
	bind_in(2, "nginx", 7, FIRST, 5);
	bind_in(3, "kthread", 1, "/", 3);
	fake_kernel_fail(&kernel, 1, 1, EACCES, 1);
	fake_kernel_fail(&kernel, 2, 2, EACCES, 1);
	fake_kernel_fail(&kernel, 3, 3, EACCES, 1);
}

START_TEST(filters_by_owner)
{
	begin_with(by_unit[_i].list, by_unit[_i].glob);
	bind_everywhere();
	collect();
	assert_by_unit(_i);
	ck_assert_uint_eq(snapshot_failures(snapshot)->count, rows());
	turn_and_forget();
	restart();
	collect();
	assert_by_unit(_i);
	end();
}
END_TEST

/* As those of comm: rows of a run without it, or with another, move, their failures go. */
START_TEST(filters_of_another_run)
{
	begin();
	bind_everywhere();
	collect();
	turn_and_forget();
	filter_by(by_unit[_i].list, by_unit[_i].glob);
	restart();
	collect();
	assert_by_unit(_i);
	ck_assert_uint_eq(snapshot_failures(snapshot)->count, rows());
	end();
}
END_TEST

/* What was counted without the label has it empty, whoever is in that cgroup now. */
START_TEST(what_was_counted_without_the_label_is_nobodys)
{
	begin();
	config.labels = BIND_LABEL_POD;
	restart();
	bind_everywhere();
	collect();
	snapshot_hand_over(snapshot, 1, true, ledger);
	fake_kernel_turn(&kernel);
	config.labels = BIND_LABELS_OWNER;
	filter_by(FILTER_UNIT_INCLUDE, "ssh.*");
	restart();
	bind_in(1, "sshd", 8, "/system.slice/ssh.service", 2);
	collect();
	ck_assert_uint_eq(filtered(), 12);
	ck_assert_uint_eq(attempts_of("sshd", "", "", "", "ssh.service"), 2);
	end();
}
END_TEST

/* "(other)" is nobody's: what found no entry, and what was folded into it before. */
START_TEST(what_did_not_fit_is_not_filtered_by_owner)
{
	char path[64];
	uint64_t others;

	begin_with(FILTER_UNIT_INCLUDE, "u*");
	for (uint32_t entry = 0; entry < 1U << BITS; entry++) {
		snprintf(path, sizeof(path), "/system.slice/u%u.service", entry);
		bind_in(entry, "flood", 100 + entry, path, 1);
	}
	fake_kernel_overflow(&kernel, 1, BIND_AUTO, AF_INET, 6);
	collect();
	others = attempts_of("(other)", NOBODY);
	ck_assert_uint_eq(sum(snapshot_rows(snapshot)), (1U << BITS) + 6);
	turn_and_forget();
	bind_in(1, "flood", 100 + (1U << BITS) - 1, path, 1); /* the last one was folded */
	collect();
	ck_assert_uint_eq(attempts_of("(other)", NOBODY), others + 1);
	restart();
	collect();
	ck_assert_uint_eq(filtered(), 0);
	end();
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{a_filter_is_decided_when_the_owner_is, 2},
		{what_was_filtered_stays_so, 2},
		{filters_by_owner, ARRAY_SIZE(by_unit)},
		{filters_of_another_run, ARRAY_SIZE(by_unit)},
		{what_was_counted_without_the_label_is_nobodys, 0},
		{what_did_not_fit_is_not_filtered_by_owner, 0},
	};

	return run_suite("owner_filters", tests, ARRAY_SIZE(tests));
}
