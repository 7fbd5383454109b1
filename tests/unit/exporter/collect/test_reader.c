// SPDX-License-Identifier: Apache-2.0
/*
 * When the reader turns halves that are nearly full, and that this neither loses nor retires
 * anything.
 */
#include "exporter/collect/reader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "metrics/owners/owners.h"
#include "metrics/rows/unit_fold.h"
#include "tests/unit/exporter/collect/source_fixture.h"
#include "tests/unit/suite.h"

#define BITS     BIND_TABLE_BITS_MIN
#define HALF     (1U << BITS)
#define ORDINARY (HALF / 2)            /* names that are not reserved */
#define ALL      (HALF / 2 + HALF / 8) /* names altogether */
#define ROWS     SNAPSHOT_MAX_ROWS_MIN
#define SECOND   1000000000ULL
#define IDLE_S   3600
#define GAP_S    10
#define POD      "/kubepods/pod11111111-1111-1111-1111-111111111111/"
#define ID(d)    ID16(d) ID16(d) ID16(d) ID16(d)
#define ID16(d)  d d d d d d d d d d d d d d d d

static struct owners *owners;
static struct unit_fold fold;
static struct reader reader;
static struct snapshot_config config = {
	.table_bits = BITS,
	.max_rows = ROWS,
	.labels = BIND_LABELS_OWNER,
	.idle_s = IDLE_S,
	.unit_fold = &fold,
};

static void begin_reader(void)
{
	ck_assert_int_eq(reader_begin(&reader, &source, &config, NULL), 0);
}

static void begin(void)
{
	source_begin(ROWS);
	kernel.view.now_ns = 10000 * SECOND;
	kernel.view.results = true;
	owners = config.owners = owners_new();
	ck_assert_ptr_nonnull(owners);
	ck_assert_int_eq(unit_fold_add(&fold, "session-*.scope"), 0);
	begin_reader();
}

static void end(void)
{
	reader_end(&reader);
	owners_free(owners);
	source_end();
}

static unsigned int turns_after(uint64_t seconds)
{
	kernel.view.now_ns += seconds * SECOND;
	ck_assert_int_eq(reader_read(&reader), 0);
	return source_turns;
}

/* entry: its cgroup is that of a session. */
static void bind_as(uint32_t entry, uint8_t category, const char *comm)
{
	char path[64];

	snprintf(path, sizeof(path), "/user.slice/session-%u.scope", entry);
	fake_kernel_claim(&kernel, entry, category, AF_INET, comm, kernel.view.now_ns);
	fake_kernel_place(&kernel, entry, kernel.view.generation << BITS | entry, path);
	fake_kernel_count(&kernel, entry, entry % 2, 1);
}

static void log_in(uint32_t first, uint32_t count)
{
	for (uint32_t entry = first; entry < first + count; entry++)
		bind_as(entry, BIND_AUTO, "sshd");
}

static const struct row *row_of(const struct row_set *rows, const char *comm)
{
	char part[32];

	snprintf(part, sizeof(part), "comm=\"%s\"", comm);
	for (uint32_t i = 0; i < rows->count; i++)
		if (strstr(row_set_at(rows, i)->labels, part))
			return row_set_at(rows, i);
	return NULL;
}

static const struct row *attempts_of(const char *comm)
{
	return row_of(snapshot_collection(reader.snapshot)->rows, comm);
}

static uint64_t retired(void)
{
	return snapshot_collection(reader.snapshot)
		->totals.retired[bind_overflow_index(0, BIND_AUTO, AF_INET)];
}

/* Three quarters of the limit of a kind of names, and one less. */
START_TEST(turns_where_a_limit_is_near)
{
	uint64_t *limits[] = {
		(uint64_t *)kernel.control.ordinary,
		(uint64_t *)kernel.control.incapable,
		(uint64_t *)kernel.control.ordinary_failures,
	};
	const uint64_t most[] = {ORDINARY, ALL, ORDINARY};

	limits[_i][0] = most[_i] / 4 * 3 - 1;
	limits[_i][1] = most[_i];
	ck_assert_uint_eq(turns_after(1), 0);
	limits[_i][0]++;
	ck_assert_uint_eq(turns_after(1), 1);
}
END_TEST

