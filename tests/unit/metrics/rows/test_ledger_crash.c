// SPDX-License-Identifier: Apache-2.0
/*
 * Crash safety of pinned counters. Memory is copied at every step of emptying a half and of
 * carrying counts over, in the state in which a crash would leave it. A new exporter then begins
 * with each copy. No bind may be counted twice, or not at all.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "metrics/owners/owners.h"
#include "metrics/rows/snapshot.h"
#include "tests/lib/fake_kernel.h"
#include "tests/unit/suite.h"

#define SECOND 1000000000ULL
#define CPUS   2
#define IDLE_S 10

/* A set of pinned maps. */
struct set {
	struct fake_kernel kernel;
	struct ledger *copies[2];
	uint64_t word; /* bind_control.ledger */
	uint64_t id;
	struct snapshot_config config;
};

/* Attempts and failures that were really made, in all sets together. */
static uint64_t made, failed;

static size_t copy_size(const struct set *set)
{
	return ledger_size(set->config.max_rows, set->config.labels & BIND_LABELS_OWNER);
}

static void set_init(struct set *set, uint64_t id, uint32_t max_rows, uint32_t labels)
{
	*set = (struct set){
		.id = id,
		.config = {.table_bits = snapshot_table_bits(max_rows),
			   .max_rows = max_rows,
			   .labels = labels,
			   .idle_s = IDLE_S,
			   .owners = owners_new()},
	};
	ck_assert_ptr_nonnull(set->config.owners);
	fake_kernel_init(&set->kernel, set->config.table_bits, CPUS);
	set->kernel.view.now_ns = 1000 * SECOND;
	for (int i = 0; i < 2; i++) {
		set->copies[i] = calloc(1, copy_size(set));
		ck_assert_ptr_nonnull(set->copies[i]);
	}
}

static void set_free(struct set *set)
{
	fake_kernel_free(&set->kernel);
	owners_free(set->config.owners);
	free(set->copies[0]);
	free(set->copies[1]);
}

static void set_copy(const struct set *set, struct set *ret_copy)
{
	size_t entries = (size_t)2 << set->config.table_bits;
	const struct fake_kernel *from = &set->kernel;
	struct fake_kernel *to = &ret_copy->kernel;

	set_init(ret_copy, set->id, set->config.max_rows, set->config.labels);
	ret_copy->word = set->word;
	to->view.generation = from->view.generation;
	to->view.now_ns = from->view.now_ns;
	memcpy(to->table, from->table, entries * sizeof(*to->table));
	memcpy(to->origins, from->origins, entries * sizeof(*to->origins));
	memcpy(to->attempts, from->attempts, CPUS * entries * sizeof(*to->attempts));
	memcpy(to->failures, from->failures, entries * sizeof(*to->failures));
	memcpy(to->overflow, from->overflow, CPUS * LEDGER_SLOTS * sizeof(*to->overflow));
	memcpy(to->failure_overflow, from->failure_overflow,
	       LEDGER_SLOTS * sizeof(*to->failure_overflow));
	memcpy(to->missed, from->missed, CPUS * BIND_MISSED_REASONS * sizeof(*to->missed));
	for (int i = 0; i < 2; i++)
		memcpy(ret_copy->copies[i], set->copies[i], copy_size(set));
}

/* Every task is in the unit of its name. The first eight bytes of that name are the cgroup's id. */
static void claim_in(struct set *set, uint32_t entry, const char *comm)
{
	char path[64];
	uint64_t cgroup;

	snprintf(path, sizeof(path), "/system.slice/%s.service", comm);
	memcpy(&cgroup, path + strlen("/system.slice/"), sizeof(cgroup));
	fake_kernel_claim(&set->kernel, entry, BIND_AUTO, AF_INET, comm, set->kernel.view.now_ns);
	if (set->config.labels & BIND_LABELS_OWNER)
		fake_kernel_place(&set->kernel, entry, cgroup, path);
}

static void bind_in(struct set *set, uint32_t entry, const char *comm, uint64_t attempts,
		    uint64_t failures)
{
	if (!set->kernel.table[(set->kernel.view.generation & 1) << set->config.table_bits | entry]
		     .key.kind)
		claim_in(set, entry, comm);
	fake_kernel_count(&set->kernel, entry, entry % CPUS, attempts);
	fake_kernel_fail(&set->kernel, entry, entry, EACCES, failures);
	made += attempts;
	failed += failures;
}

