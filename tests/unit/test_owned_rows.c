// SPDX-License-Identifier: Apache-2.0
/*
 * Rows that tell whose bind it was: when they appear, and that they stay what they were, whatever
 * becomes known later, and to whom they are handed over.
 */
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
#define NAMED      "shop", "web-0", "nginx", ""
#define UNRESOLVED "", UID, ID("a"), ""
#define NOBODY     "", "", "", ""

static struct fake_kernel kernel;
static struct owners *owners;
static struct snapshot *snapshot;
static struct ledger *ledger;
static struct snapshot_config config;

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

static uint32_t unresolved(void)
{
	ck_assert(snapshot_totals(snapshot)->owned);
	return snapshot_totals(snapshot)->unresolved;
}

START_TEST(a_row_waits_for_its_names)
{
	begin();
	bind_in(1, "nginx", 7, FIRST, 5);
	fake_kernel_fail(&kernel, 3, 1, EACCES, 2);
	bind_in(2, "sshd", 8, "/system.slice/ssh.service", 4);
	collect();
	ck_assert_uint_eq(rows(), 1);
	ck_assert_uint_eq(attempts_of("sshd", "", "", "", "ssh.service"), 4);
	ck_assert_uint_eq(snapshot_failures(snapshot)->count, 0);
	ck_assert_uint_eq(snapshot_totals(snapshot)->entries, 2);
	ck_assert_uint_eq(unresolved(), 0);
	learn(LINK(ID("a")), TARGET("0"));
	fake_kernel_count(&kernel, 1, 0, 1);
	collect();
	ck_assert_uint_eq(attempts_of("nginx", NAMED), 6);
	ck_assert_uint_eq(sum(snapshot_failures(snapshot)), 2);
	ck_assert_uint_eq(snapshot_totals(snapshot)->entries, 2);
	ck_assert_uint_eq(unresolved(), 0);
	end();
}
END_TEST

/* After that it is an id, for good, and so is whoever else comes from there. */
START_TEST(it_does_not_wait_for_ever)
{
	begin();
	bind_in(1, "nginx", 7, FIRST, 5);
	collect();
	pass(WAIT_S - 1);
	collect();
	ck_assert_uint_eq(rows(), 0);
	pass(1);
	collect();
	ck_assert_uint_eq(attempts_of("nginx", UNRESOLVED), 5);
	ck_assert_uint_eq(unresolved(), 1);
	learn(LINK(ID("a")), TARGET("0"));
	bind_in(2, "sh", 7, FIRST, 3);
	collect();
	ck_assert_uint_eq(attempts_of("nginx", UNRESOLVED), 5);
	ck_assert_uint_eq(attempts_of("sh", UNRESOLVED), 3);
	ck_assert_uint_eq(unresolved(), 1);
	end();
}
END_TEST

/* Read for the first time when it is too late to wait: by --once, or between distant scrapes. */
START_TEST(it_waits_since_the_bind)
{
	begin();
	bind_in(1, "nginx", 7, FIRST, 5);
	pass(WAIT_S);
	bind_in(2, "later", 9, SECOND_TRY, 1);
	kernel.table[2].first_ns++; /* after the reading has begun */
	collect();
	ck_assert_uint_eq(rows(), 1);
	ck_assert_uint_eq(attempts_of("nginx", UNRESOLVED), 5);
	end();
}
END_TEST

/* A container that was started anew, and cgroups below a unit's: one owner, one row. */
START_TEST(equal_owners_are_one_row)
{
	begin();
	learn(LINK(ID("a")), TARGET("0"));
	learn(LINK(ID("b")), TARGET("1"));
	bind_in(1, "nginx", 7, FIRST, 5);
	bind_in(2, "nginx", 9, SECOND_TRY, 6);
	bind_in(3, "nginx", 10, SECOND_TRY "/container", 1);
	bind_in(4, "sshd", 11, "/system.slice/ssh.service", 20);
	bind_in(5, "sshd", 12, "/system.slice/ssh.service/sub", 2);
	bind_in(6, "kthread", 1, "/", 3);
	collect();
	ck_assert_uint_eq(rows(), 3);
	ck_assert_uint_eq(attempts_of("nginx", NAMED), 12);
	ck_assert_uint_eq(attempts_of("sshd", "", "", "", "ssh.service"), 22);
	ck_assert_uint_eq(attempts_of("kthread", NOBODY), 3);
	end();
}
END_TEST

