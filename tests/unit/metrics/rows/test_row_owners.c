// SPDX-License-Identifier: Apache-2.0
/*
 * Rows with owners: when they appear, and that their labels stay the same, regardless of what
 * becomes known later and of restarts and upgrades.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "metrics/rows/filter.h"
#include "tests/unit/metrics/rows/rows_fixture.h"
#include "tests/unit/suite.h"

static void restart_with(uint32_t labels)
{
	config.labels = labels;
	rows_restart();
}

/* To a successor with maps of its own. */
static void hand_over(void)
{
	snapshot_hand_over(snapshot, 4711, /* hooks_too= */ true, ledger);
	fake_kernel_turn(&kernel);
}

static void check_nginx(uint64_t without_owner, uint64_t named)
{
	ck_assert_uint_eq(rows_attempts("nginx", NOBODY), without_owner);
	ck_assert_uint_eq(rows_attempts("nginx", NAMED), named);
}

/* A container that was restarted, and cgroups below that of a unit: one owner, one row. */
START_TEST(equal_owners_are_one_row)
{
	rows_learn_first();
	rows_learn(LINK(ID("b")), TARGET("1"));
	rows_bind_first(1, "nginx", 5);
	rows_bind_in(2, "nginx", 9, SECOND_TRY, 6);
	rows_bind_in(3, "nginx", 10, SECOND_TRY "/container", 1);
	rows_bind_in(4, "sshd", 11, SSH, 20);
	rows_bind_in(5, "sshd", 12, SSH "/sub", 2);
	rows_bind_in(6, "kthread", 1, "/", 3);
	rows_collect();
	ck_assert_uint_eq(rows_count(), 3);
	ck_assert_uint_eq(rows_attempts("nginx", NAMED), 12);
	ck_assert_uint_eq(rows_attempts("sshd", SSHD), 22);
	ck_assert_uint_eq(rows_attempts("kthread", NOBODY), 3);
}
END_TEST

/* When a half is forgotten, entries that waited in it are decided, and sums stay. */
START_TEST(forgetting_ends_the_waiting)
{
	rows_bind_first(1, "nginx", 5);
	fake_kernel_fail(&kernel, 3, 1, EACCES, 2);
	rows_collect();
	ck_assert_uint_eq(rows_count(), 0);
	rows_turn();
	rows_bind_first(2, "nginx", 4);
	rows_bind_in(3, "nginx", 9, SECOND_TRY, 1);
	rows_learn_first();
	rows_collect();
	ck_assert_uint_eq(rows_count(), 1);
	ck_assert_uint_eq(rows_attempts("nginx", UNRESOLVED), 9);
	ck_assert_uint_eq(rows_sum(snapshot_collection(snapshot)->failures), 2);
	ck_assert_uint_eq(snapshot_collection(snapshot)->entries, 2);
}
END_TEST

static const struct {
	bool resolved, forgotten;
} restarts[] = {{true, false}, {true, true}, {false, false}, {false, true}};

static uint64_t attempts_as(bool resolved, const char *comm)
{
	return resolved ? rows_attempts(comm, NAMED) : rows_attempts(comm, UNRESOLVED);
}

/* By the ledger, or by the decision recorded in the half that still counts. */
START_TEST(a_restart_keeps_the_names)
{
	if (restarts[_i].resolved)
		rows_learn_first();
	rows_bind_first(1, "nginx", 5);
	rows_collect();
	rows_collect_late();
	if (restarts[_i].forgotten)
		rows_turn();
	rows_restart();
	if (!restarts[_i].resolved)
		rows_learn_first();
	rows_bind_first(restarts[_i].forgotten ? 1 : 2, "nginx", 3);
	rows_bind_first(3, "later", 1);
	rows_collect();
	ck_assert_uint_eq(rows_count(), 2);
	ck_assert_uint_eq(attempts_as(restarts[_i].resolved, "nginx"), 8);
	ck_assert_uint_eq(attempts_as(restarts[_i].resolved, "later"), 1);
	ck_assert_uint_eq(rows_unresolved(), !restarts[_i].resolved);
}
END_TEST

/*
 * The predecessor had shown only the second entry: the first was filtered, and waited for its link.
 */
START_TEST(a_restart_keeps_what_was_shown)
{
	struct filter filter = {0};

	filter_add(&filter, FILTER_COMM_EXCLUDE, "sh");
	config.filter = &filter;
	rows_restart();
	rows_bind_first(1, "sh", 5);
	rows_pass(1);
	rows_bind_first(2, "nginx", 3);
	rows_collect_late();
	ck_assert_uint_eq(rows_attempts("nginx", UNRESOLVED), 3);
	config.filter = NULL;
	rows_restart();
	rows_learn_first();
	rows_collect();
	ck_assert_uint_eq(rows_attempts("nginx", UNRESOLVED), 3);
	ck_assert_uint_eq(rows_attempts("sh", UNRESOLVED), 5);
}
END_TEST

/* Killed before the row was shown: the names are lost, and none are made up. */
START_TEST(what_was_being_decided_has_no_name)
{
	rows_learn_first();
	rows_bind_first(1, "nginx", 5);
	kernel.origins[1].state = BIND_ORIGIN_DECIDING;
	rows_collect();
	ck_assert_uint_eq(rows_attempts("nginx", NOBODY), 5);
	ck_assert_uint_eq(rows_unresolved(), 1);
}
END_TEST

