// SPDX-License-Identifier: Apache-2.0
/*
 * Folding of units: under which name they are shown, and that their rows are one, also after a
 * restart.
 */
#include "metrics/rows/unit_fold.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "metrics/rows/filter.h"
#include "tests/unit/metrics/rows/rows_fixture.h"
#include "tests/unit/suite.h"

#define SESSION "session-*.scope"
#define USER    "/user.slice/user-1000.slice"

#define TEN(text) text text text text text text text text text text

static struct unit_fold fold_of(const char *const globs[])
{
	struct unit_fold fold = {.count = 0};

	for (size_t i = 0; globs[i]; i++)
		ck_assert_int_eq(unit_fold_add(&fold, globs[i]), 0);
	return fold;
}

static const struct {
	const char *globs[3];
	const char *unit, *shown;
} names[] = {
	{{NULL}, "session-3.scope", "session-3.scope"},
	{{SESSION}, "session-3.scope", SESSION},
	{{SESSION}, "session-3.scope.d", "session-3.scope.d"},
	{{SESSION}, "Session-3.scope", "Session-3.scope"},
	{{SESSION}, SESSION, SESSION},
	{{"*"}, "ssh.service", "*"},
	{{"*"}, "", ""}, /* the unit of a process in no unit does not match any of these */
	{{"run-p*-i*.scope", "run-p*-i*.service"}, "run-p12-i3.service", "run-p*-i*.service"},
	/* The first glob that matches. */
	{{"user@*.service", "*"}, "user@1000.service", "user@*.service"},
	{{"*", "user@*.service"}, "user@1000.service", "*"},
	/* A row of an earlier run with this glob, which another glob matches before its own. */
	{{"run-[0-9]*", "run-*"}, "run-7", "run-[0-9]*"},
	{{"run-[0-9]*", "run-*"}, "run-[0-9]*", "run-[0-9]*"},
	{{"*", "user@*.service"}, "user@*.service", "user@*.service"},
	/* A row of an earlier run without that glob goes where its units go. */
	{{"*.scope"}, SESSION, "*.scope"},
};

START_TEST(gives_names)
{
	const struct unit_fold fold = fold_of(names[_i].globs);

	ck_assert_str_eq(unit_fold_name(&fold, names[_i].unit), names[_i].shown);
}
END_TEST

START_TEST(takes_label_values_only)
{
	struct unit_fold fold = {.count = 0};

	ck_assert_int_eq(unit_fold_add(&fold, ""), -EINVAL);
	ck_assert_int_eq(unit_fold_add(&fold, "a\xff*"), -EILSEQ);
	ck_assert_int_eq(unit_fold_add(&fold, "a\x01*"), -EILSEQ);
	ck_assert_int_eq(unit_fold_add(&fold, TEN("0123456789") TEN("12") "1234"), -EILSEQ);
	ck_assert_int_eq(unit_fold_add(&fold, TEN("0123456789") TEN("12") "12*"), 0);
	ck_assert_int_eq(unit_fold_add(&fold, "caf\xc3\xa9-*.service"), 0);
	while (fold.count < UNIT_FOLD_GLOBS_MAX)
		ck_assert_int_eq(unit_fold_add(&fold, "x"), 0);
	ck_assert_int_eq(unit_fold_add(&fold, "x"), -ENOSPC);
}
END_TEST

static struct unit_fold fold;

static void begin(const char *const globs[])
{
	fold = fold_of(globs);
	config.labels = BIND_LABEL_UNIT | BIND_LABEL_CONTAINER;
	config.unit_fold = &fold;
	rows_begin();
	kernel.view.results = true;
}

static void bind_in(uint32_t entry, uint64_t cgroup, const char *path, uint64_t attempts)
{
	rows_bind_in(entry, "sshd", cgroup, path, attempts);
}

static void session(uint32_t number, uint64_t attempts)
{
	char path[64];

	snprintf(path, sizeof(path), USER "/session-%u.scope", number);
	bind_in(number, 100 + number, path, attempts);
}

/* Continues as another process, with these globs. */
static void restart(const char *const globs[])
{
	fold = fold_of(globs);
	rows_restart();
	rows_collect();
}

static const struct row *find(const struct row_set *rows, const char *container, const char *unit,
			      const char *more)
{
	char labels[512];
	uint32_t position;

	snprintf(labels, sizeof(labels),
		 "{category=\"auto\",family=\"inet\",comm=\"sshd\",container=\"%s\",unit=\"%s\"%s}",
		 container, unit, more);
	return row_set_find(rows, labels, &position) ? row_set_at(rows, position) : NULL;
}