/* The half is gone then: what waited in it is decided, and sums stay. */
START_TEST(forgetting_ends_the_waiting)
{
	begin();
	bind_in(1, "nginx", 7, FIRST, 5);
	fake_kernel_fail(&kernel, 3, 1, EACCES, 2);
	collect();
	ck_assert_uint_eq(rows(), 0);
	turn_and_forget();
	bind_in(2, "nginx", 7, FIRST, 4);
	bind_in(3, "nginx", 9, SECOND_TRY, 1);
	learn(LINK(ID("a")), TARGET("0"));
	collect();
	ck_assert_uint_eq(rows(), 1);
	ck_assert_uint_eq(attempts_of("nginx", UNRESOLVED), 9);
	ck_assert_uint_eq(sum(snapshot_failures(snapshot)), 2);
	ck_assert_uint_eq(snapshot_totals(snapshot)->entries, 2);
	end();
}
END_TEST

static const struct {
	bool resolved, forgotten;
} restarts[] = {{true, false}, {true, true}, {false, false}, {false, true}};

/* By the ledger, or by what was put down in the half that still counts. */
START_TEST(a_restart_keeps_the_names)
{
	begin();
	if (restarts[_i].resolved)
		learn(LINK(ID("a")), TARGET("0"));
	bind_in(1, "nginx", 7, FIRST, 5);
	collect();
	pass(WAIT_S);
	collect();
	if (restarts[_i].forgotten)
		turn_and_forget();
	restart();
	if (!restarts[_i].resolved)
		learn(LINK(ID("a")), TARGET("0"));
	bind_in(restarts[_i].forgotten ? 1 : 2, "nginx", 7, FIRST, 3);
	bind_in(3, "later", 7, FIRST, 1);
	collect();
	ck_assert_uint_eq(rows(), 2);
	if (restarts[_i].resolved) {
		ck_assert_uint_eq(attempts_of("nginx", NAMED), 8);
		ck_assert_uint_eq(attempts_of("later", NAMED), 1);
	} else {
		ck_assert_uint_eq(attempts_of("nginx", UNRESOLVED), 8);
		ck_assert_uint_eq(attempts_of("later", UNRESOLVED), 1);
	}
	ck_assert_uint_eq(unresolved(), !restarts[_i].resolved);
	end();
}
END_TEST

/* It had shown the second entry only, since the first was filtered, and waited for its link. */
START_TEST(a_restart_keeps_what_was_shown)
{
	struct filter filter = {0};

	begin();
	filter_add(&filter, FILTER_COMM_EXCLUDE, "sh");
	config.filter = &filter;
	restart();
	bind_in(1, "sh", 7, FIRST, 5);
	pass(1);
	bind_in(2, "nginx", 7, FIRST, 3);
	pass(WAIT_S);
	collect();
	ck_assert_uint_eq(attempts_of("nginx", UNRESOLVED), 3);
	config.filter = NULL;
	restart();
	learn(LINK(ID("a")), TARGET("0"));
	collect();
	ck_assert_uint_eq(attempts_of("nginx", UNRESOLVED), 3);
	ck_assert_uint_eq(attempts_of("sh", UNRESOLVED), 5);
	end();
}
END_TEST

/* Killed before the row was shown: its names are lost, and nothing is made up in their place. */
START_TEST(what_was_being_decided_has_no_name)
{
	begin();
	learn(LINK(ID("a")), TARGET("0"));
	bind_in(1, "nginx", 7, FIRST, 5);
	kernel.origins[1].state = BIND_ORIGIN_DECIDING;
	collect();
	ck_assert_uint_eq(attempts_of("nginx", NOBODY), 5);
	ck_assert_uint_eq(unresolved(), 1);
	end();
}
END_TEST