/* The present half has only the ids of cgroups. */
START_TEST(a_successor_gets_the_names)
{
	config.at_once = true;
	rows_renew();
	rows_bind_first(1, "nginx", 5);
	rows_bind_ssh(2, 4);
	rows_collect();
	hand_over();
	config.at_once = false;
	rows_restart();
	rows_learn_first();
	rows_bind_first(1, "nginx", 3);
	rows_collect();
	ck_assert_uint_eq(rows_count(), 2);
	ck_assert_uint_eq(rows_attempts("nginx", UNRESOLVED), 8);
	ck_assert_uint_eq(rows_attempts("sshd", SSHD), 4);
}
END_TEST

/*
 * Rows that were counted without owners have none. Rows that were counted with owners can be shown
 * without.
 */
START_TEST(labels_come_and_go)
{
	rows_learn_first();
	restart_with(0);
	fake_kernel_claim(&kernel, 1, BIND_AUTO, AF_INET, "nginx", 1);
	fake_kernel_count(&kernel, 1, 0, 5);
	rows_collect();
	ck_assert(!snapshot_collection(snapshot)->owned);
	hand_over();
	ck_assert_uint_eq(ledger->owners, 0);
	restart_with(BIND_LABELS_OWNER);
	rows_learn_first();
	rows_bind_first(1, "nginx", 3);
	rows_collect();
	check_nginx(5, 3);
	rows_turn();
	ck_assert_uint_eq(ledger->owners, 1);
	rows_restart();
	rows_collect();
	check_nginx(5, 3);
	restart_with(0);
	rows_collect();
	ck_assert_uint_eq(rows_count(), 1);
	ck_assert_uint_eq(rows_sum(snapshot_collection(snapshot)->rows), 8);
}
END_TEST

/* A process in that cgroup that binds now has a name nevertheless. */
START_TEST(what_had_no_labels_decides_nothing)
{
	rows_learn_first();
	rows_bind_first(1, "nginx", 5);
	rows_collect();
	rows_turn();
	restart_with(0);
	rows_collect();
	hand_over();
	restart_with(BIND_LABELS_OWNER);
	rows_turn();
	ck_assert_uint_eq(ledger->owners, 1);
	rows_restart();
	rows_learn_first();
	rows_bind_first(1, "nginx", 3);
	rows_collect();
	check_nginx(5, 3);
}
END_TEST

/* A pod for every bind: the limit holds, and "(other)" has no owner. */
START_TEST(the_bound_holds)
{
	char id[65], path[256];

	for (uint32_t entry = 0; entry < 1U << BITS; entry++) {
		snprintf(id, sizeof(id), "%064x", entry);
		snprintf(path, sizeof(path), POD "/cri-containerd-%s.scope", id);
		rows_bind_in(entry, "flood", 100 + entry, path, 1);
	}
	rows_collect();
	rows_collect_late();
	ck_assert_uint_le(rows_count(), ROWS);
	ck_assert_uint_eq(rows_sum(snapshot_collection(snapshot)->rows), 1U << BITS);
	ck_assert_uint_eq(rows_attempts("(other)", NOBODY), (1U << BITS) - rows_count() + 1);
	rows_turn();
	ck_assert_uint_eq(rows_sum(snapshot_collection(snapshot)->rows), 1U << BITS);
	rows_bind_in(1, "flood", 100 + (1U << BITS) - 1, path, 1); /* the last one was folded */
	rows_collect();
	ck_assert_uint_eq(rows_attempts("(other)", NOBODY), (1U << BITS) - rows_count() + 2);
}
END_TEST

/* An owner is kept while there is a row, or an entry that may still join it. */
START_TEST(owners_go_with_their_rows)
{
	struct bind_view before;

	rows_bind_first(1, "nginx", 5);
	rows_bind_ssh(2, 4);
	rows_collect();
	rows_collect_late();
	ck_assert_uint_eq(rows_unresolved(), 1);
	rows_turn();
	ck_assert_ptr_nonnull(owners_known(owners, 7));
	rows_bind_ssh(1, 4);
	rows_pass(IDLE_S);
	before = kernel.view;
	fake_kernel_turn(&kernel);
	rows_bind_in(1, "sshd", 9, SSH "/sub", 1); /* joins the row of the other */
	ck_assert_int_eq(snapshot_forget(snapshot, &before, ledger), 0);
	ck_assert_ptr_nonnull(owners_known(owners, 9));
	ck_assert_ptr_null(owners_known(owners, 7));
	ck_assert_ptr_nonnull(owners_known(owners, 8));
	rows_collect();
	ck_assert_uint_eq(rows_unresolved(), 0);
	ck_assert_uint_eq(rows_count(), 1);
}
END_TEST

/* A reader that only needs sums leaves no traces in maps that another process reads. */
START_TEST(without_owners_labels_are_empty)
{
	config.owners = NULL;
	rows_renew();
	rows_bind_first(1, "nginx", 5);
	rows_bind_in(2, "nginx", 9, SECOND_TRY, 6);
	rows_collect();
	ck_assert_uint_eq(rows_count(), 1);
	ck_assert_uint_eq(rows_attempts("nginx", NOBODY), 11);
	ck_assert_int_eq(kernel.origins[1].state, BIND_ORIGIN_COMPLETE);
	ck_assert(!snapshot_collection(snapshot)->owned);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{equal_owners_are_one_row, 0},
		{forgetting_ends_the_waiting, 0},
		{a_restart_keeps_the_names, ARRAY_SIZE(restarts)},
		{a_restart_keeps_what_was_shown, 0},
		{what_was_being_decided_has_no_name, 0},
		{a_successor_gets_the_names, 0},
		{labels_come_and_go, 0},
		{what_had_no_labels_decides_nothing, 0},
		{the_bound_holds, 0},
		{owners_go_with_their_rows, 0},
		{without_owners_labels_are_empty, 0},
	};

	return run_suite_around("row_owners", rows_begin_owned, rows_end, tests, ARRAY_SIZE(tests));
}