/* Reserved names have no limit of their own; neither have their failures. */
START_TEST(turns_where_there_are_too_many)
{
	for (uint32_t i = 0; i < ALL / 4 * 3; i++) {
		ck_assert_uint_eq(turns_after(1), 0);
		if (_i == 0)
			bind_as(i, BIND_PATHNAME, "sshd");
		if (_i == 1 && i == 0)
			bind_as(i, BIND_PATHNAME, "sshd");
		if (_i == 1)
			fake_kernel_fail(&kernel, i, 0, i + 1, 1);
	}
	ck_assert_uint_eq(turns_after(1), 1);
	ck_assert_uint_eq(snapshot_collection(reader.snapshot)->entries, 0);
}
END_TEST

/* At a limited rate, none of four thousand cgroups finds the half full, and all are in one row. */
START_TEST(a_flood_of_sessions_finds_places)
{
	uint32_t wave;

	for (wave = 0; wave < 4000 / 16; wave++) {
		uint64_t *taken = (uint64_t *)&kernel.control.ordinary[kernel.view.generation & 1];

		ck_assert_uint_le(*taken + 16, ORDINARY);
		log_in((uint32_t)*taken, 16);
		turns_after(1);
	}
	ck_assert_uint_ge(source_turns, 16);
	ck_assert_uint_eq(snapshot_collection(reader.snapshot)->rows->count, 1);
	ck_assert_uint_eq(attempts_of("sshd")->count, 4000);
	ck_assert_uint_eq(attempts_of("sshd")->first_ns, 10000 * SECOND);
}
END_TEST

/* Regardless of the rate of new names. */
START_TEST(turning_is_rare)
{
	unsigned int before = 0;
	uint64_t last_s = 0;

	for (uint64_t s = 0; s < 100; s++, turns_after(1)) {
		if (source_turns != before)
			ck_assert_uint_ge(s, last_s ? last_s + GAP_S : 0);
		last_s = source_turns != before ? s : last_s;
		before = source_turns;
		log_in(0, ORDINARY);
	}
	ck_assert_uint_eq(source_turns, 100 / GAP_S);
}
END_TEST

/* After a turn that took so long, the next may be so many seconds later, and not earlier. */
static void turn_again_after(uint64_t settle_ns, uint64_t seconds)
{
	source_settle_ns = settle_ns;
	log_in(0, ORDINARY);
	ck_assert_uint_eq(turns_after(1), 1);
	source_settle_ns = 0;
	log_in(0, ORDINARY);
	ck_assert_uint_eq(turns_after(seconds - 1), 1);
	ck_assert_uint_eq(turns_after(1), 2);
}

/* A large table, or a kernel on which clearing takes long. */
START_TEST(slow_turns_are_rarer)
{
	turn_again_after(SECOND, 100);
}
END_TEST

/* Clocks go on while a machine sleeps. */
START_TEST(a_turn_through_a_night)
{
	turn_again_after(8 * 3600 * SECOND, 600);
}
END_TEST

static void bind_late(bool before_it)
{
	if (!before_it)
		bind_as(0, BIND_AUTO, "late");
	else
		fake_kernel_count(&kernel, 0, 0, 2);
}

/* Attempts around the turn are counted, too; so are the times of a row's first and last attempt. */
START_TEST(rows_stay_what_they_were)
{
	source_meanwhile = bind_late;
	bind_as(0, BIND_AUTO, "late");
	kernel.table[0].last_s = 10000;
	fake_kernel_fail(&kernel, 3, 0, EACCES, 1);
	log_in(1, 200);
	for (uint64_t i = 1; i <= 3; i++) {
		ck_assert_uint_eq(turns_after(100), i);
		ck_assert_uint_eq(attempts_of("late")->count, 1 + 3 * i);
		ck_assert_uint_eq(attempts_of("late")->first_ns, 10000 * SECOND);
		ck_assert_uint_eq(attempts_of("late")->last_s, 10000);
		ck_assert_uint_eq(
			row_of(snapshot_collection(reader.snapshot)->failures, "late")->count, 1);
		ck_assert_uint_eq(attempts_of("sshd")->count, 200 * i);
		log_in(1, 200);
	}
	ck_assert_uint_eq(retired(), 0);
}
END_TEST