/* To maps of his own, where ids of cgroups are all that the present half has of them. */
START_TEST(a_successor_gets_the_names)
{
	begin();
	config.at_once = true;
	snapshot_free(snapshot);
	snapshot = snapshot_new(&config);
	bind_in(1, "nginx", 7, FIRST, 5);
	bind_in(2, "sshd", 8, "/system.slice/ssh.service", 4);
	collect();
	snapshot_hand_over(snapshot, 4711, true, ledger);
	fake_kernel_turn(&kernel);
	config.at_once = false;
	restart();
	learn(LINK(ID("a")), TARGET("0"));
	bind_in(1, "nginx", 7, FIRST, 3);
	collect();
	ck_assert_uint_eq(rows(), 2);
	ck_assert_uint_eq(attempts_of("nginx", UNRESOLVED), 8);
	ck_assert_uint_eq(attempts_of("sshd", "", "", "", "ssh.service"), 4);
	end();
}
END_TEST

/* What was counted without owners has none; what was counted with them can do without. */
START_TEST(labels_come_and_go)
{
	begin();
	learn(LINK(ID("a")), TARGET("0"));
	config.labels = 0;
	restart();
	fake_kernel_claim(&kernel, 1, BIND_AUTO, AF_INET, "nginx", 1);
	fake_kernel_count(&kernel, 1, 0, 5);
	collect();
	ck_assert(!snapshot_totals(snapshot)->owned);
	snapshot_hand_over(snapshot, 1, true, ledger);
	ck_assert_uint_eq(ledger->owners, 0);
	fake_kernel_turn(&kernel);
	config.labels = BIND_LABELS_OWNER;
	restart();
	learn(LINK(ID("a")), TARGET("0"));
	bind_in(1, "nginx", 7, FIRST, 3);
	collect();
	ck_assert_uint_eq(attempts_of("nginx", NOBODY), 5);
	ck_assert_uint_eq(attempts_of("nginx", NAMED), 3);
	turn_and_forget();
	ck_assert_uint_eq(ledger->owners, 1);
	restart();
	collect();
	ck_assert_uint_eq(attempts_of("nginx", NOBODY), 5);
	ck_assert_uint_eq(attempts_of("nginx", NAMED), 3);
	config.labels = 0;
	restart();
	collect();
	ck_assert_uint_eq(rows(), 1);
	ck_assert_uint_eq(sum(snapshot_rows(snapshot)), 8);
	end();
}
END_TEST

/* Whoever is in that cgroup now has a name all the same. */
START_TEST(what_had_no_labels_decides_nothing)
{
	begin();
	learn(LINK(ID("a")), TARGET("0"));
	bind_in(1, "nginx", 7, FIRST, 5);
	collect();
	turn_and_forget();
	config.labels = 0;
	restart();
	collect();
	snapshot_hand_over(snapshot, 1, true, ledger);
	fake_kernel_turn(&kernel);
	config.labels = BIND_LABELS_OWNER;
	restart();
	turn_and_forget();
	ck_assert_uint_eq(ledger->owners, 1);
	restart();
	learn(LINK(ID("a")), TARGET("0"));
	bind_in(1, "nginx", 7, FIRST, 3);
	collect();
	ck_assert_uint_eq(attempts_of("nginx", NOBODY), 5);
	ck_assert_uint_eq(attempts_of("nginx", NAMED), 3);
	end();
}
END_TEST

/* A pod for every bind: the bound holds, and "(other)" is nobody's. */
START_TEST(the_bound_holds)
{
	char id[65], path[256];

	begin();
	for (uint32_t entry = 0; entry < 1U << BITS; entry++) {
		snprintf(id, sizeof(id), "%064x", entry);
		snprintf(path, sizeof(path), POD "/cri-containerd-%s.scope", id);
		bind_in(entry, "flood", 100 + entry, path, 1);
	}
	collect();
	pass(WAIT_S);
	collect();
	ck_assert_uint_le(rows(), ROWS);
	ck_assert_uint_eq(sum(snapshot_rows(snapshot)), 1U << BITS);
	ck_assert_uint_eq(attempts_of("(other)", NOBODY), (1U << BITS) - rows() + 1);
	turn_and_forget();
	ck_assert_uint_eq(sum(snapshot_rows(snapshot)), 1U << BITS);
	bind_in(1, "flood", 100 + (1U << BITS) - 1, path, 1); /* the last one was folded */
	collect();
	ck_assert_uint_eq(attempts_of("(other)", NOBODY), (1U << BITS) - rows() + 2);
	end();
}
END_TEST