/* UINT64_MAX: there is no such row. */
static uint64_t attempts_of(const char *unit)
{
	const struct row *row = find(snapshot_collection(snapshot)->rows, "", unit, "");

	return row ? row->count : UINT64_MAX;
}

static uint64_t failures_of(const char *unit)
{
	const struct row *row =
		find(snapshot_collection(snapshot)->failures, "", unit, ",errno=\"EACCES\"");

	return row ? row->count : UINT64_MAX;
}

static const char *const nothing[] = {NULL};
static const char *const sessions[] = {SESSION, NULL};

START_TEST(sessions_are_one_row)
{
	begin(sessions);
	kernel.view.now_ns += SECOND;
	session(1, 5);
	kernel.view.now_ns -= SECOND;
	session(2, 6);
	bind_in(3, 7, SSH, 4);
	fake_kernel_fail(&kernel, 1, 1, EACCES, 2);
	fake_kernel_fail(&kernel, 2, 2, EACCES, 3);
	rows_collect();
	ck_assert_uint_eq(rows_count(), 2);
	ck_assert_uint_eq(attempts_of(SESSION), 11);
	ck_assert_uint_eq(failures_of(SESSION), 5);
	ck_assert_uint_eq(find(snapshot_collection(snapshot)->rows, "", SESSION, "")->first_ns,
			  1000 * SECOND);
	ck_assert_uint_eq(attempts_of("ssh.service"), 4);
	session(4, 1);
	rows_collect();
	ck_assert_uint_eq(attempts_of(SESSION), 12);
	ck_assert_uint_eq(rows_count(), 2);
	rows_end();
}
END_TEST

/* The recorded decision, which another process may read, has the unit's own name. */
START_TEST(decisions_are_not_folded)
{
	begin(sessions);
	session(1, 5);
	rows_collect();
	ck_assert_str_eq(owners_known(owners, 101)->unit, "session-1.scope");
	ck_assert_int_eq(kernel.origins[1].state, BIND_ORIGIN_DECIDED);
	ck_assert_str_eq(((const struct owner *)kernel.origins[1].bytes)->unit, "session-1.scope");
	rows_end();
}
END_TEST

/* Far more than there are rows. */
START_TEST(a_flood_of_sessions_is_no_flood_of_rows)
{
	begin(sessions);
	for (uint32_t half = 0; half < 10; half++) {
		for (uint32_t number = 0; number < 200; number++)
			session(number, 1);
		rows_collect();
		rows_turn();
	}
	ck_assert_uint_eq(rows_count(), 1);
	ck_assert_uint_eq(attempts_of(SESSION), 2000);
	rows_end();
}
END_TEST

START_TEST(a_container_is_still_one)
{
	const char id[] = TEN("aaaaaa") "aaaa";

	begin((const char *const[]){"user@*.service", NULL});
	bind_in(1, 7,
		USER "/user@1000.service/user.slice/libpod-" TEN("aaaaaa") "aaaa.scope/container",
		3);
	bind_in(2, 8, USER "/user@1000.service/app.slice", 4);
	rows_collect();
	ck_assert_uint_eq(
		find(snapshot_collection(snapshot)->rows, id, "user@*.service", "")->count, 3);
	ck_assert_uint_eq(attempts_of("user@*.service"), 4);
	rows_turn();
	restart(nothing);
	ck_assert_uint_eq(
		find(snapshot_collection(snapshot)->rows, id, "user@*.service", "")->count, 3);
	ck_assert_uint_eq(attempts_of("user@*.service"), 4);
	rows_end();
}
END_TEST

/* Rows of a run without folding become one: by the ledger, and by entries that still count. */
START_TEST(the_option_comes)
{
	begin(nothing);
	session(1, 5);
	session(2, 6);
	fake_kernel_fail(&kernel, 1, 1, EACCES, 2);
	fake_kernel_fail(&kernel, 2, 2, EACCES, 3);
	rows_collect();
	ck_assert_uint_eq(rows_count(), 2);
	rows_turn();
	session(2, 10);
	session(3, 20);
	restart(sessions);
	ck_assert_uint_eq(rows_count(), 1);
	ck_assert_uint_eq(attempts_of(SESSION), 41);
	ck_assert_uint_eq(failures_of(SESSION), 5);
	rows_end();
}
END_TEST