/* Not a second before the timeout, and never without one. */
START_TEST(rows_are_not_retired_earlier)
{
	if (_i) {
		reader_end(&reader);
		config.idle_s = 0;
		begin_reader();
	}
	bind_as(1, BIND_AUTO, "idle");
	ck_assert_uint_eq(turns_after(1), 0);
	for (uint64_t s = 100; s < IDLE_S; s += 100) {
		log_in(2, 200);
		ck_assert_uint_eq(turns_after(100), s / 100);
		ck_assert_uint_eq(attempts_of("idle")->count, 1);
	}
	log_in(2, 200);
	turns_after(99);
	ck_assert_ptr_nonnull(attempts_of("idle"));
	turns_after(1);
	turns_after(IDLE_S / 8);
	if (_i) {
		ck_assert_uint_eq(attempts_of("idle")->count, 1);
		ck_assert_uint_eq(retired(), 0);
	} else {
		ck_assert_ptr_null(attempts_of("idle"));
		ck_assert_uint_eq(retired(), 1);
	}
}
END_TEST

static void bind_in_pod(uint32_t entry, const char *id)
{
	char path[160];

	snprintf(path, sizeof(path), POD "%s", id);
	bind_as(entry, BIND_AUTO, "nginx");
	fake_kernel_place(&kernel, entry, 1 << 20 | entry, path);
}

/* It keeps its name while there is still room for others. */
START_TEST(who_waits_for_a_name_is_waited_for)
{
	log_in(0, 191);
	ck_assert_uint_eq(turns_after(1), 0);
	bind_in_pod(191, ID("a"));
	ck_assert_uint_eq(turns_after(1), 0);
	ck_assert_int_eq(owners_learn(owners, "web_shop_nginx-" ID("a") ".log",
				      "/var/log/pods/shop_web_11111111-1111-1111-1111-"
				      "111111111111/nginx/0.log"),
			 0);
	ck_assert_uint_eq(turns_after(1), 1);
	ck_assert_ptr_nonnull(strstr(attempts_of("nginx")->labels, "container=\"nginx\""));
	bind_in_pod(0, ID("b"));
	log_in(1, 224);
	ck_assert_uint_eq(turns_after(9), 1);
	log_in(225, 1);
	ck_assert_uint_eq(turns_after(1), 2);
	ck_assert_uint_eq(snapshot_collection(reader.snapshot)->unresolved, 1);
}
END_TEST

/* There is no way to wait for programs, so it is not tried again. */
START_TEST(does_without_turning)
{
	source_turn_error = -EOPNOTSUPP;
	log_in(0, ORDINARY);
	ck_assert_uint_eq(turns_after(1), 1);
	ck_assert_uint_eq(turns_after(1000), 1);
	ck_assert_uint_eq(attempts_of("sshd")->count, ORDINARY);
}
END_TEST

/* After a failed settle(), the half is forgotten later, and counted once. */
START_TEST(a_turn_may_take_two_tries)
{
	source_settle_error = -EIO;
	log_in(0, 200);
	kernel.view.now_ns += SECOND;
	ck_assert_int_eq(reader_read(&reader), -EIO);
	log_in(0, 100);
	ck_assert_int_eq(reader_read(&reader), -EIO);
	source_settle_error = 0;
	ck_assert_uint_eq(turns_after(1), 1);
	ck_assert_uint_eq(attempts_of("sshd")->count, 300);
	ck_assert_uint_eq(snapshot_collection(reader.snapshot)->entries, 100);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{turns_where_a_limit_is_near, 3},
		{turns_where_there_are_too_many, 2},
		{a_flood_of_sessions_finds_places, 0},
		{turning_is_rare, 0},
		{slow_turns_are_rarer, 0},
		{a_turn_through_a_night, 0},
		{rows_stay_what_they_were, 0},
		{rows_are_not_retired_earlier, 2},
		{who_waits_for_a_name_is_waited_for, 0},
		{does_without_turning, 0},
		{a_turn_may_take_two_tries, 0},
	};

	return run_suite_around("reader", begin, end, tests, ARRAY_SIZE(tests));
}
