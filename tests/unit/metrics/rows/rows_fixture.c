// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/metrics/rows/rows_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "tests/unit/suite.h"

struct fake_kernel kernel;
struct owners *owners;
struct snapshot *snapshot;
struct ledger *ledger;
struct snapshot_config config = {.table_bits = BITS, .max_rows = ROWS, .idle_s = IDLE_S};

void rows_begin(void)
{
	bool owned = config.labels & BIND_LABELS_OWNER;

	fake_kernel_init(&kernel, BITS, 2);
	kernel.view.now_ns = 1000 * SECOND;
	if (owned) {
		owners = config.owners = owners_new();
		ck_assert_ptr_nonnull(owners);
	}
	snapshot = snapshot_new(&config);
	ledger = calloc(1, ledger_size(ROWS, owned));
	ck_assert_ptr_nonnull(snapshot);
	ck_assert_ptr_nonnull(ledger);
}

void rows_end(void)
{
	snapshot_free(snapshot);
	owners_free(owners);
	fake_kernel_free(&kernel);
	free(ledger);
}

void rows_collect(void)
{
	const struct row_set *rows = snapshot_collection(snapshot)->rows;

	ck_assert_int_eq(snapshot_collect(snapshot, &kernel.view), 0);
	ck_assert_uint_le(rows->count, ROWS);
	for (uint32_t i = 1; i < rows->count; i++)
		ck_assert_str_lt(row_set_at(rows, i - 1)->labels, row_set_at(rows, i)->labels);
}

void rows_pass(uint64_t seconds)
{
	kernel.view.now_ns += seconds * SECOND;
}

void rows_collect_late(void)
{
	rows_pass(WAIT_S);
	rows_collect();
}

void rows_bind(uint32_t entry, const char *comm, uint64_t attempts)
{
	fake_kernel_claim(&kernel, entry, BIND_AUTO, AF_INET, comm, kernel.view.now_ns);
	fake_kernel_count(&kernel, entry, entry % 2, attempts);
}

void rows_bind_in(uint32_t entry, const char *comm, uint64_t cgroup, const char *path,
		  uint64_t attempts)
{
	rows_bind(entry, comm, attempts);
	fake_kernel_place(&kernel, entry, cgroup, path);
}

void rows_bind_first(uint32_t entry, const char *comm, uint64_t attempts)
{
	rows_bind_in(entry, comm, 7, FIRST, attempts);
}

void rows_learn_first(void)
{
	rows_learn(LINK(ID("a")), TARGET("0"));
}

void rows_bind_ssh(uint32_t entry, uint64_t attempts)
{
	rows_bind_in(entry, "sshd", 8, SSH, attempts);
}

void rows_turn(void)
{
	struct bind_view before = kernel.view;

	fake_kernel_turn(&kernel);
	before.now_ns = kernel.view.now_ns;
	ck_assert_int_eq(snapshot_forget(snapshot, &before, ledger), 0);
}

void rows_renew(void)
{
	snapshot_free(snapshot);
	snapshot = snapshot_new(&config);
	ck_assert_ptr_nonnull(snapshot);
}

void rows_restart(void)
{
	snapshot_free(snapshot);
	if (owners) {
		owners_free(owners);
		owners = config.owners = owners_new();
		ck_assert_ptr_nonnull(owners);
	}
	snapshot = snapshot_new(&config);
	ck_assert_ptr_nonnull(snapshot);
	ck_assert_int_eq(snapshot_load(snapshot, ledger, ROWS, kernel.view.now_ns), 0);
}

void rows_learn(const char *link, const char *target)
{
	ck_assert_int_eq(owners_learn(owners, link, target), 0);
}

uint32_t rows_count(void)
{
	return snapshot_collection(snapshot)->rows->count;
}

uint64_t rows_sum(const struct row_set *set)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < set->count; i++)
		sum += row_set_at(set, i)->count;
	return sum;
}

const struct row *rows_find(const struct row_set *set, const char *labels)
{
	uint32_t position;

	return row_set_find(set, labels, &position) ? row_set_at(set, position) : NULL;
}

static uint64_t count_of(const struct row *row)
{
	return row ? row->count : UINT64_MAX;
}

uint64_t rows_attempts_of(const char *comm)
{
	char labels[128];

	snprintf(labels, sizeof(labels), "{category=\"auto\",family=\"inet\",comm=\"%s\"}", comm);
	return count_of(rows_find(snapshot_collection(snapshot)->rows, labels));
}

uint64_t rows_failures_of(const char *comm)
{
	char labels[160];

	snprintf(labels, sizeof(labels),
		 "{category=\"auto\",family=\"inet\",comm=\"%s\",errno=\"EACCES\"}", comm);
	return count_of(rows_find(snapshot_collection(snapshot)->failures, labels));
}

void rows_flood(uint32_t first, uint32_t names)
{
	char comm[24];

	for (uint32_t i = first; i < first + names; i++) {
		snprintf(comm, sizeof(comm), "flood-%u", i);
		rows_bind(i, comm, 1);
	}
}

uint64_t rows_everything(void)
{
	const struct collection *collection = snapshot_collection(snapshot);
	uint64_t sum = rows_sum(collection->rows);

	for (uint32_t slot = 0; slot < LEDGER_SLOTS; slot++)
		sum += collection->totals.retired[slot] + collection->totals.filtered[slot];
	return sum;
}

uint64_t rows_attempts(const char *comm, const char *namespace, const char *pod,
		       const char *container, const char *unit)
{
	char labels[1024];

	snprintf(labels, sizeof(labels),
		 "{category=\"auto\",family=\"inet\",comm=\"%s\",namespace=\"%s\",pod=\"%s\","
		 "container=\"%s\",unit=\"%s\"}",
		 comm, namespace, pod, container, unit);
	return count_of(rows_find(snapshot_collection(snapshot)->rows, labels));
}

void rows_begin_owned(void)
{
	config.labels = BIND_LABELS_OWNER;
	rows_begin();
	kernel.view.results = true;
}

void rows_begin_sized(uint32_t bits, uint32_t cpus, uint32_t rows)
{
	fake_kernel_init(&kernel, bits, cpus);
	snapshot = snapshot_new(&(struct snapshot_config){.table_bits = bits, .max_rows = rows});
	ck_assert_ptr_nonnull(snapshot);
}

const struct row *rows_find_named(const char *category, const char *family, const char *comm)
{
	char labels[256];

	snprintf(labels, sizeof(labels), "{category=\"%s\",family=\"%s\",comm=\"%s\"}", category,
		 family, comm);
	return rows_find(snapshot_collection(snapshot)->rows, labels);
}

uint64_t rows_attempts_named(const char *category, const char *family, const char *comm)
{
	const struct row *row = rows_find_named(category, family, comm);

	return row ? row->count : UINT64_MAX;
}

uint32_t rows_unresolved(void)
{
	ck_assert(snapshot_collection(snapshot)->owned);
	return snapshot_collection(snapshot)->unresolved;
}
