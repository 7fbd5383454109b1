/* SPDX-License-Identifier: Apache-2.0 */
/* Owners of binds: containers and units get their names, filters and rows, in time or too late. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lib/page_reader.h"
#include "tests/live/log_checks.h"
#include "tests/live/owner_places.h"
#include "tests/live/pin_place.h"
#include "tests/live/sandbox.h"

#define WAIT_MS 10000 /* for a name, before a row is published without one */

#define ATTEMPTS   "socket_bind_attempts_total"
#define UNRESOLVED "socket_bind_exporter_unresolved_containers"

/* flags: one or two more; each can be NULL. */
static void start(struct exporter *exporter, const char *flag, const char *other)
{
	live_start(exporter, (const char *const[]){OWNER_LABELS, links_flag, flag, other, NULL});
}

START_TEST(every_runtime)
{
	struct exporter exporter = {0};
	struct container *containers;
	uint64_t unresolved = 0;
	char *page;

	if (!owners_begin("place"))
		return;
	containers = calloc(owner_places_n, sizeof(*containers));
	start(&exporter, NULL, NULL);
	for (size_t i = 0; i < owner_places_n; i++) {
		container_in(&owner_places[i], i, &containers[i]);
		container_link(&containers[i]);
		container_run(&containers[i]);
		unresolved += owner_places[i].unnamed;
	}
	page = live_page(&exporter);
	for (size_t i = 0; i < owner_places_n; i++)
		assert_container(page, &containers[i]);
	ck_assert_uint_eq(page_sum(page, ATTEMPTS, owner_comm, NULL), owner_places_n);
	ck_assert_uint_eq(exporter_value(page, UNRESOLVED), unresolved);
	free(page);
	free(containers);
	owners_end(&exporter);
}
END_TEST

/* A container, a service and a session. Filters keep out all but the session. */
START_TEST(filters_by_owner)
{
	static const char *const wanted[] = {"containerd, systemd", "a service", "a session"};
	struct exporter exporter = {0};
	struct container container;
	char *page;

	if (!owners_begin("filter"))
		return;
	start(&exporter, "--unit.exclude=nginx.*", "--namespace.exclude=sh?p");
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		container_at(wanted[i], 500 + i, &container);
		container_link(&container);
		container_run(&container);
	}
	page = live_page(&exporter);
	assert_container(page, &container);
	ck_assert_uint_eq(page_sum(page, ATTEMPTS, owner_comm, NULL), 1);
	ck_assert_uint_eq(page_sum(page, "socket_bind_exporter_filtered_attempts_total", "auto",
				   "\"inet\"", NULL),
			  2);
	free(page);
	owners_end(&exporter);
}
END_TEST

/*
 * The kubelet creates the link after the container has started; there is no row until then. With
 * the first link, it creates the directory.
 */
START_TEST(link_comes_later)
{
	struct exporter exporter = {0};
	struct container container;
	char *page;

	if (!owners_begin("later"))
		return;
	container_at("containerd, systemd", 100, &container);
	ck_assert(rmdir(links_directory) == 0);
	start(&exporter, NULL, NULL);
	container_run(&container);
	for (int i = 0; i < 5; i++, sleep_ms(200)) {
		page = live_page(&exporter);
		ck_assert_msg(!strstr(page, owner_comm), "published without its name");
		free(page);
	}
	ck_assert(mkdir(links_directory, 0755) == 0);
	container_link(&container);
	assert_container_of(&exporter, &container);
	owners_end(&exporter);
}
END_TEST

/* A row keeps the labels that it was published with. */
START_TEST(link_comes_too_late)
{
	struct exporter exporter = {0};
	struct container container, nameless;
	char *page;

	if (!owners_begin("late"))
		return;
	container_at("containerd, cgroupfs", 200, &container);
	nameless = container;
	nameless.place = &owner_unnamed;
	start(&exporter, NULL, NULL);
	container_run(&container);
	free(live_page(&exporter));
	sleep_ms(WAIT_MS + 1000);
	for (int i = 0; i < 2; i++) {
		page = live_page(&exporter);
		assert_container(page, &nameless);
		ck_assert_uint_eq(page_sum(page, ATTEMPTS, owner_comm, NULL), 1);
		ck_assert_uint_eq(exporter_value(page, UNRESOLVED), 1);
		free(page);
		if (i == 0)
			container_link(&container);
	}
	owners_end(&exporter);
}
END_TEST