/*
 * Folded attempts cannot be separated and stay in their row; a process that binds now is in a row
 * of its own unit.
 */
START_TEST(the_option_goes)
{
	begin(sessions);
	session(1, 5);
	session(2, 6);
	fake_kernel_fail(&kernel, 1, 1, EACCES, 2);
	rows_collect();
	rows_turn();
	for (int i = 0; i < 2; i++) { /* with the ledger of a run that had no globs either */
		restart(nothing);
		ck_assert_uint_eq(rows_count(), 1);
		ck_assert_uint_eq(attempts_of(SESSION), 11);
		ck_assert_uint_eq(failures_of(SESSION), 2);
		rows_turn();
	}
	session(1, 10);
	rows_collect();
	ck_assert_uint_eq(rows_count(), 2);
	ck_assert_uint_eq(attempts_of(SESSION), 11);
	ck_assert_uint_eq(attempts_of("session-1.scope"), 10);
	rows_end();
}
END_TEST

START_TEST(the_option_stays)
{
	begin(sessions);
	for (uint32_t i = 1; i <= 3; i++) {
		session(i, 5);
		rows_collect();
		rows_turn();
		restart(sessions);
		ck_assert_uint_eq(rows_count(), 1);
		ck_assert_uint_eq(attempts_of(SESSION), 5 * i);
	}
	session(1, 1);
	rows_collect();
	ck_assert_uint_eq(attempts_of(SESSION), 16);
	rows_end();
}
END_TEST

/* Filters match what the page shows: not the units in a row, but the row's label. */
START_TEST(filters_match_the_glob)
{
	struct filter filter = {0};

	filter_add(&filter, FILTER_UNIT_EXCLUDE, "session-3.scope");
	filter_add(&filter, FILTER_UNIT_EXCLUDE, "user@[*].service");
	begin((const char *const[]){SESSION, "user@*.service", NULL});
	config.filter = &filter;
	restart((const char *const[]){SESSION, "user@*.service", NULL});
	session(3, 5);
	bind_in(4, 7, USER "/user@1000.service", 6);
	rows_collect();
	ck_assert_uint_eq(rows_count(), 1);
	ck_assert_uint_eq(attempts_of(SESSION), 5);
	ck_assert_uint_eq(snapshot_collection(snapshot)
				  ->totals.filtered[bind_overflow_index(0, BIND_AUTO, AF_INET)],
			  6);
	rows_end();
}
END_TEST

/* Another set of maps, or memory with strings that have no end. */
START_TEST(a_successor_gets_the_glob)
{
	begin(sessions);
	config.at_once = true;
	restart(sessions);
	session(1, 5);
	session(2, 6);
	rows_collect();
	snapshot_hand_over(snapshot, 4711, true, ledger);
	ck_assert_uint_eq(ledger->rows, 1);
	ck_assert_str_eq(ledger_owners(ledger)[0].unit, SESSION);
	if (_i)
		memset(ledger_owners(ledger), 'x', sizeof(struct owner));
	fake_kernel_turn(&kernel);
	restart(nothing);
	ck_assert_uint_eq(rows_count(), 1);
	if (!_i)
		ck_assert_uint_eq(attempts_of(SESSION), 11);
	rows_end();
}
END_TEST

/* Their owners have units nevertheless. */
START_TEST(rows_without_the_label_are_as_they_were)
{
	begin(sessions);
	config.labels = BIND_LABEL_CONTAINER;
	restart(sessions);
	session(1, 5);
	rows_collect();
	rows_turn();
	ck_assert_uint_eq(ledger->rows, 1);
	ck_assert_str_eq(ledger_owners(ledger)[0].unit, "session-1.scope");
	rows_end();
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{gives_names, ARRAY_SIZE(names)},
		{takes_label_values_only, 0},
		{sessions_are_one_row, 0},
		{decisions_are_not_folded, 0},
		{a_flood_of_sessions_is_no_flood_of_rows, 0},
		{a_container_is_still_one, 0},
		{the_option_comes, 0},
		{the_option_goes, 0},
		{the_option_stays, 0},
		{filters_match_the_glob, 0},
		{a_successor_gets_the_glob, 2},
		{rows_without_the_label_are_as_they_were, 0},
	};

	return run_suite("unit_fold", tests, ARRAY_SIZE(tests));
}