static void overflow_in(struct set *set, uint64_t attempts)
{
	fake_kernel_overflow(&set->kernel, 1, BIND_AUTO, AF_INET, attempts);
	made += attempts;
}

static struct ledger *valid(const struct set *set)
{
	return set->copies[set->word & 1];
}

static struct ledger *spare(const struct set *set)
{
	return set->copies[~set->word & 1];
}

static bool is_turned(const struct set *set)
{
	return set->kernel.view.generation != set->word >> 1;
}

static void commit(struct set *set)
{
	set->word = ledger_word(~set->word & 1, set->kernel.view.generation);
}

static struct snapshot *load(const struct set *set)
{
	struct snapshot *snapshot = snapshot_new(&set->config);

	ck_assert_ptr_nonnull(snapshot);
	ck_assert_int_eq(
		snapshot_load(snapshot, valid(set), set->config.max_rows, set->kernel.view.now_ns),
		0);
	return snapshot;
}

static void forget(struct set *set, struct snapshot *snapshot, struct ledger *ret_ledger)
{
	struct bind_view before = set->kernel.view;

	before.generation--;
	ck_assert_int_eq(snapshot_forget(snapshot, &before, ret_ledger), 0);
}

static uint64_t attempts_in(const struct snapshot *snapshot)
{
	const struct totals *totals = &snapshot_collection(snapshot)->totals;
	const struct row_set *rows = snapshot_collection(snapshot)->rows;
	uint64_t sum = 0;

	for (uint32_t i = 0; i < rows->count; i++)
		sum += row_set_at(rows, i)->count;
	for (uint32_t slot = 0; slot < LEDGER_SLOTS; slot++)
		sum += totals->retired[slot] + totals->filtered[slot];
	return sum;
}

static uint64_t failures_in(const struct snapshot *snapshot)
{
	const struct totals *totals = &snapshot_collection(snapshot)->totals;
	const struct row_set *rows = snapshot_collection(snapshot)->failures;
	uint64_t sum = 0;

	for (uint32_t i = 0; i < rows->count; i++)
		sum += row_set_at(rows, i)->count;
	for (uint32_t slot = 0; slot < LEDGER_SLOTS; slot++)
		sum += totals->retired_failures[slot];
	return sum;
}

/* A row is in the unit of its name, or in none if it was counted without that label. */
static void check_units(const struct snapshot *snapshot)
{
	const struct row_set *rows = snapshot_collection(snapshot)->rows;

	for (uint32_t i = 0; i < rows->count; i++) {
		const struct row *row = row_set_at(rows, i);
		char unit[64];

		snprintf(unit, sizeof(unit), "unit=\"%.16s.service\"", (const char *)row->key.comm);
		ck_assert_msg(row->other || strstr(row->labels, unit) ||
				      !(row->known & BIND_LABEL_UNIT),
			      "%s", row->labels);
	}
}

/* A new exporter takes over the set in the same steps as the collector. */
static void check_restart(struct set *set)
{
	struct snapshot *snapshot = load(set);

	if (is_turned(set)) {
		forget(set, snapshot, spare(set));
		commit(set);
	}
	ck_assert_int_eq(snapshot_collect(snapshot, &set->kernel.view), 0);
	ck_assert_uint_eq(attempts_in(snapshot), made);
	ck_assert_uint_eq(failures_in(snapshot), failed);
	if (set->config.labels & BIND_LABEL_UNIT)
		check_units(snapshot);
	snapshot_free(snapshot);
}

/* Crashes here, on a copy, and once more right after the restart. */
static void crash(const struct set *set)
{
	struct set copy, again;

	set_copy(set, &copy);
	check_restart(&copy);
	set_copy(&copy, &again);
	check_restart(&again);
	set_free(&copy);
	set_free(&again);
}

/* Leaves the spare ledger as a crash would while it is being written. */
static void scribble(struct set *set)
{
	memset(spare(set), 0xa5, copy_size(set));
}

static const uint32_t forgetters[] = {0, BIND_LABEL_UNIT};