/*
 * Resumed counters keep their labels although container and link are gone, in the same maps and
 * carried over to others.
 */
START_TEST(names_survive_a_restart)
{
	struct exporter exporter = {0};
	struct container container;

	if (!pin_place_prepare() || !owners_begin("pinned"))
		return;
	container_at("containerd, systemd", 300, &container);
	container_link(&container);
	start(&exporter, pin_flag, NULL);
	container_run(&container);
	free(live_page(&exporter));
	exporter_stop(&exporter, SIGKILL, NULL);
	ck_assert_int_eq(unlink(container.link), 0);
	start(&exporter, pin_flag, _i ? "--metrics.last-attempt" : NULL);
	assert_container_of(&exporter, &container);
	owners_end(&exporter);
}
END_TEST

/* The container bound while no exporter was running, and would have had its link long ago. */
START_TEST(nobody_waits_for_the_past)
{
	struct exporter exporter = {0};
	struct container container;

	if (!pin_place_prepare() || !owners_begin("past"))
		return;
	container_in(&owner_unnamed, 400, &container);
	start(&exporter, pin_flag, NULL);
	container_run(&container);
	exporter_stop(&exporter, SIGKILL, NULL);
	sleep_ms(WAIT_MS);
	start(&exporter, pin_flag, NULL);
	assert_container_of(&exporter, &container);
	owners_end(&exporter);
}
END_TEST

#define SESSIONS 320 /* the smallest half has 512 entries, 256 of them for such names */
#define WAVE     40
#define FULL     192 /* at this many, the half is flipped, but at most once in ten seconds */
#define FOLD     "--metrics.unit-fold=session-*.scope"
#define ENTRIES  "socket_bind_exporter_map_entries{map=\"table\"}"

/* The page when the half in use has room for another wave, and for other processes. */
static char *page_with_room(const struct exporter *exporter)
{
	char *page = live_page(exporter);

	for (int tries = 0; tries < 300 && exporter_value(page, ENTRIES) >= FULL; tries++) {
		free(page);
		sleep_ms(100);
		page = live_page(exporter);
	}
	return page;
}

/*
 * One login after the other, more than the table has entries: entries become free early. An attempt
 * without an entry would be in "(other)", and one that is not folded would have a row of its own.
 */
START_TEST(sessions_without_end_are_one_row)
{
	struct exporter exporter = {0};
	struct container session;
	char *page;

	if (!owners_begin("login"))
		return;
	start(&exporter, FOLD, "--metrics.max-series=256");
	for (int i = 1; i <= SESSIONS; i++) {
		snprintf(session.path, PATH_SIZE, "user.slice/user-1000.slice/session-%d.scope", i);
		container_run(&session);
		if (i % WAVE)
			continue;
		page = page_with_room(&exporter);
		ck_assert_uint_lt(exporter_value(page, ENTRIES), FULL);
		ck_assert_uint_eq(page_sum(page, ATTEMPTS, owner_comm, NULL), i);
		ck_assert_uint_eq(page_count(page, ATTEMPTS, owner_comm, NULL), 1);
		ck_assert_uint_eq(
			page_count(page, ATTEMPTS, owner_comm, "unit=\"session-*.scope\"", NULL),
			1);
		free(page);
	}
	owners_end(&exporter);
}
END_TEST

START_TEST(refused_on_version_1)
{
	struct exporter_setup setup = {
		.flags = (const char *const[]){live.attach_flag, OWNER_LABELS, NULL},
		.prepare = sandbox_hide_cgroup2,
	};

	assert_refused(&setup, "need cgroup version 2", "");
}
END_TEST

TCase *owner_tests(void)
{
	TCase *tcase = live_tcase("owners", 60);

	tcase_add_test(tcase, every_runtime);
	tcase_add_test(tcase, filters_by_owner);
	tcase_add_test(tcase, link_comes_later);
	tcase_add_test(tcase, link_comes_too_late);
	tcase_add_loop_test(tcase, names_survive_a_restart, 0, 2);
	tcase_add_test(tcase, nobody_waits_for_the_past);
	tcase_add_test(tcase, sessions_without_end_are_one_row);
	tcase_add_test(tcase, refused_on_version_1);
	return tcase;
}