/* Nobody waits, and nobody is named, for what is not shown. */
START_TEST(filtered_binds_do_not_wait)
{
	struct filter filter = {0};

	begin();
	filter_add(&filter, FILTER_COMM_EXCLUDE, "nginx");
	config.filter = &filter;
	restart();
	bind_in(1, "nginx", 7, FIRST, 5);
	collect();
	ck_assert_uint_eq(rows(), 0);
	ck_assert_uint_eq(
		snapshot_totals(snapshot)->filtered[bind_overflow_index(0, BIND_AUTO, AF_INET)], 5);
	ck_assert_int_eq(kernel.origins[1].state, BIND_ORIGIN_COMPLETE);
	end();
}
END_TEST

/* As long as there is a row, or what may still join it. */
START_TEST(owners_go_with_their_rows)
{
	struct bind_view before;

	begin();
	bind_in(1, "nginx", 7, FIRST, 5);
	bind_in(2, "sshd", 8, "/system.slice/ssh.service", 4);
	collect();
	pass(WAIT_S);
	collect();
	ck_assert_uint_eq(unresolved(), 1);
	turn_and_forget();
	ck_assert_ptr_nonnull(owners_known(owners, 7));
	bind_in(1, "sshd", 8, "/system.slice/ssh.service", 4);
	pass(IDLE_S);
	before = kernel.view;
	fake_kernel_turn(&kernel);
	bind_in(1, "sshd", 9, "/system.slice/ssh.service/sub", 1); /* joins the row of the other */
	ck_assert_int_eq(snapshot_forget(snapshot, &before, ledger), 0);
	ck_assert_ptr_nonnull(owners_known(owners, 9));
	ck_assert_ptr_null(owners_known(owners, 7));
	ck_assert_ptr_nonnull(owners_known(owners, 8));
	collect();
	ck_assert_uint_eq(unresolved(), 0);
	ck_assert_uint_eq(rows(), 1);
	end();
}
END_TEST

/* Who only wants sums leaves no traces in maps that another process reads. */
START_TEST(without_owners_labels_are_empty)
{
	begin();
	config.owners = NULL;
	snapshot_free(snapshot);
	snapshot = snapshot_new(&config);
	bind_in(1, "nginx", 7, FIRST, 5);
	bind_in(2, "nginx", 9, SECOND_TRY, 6);
	collect();
	ck_assert_uint_eq(rows(), 1);
	ck_assert_uint_eq(attempts_of("nginx", NOBODY), 11);
	ck_assert_int_eq(kernel.origins[1].state, BIND_ORIGIN_COMPLETE);
	ck_assert(!snapshot_totals(snapshot)->owned);
	end();
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{a_row_waits_for_its_names, 0},
		{it_does_not_wait_for_ever, 0},
		{it_waits_since_the_bind, 0},
		{equal_owners_are_one_row, 0},
		{forgetting_ends_the_waiting, 0},
		{a_restart_keeps_the_names, ARRAY_SIZE(restarts)},
		{a_restart_keeps_what_was_shown, 0},
		{what_was_being_decided_has_no_name, 0},
		{a_successor_gets_the_names, 0},
		{labels_come_and_go, 0},
		{what_had_no_labels_decides_nothing, 0},
		{the_bound_holds, 0},
		{filtered_binds_do_not_wait, 0},
		{owners_go_with_their_rows, 0},
		{without_owners_labels_are_empty, 0},
	};

	return run_suite("owned_rows", tests, ARRAY_SIZE(tests));
}