START_TEST(crash_while_forgetting)
{
	struct snapshot *snapshot;
	struct set set;

	made = failed = 0;
	set_init(&set, 1, SNAPSHOT_MAX_ROWS_MIN, forgetters[_i]);
	snapshot = load(&set);
	for (uint32_t round = 1; round < 6; round++) {
		const char *const names[] = {"even", "odd"};

		bind_in(&set, 1, "always", 10 * round, round);
		bind_in(&set, 2 + round, names[round % 2], 7, 2);
		overflow_in(&set, round);
		crash(&set);
		ck_assert_int_eq(snapshot_collect(snapshot, &set.kernel.view), 0);
		set.kernel.view.now_ns += 2 * IDLE_S * SECOND;
		fake_kernel_turn(&set.kernel);
		crash(&set);
		bind_in(&set, 1, "always", 3, 1);
		crash(&set);
		scribble(&set);
		crash(&set);
		forget(&set, snapshot, spare(&set));
		crash(&set);
		commit(&set);
		crash(&set);
		ck_assert_int_eq(snapshot_collect(snapshot, &set.kernel.view), 0);
		ck_assert_uint_eq(attempts_in(snapshot), made);
	}
	snapshot_free(snapshot);
	set_free(&set);
}
END_TEST

/* The same steps as in exporter/pins/upgrade.c. The old set is only read. */
static void fold(struct set *old, struct set *new)
{
	struct ledger *scratch = calloc(1, ledger_size(new->config.max_rows, true));
	struct snapshot_config config = old->config;
	struct snapshot *snapshot;

	config.max_rows = new->config.max_rows;
	config.idle_s = UINT32_MAX;
	config.owners = new->config.labels &BIND_LABELS_OWNER ? new->config.owners : NULL;
	config.at_once = true;
	snapshot = snapshot_new(&config);
	ck_assert_ptr_nonnull(scratch);
	ck_assert_ptr_nonnull(snapshot);
	ck_assert_int_eq(
		snapshot_load(snapshot, valid(old), old->config.max_rows, old->kernel.view.now_ns),
		0);
	if (is_turned(old))
		forget(old, snapshot, scratch);
	ck_assert_int_eq(snapshot_collect(snapshot, &old->kernel.view), 0);
	snapshot_hand_over(snapshot, old->id, true, spare(new));
	snapshot_free(snapshot);
	free(scratch);
}

static void crash_of_two(const struct set *old, const struct set *new)
{
	struct set first, second;

	set_copy(old, &first);
	set_copy(new, &second);
	if (valid(&second)->predecessor != first.id) {
		fold(&first, &second);
		commit(&second);
	}
	crash(&second);
	set_free(&first);
	set_free(&second);
}

static const struct {
	uint32_t max_rows;
	uint32_t labels;
	bool turned;
} successors[] = {
	{SNAPSHOT_MAX_ROWS_MIN, 0, false},
	{SNAPSHOT_MAX_ROWS_MIN, BIND_LABEL_UID, true},
	{8 * SNAPSHOT_MAX_ROWS_MIN, BIND_LABEL_PORT, true},
	{SNAPSHOT_MAX_ROWS_MIN / 2, BIND_LABEL_UID | BIND_LABEL_SCOPE, false},
	{SNAPSHOT_MAX_ROWS_MIN, BIND_LABEL_UID | BIND_LABEL_UNIT, true},
};

/* Two successors in turn, each with other settings or sizes than its predecessor. */
START_TEST(crash_while_handing_over)
{
	struct set old, new;

	made = failed = 0;
	set_init(&old, 1, 2 * SNAPSHOT_MAX_ROWS_MIN, BIND_LABEL_UID);
	for (uint64_t id = 2; id < 4; id++) {
		for (uint32_t entry = 1; entry < 150; entry++) {
			char comm[BIND_COMM_SIZE];

			snprintf(comm, sizeof(comm), "%u of %u", entry, (unsigned int)id);
			bind_in(&old, entry, comm, entry, entry % 3);
		}
		overflow_in(&old, 5);
		if (successors[_i].turned)
			fake_kernel_turn(&old.kernel);
		bind_in(&old, 1, "later", 4, 1);
		set_init(&new, id, successors[_i].max_rows, successors[_i].labels);
		new.kernel.view.now_ns = old.kernel.view.now_ns;
		crash_of_two(&old, &new);
		bind_in(&new, 7, "new", 20, 3);
		bind_in(&old, 1, "later", 1, 1);
		overflow_in(&new, 1);
		crash_of_two(&old, &new);
		scribble(&new);
		crash_of_two(&old, &new);
		fold(&old, &new);
		crash_of_two(&old, &new);
		commit(&new);
		crash_of_two(&old, &new);
		set_free(&old);
		crash(&new);
		old = new;
	}
	set_free(&old);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{crash_while_forgetting, ARRAY_SIZE(forgetters)},
		{crash_while_handing_over, ARRAY_SIZE(successors)},
	};

	return run_suite("ledger_crash", tests, ARRAY_SIZE(tests));
}
