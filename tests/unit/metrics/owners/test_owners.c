// SPDX-License-Identifier: Apache-2.0
#include "metrics/owners/owners.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/origin.h"
#include "tests/unit/suite.h"

#define ID_A "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ID_B "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define UID  "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
#define UID2 "1f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"

#define POD    "/kubepods/burstable/pod" UID
#define LINK_A "web-1_shop_nginx-" ID_A ".log"
#define LINK_B "web-1_shop_sidecar-" ID_B ".log"
#define LOGS   "/var/log/pods/shop_web-1_" UID

#define REPLACED "\xef\xbf\xbd" /* U+FFFD */

#define IN_TIME  false
#define TOO_LATE true
#define CGROUP   4711

static struct owners *owners;

static void begin(void)
{
	owners = owners_new();
	ck_assert_ptr_nonnull(owners);
}

static void end(void)
{
	owners_free(owners);
}

/* The kubelet has made the link of a container. */
static void learn_a(void)
{
	ck_assert_int_eq(owners_learn(owners, LINK_A, LOGS "/nginx/0.log"), 0);
}

static void learn_b(void)
{
	ck_assert_int_eq(owners_learn(owners, LINK_B, LOGS "/sidecar/0.log"), 0);
}

static int find(uint64_t cgroup, const char *path, bool final, const struct owner **ret_owner)
{
	struct bind_origin origin;

	origin_of(path, &origin);
	return owners_find(owners, cgroup, &origin, final, ret_owner);
}

static void assert_owner(const struct owner *owner, const struct owner *wanted)
{
	ck_assert_str_eq(owner->namespace, wanted->namespace);
	ck_assert_str_eq(owner->pod, wanted->pod);
	ck_assert_str_eq(owner->container, wanted->container);
	ck_assert_str_eq(owner->unit, wanted->unit);
	ck_assert_int_eq(owner->unresolved, wanted->unresolved);
}

/* The owner of container A: with its link, and after the wait without it. */
static const struct owner nginx = {.namespace = "shop", .pod = "web-1", .container = "nginx"};
static const struct owner unnamed = {.pod = UID, .container = ID_A, .unresolved = true};

static const struct {
	const char *path;
	struct owner owner;
} known[] = {
	{POD "/" ID_A, {.namespace = "shop", .pod = "web-1", .container = "nginx"}},
	{POD "/crio-" ID_B, {.namespace = "shop", .pod = "web-1", .container = "sidecar"}},
	/* In the pod's own cgroup, not in a container. */
	{POD, {.namespace = "shop", .pod = "web-1"}},
	{"/docker/" ID_A, {.container = ID_A}},
	{"/system.slice/nginx.service", {.unit = "nginx.service"}},
	/* Names are only for cgroups that the kubelet made. */
	{"/system.slice/docker-" ID_A ".scope", {.container = ID_A}},
	{"/user.slice/user@1.service" POD "/crio-" ID_A,
	 {.container = ID_A, .unit = "user@1.service"}},
	{"/", {.unit = ""}},
};

START_TEST(decided_at_once)
{
	const struct owner *owner;

	learn_a();
	learn_b();
	ck_assert_int_eq(find(CGROUP, known[_i].path, IN_TIME, &owner), 0);
	assert_owner(owner, &known[_i].owner);
	ck_assert_uint_eq(owners_unresolved(owners), 0);
}
END_TEST

START_TEST(waits_for_the_link)
{
	const struct owner *owner;

	ck_assert_int_eq(find(CGROUP, POD "/" ID_A, IN_TIME, &owner), -EAGAIN);
	ck_assert_uint_eq(owners_waiting(owners), 1);
	ck_assert_ptr_null(owners_known(owners, CGROUP));
	learn_a();
	ck_assert_int_eq(find(CGROUP, POD "/" ID_A, IN_TIME, &owner), 0);
	assert_owner(owner, &nginx);
	ck_assert_uint_eq(owners_waiting(owners), 0);
}
END_TEST

/* This stays so, although the link appears. */
START_TEST(not_for_ever)
{
	const struct owner *owner;

	ck_assert_int_eq(find(CGROUP, POD "/" ID_A, IN_TIME, &owner), -EAGAIN);
	ck_assert_int_eq(find(CGROUP, POD "/" ID_A, TOO_LATE, &owner), 0);
	assert_owner(owner, &unnamed);
	learn_a();
	ck_assert_int_eq(find(CGROUP, POD "/" ID_A, TOO_LATE, &owner), 0);
	assert_owner(owner, &unnamed);
	ck_assert_uint_eq(owners_unresolved(owners), 1);
}
END_TEST

/* The links of another container of the pod name the pod, but no container. */
START_TEST(half_of_it)
{
	const struct owner *owner;

	learn_b();
	ck_assert_int_eq(find(CGROUP, POD "/" ID_A, IN_TIME, &owner), -EAGAIN);
	ck_assert_int_eq(find(CGROUP, POD "/" ID_A, TOO_LATE, &owner), 0);
	assert_owner(owner, &(struct owner){.namespace = "shop",
					    .pod = "web-1",
					    .container = ID_A,
					    .unresolved = true});
}
END_TEST

/* The id in a link is not enough: the pod must be that of the cgroup. */
START_TEST(of_another_pod)
{
	const struct owner *owner;

	learn_a();
	ck_assert_int_eq(find(CGROUP, "/kubepods/pod" UID2 "/" ID_A, IN_TIME, &owner), -EAGAIN);
}
END_TEST

START_TEST(a_link_that_is_gone)
{
	const struct owner *owner;

	learn_a();
	ck_assert_int_eq(find(1, POD "/" ID_A, IN_TIME, &owner), 0);
	owners_unlearn(owners, LINK_A);
	owners_unlearn(owners, "never_seen_this-.log");
	ck_assert_int_eq(find(1, POD "/" ID_A, IN_TIME, &owner), 0);
	assert_owner(owner, &nginx);
	ck_assert_int_eq(find(2, POD "/" ID_A, IN_TIME, &owner), -EAGAIN);
}
END_TEST

/* The pod was removed and made again, with a link of the same name. */
START_TEST(a_link_that_points_elsewhere)
{
	const struct owner *owner;

	learn_a();
	ck_assert_int_eq(
		owners_learn(owners, LINK_A, "/var/log/pods/shop_web-1_" UID2 "/nginx/0.log"), 0);
	ck_assert_int_eq(find(1, POD "/" ID_A, IN_TIME, &owner), -EAGAIN);
	ck_assert_int_eq(find(2, "/kubepods/pod" UID2 "/" ID_A, IN_TIME, &owner), 0);
}
END_TEST

static const enum bind_origin_state untold[] = {
	BIND_ORIGIN_NONE,
	BIND_ORIGIN_CUT,
	BIND_ORIGIN_DECIDING,
};

/* There is nothing to wait for. */
START_TEST(origin_that_tells_nothing)
{
	const struct owner *owner;
	struct bind_origin origin;

	origin_of(POD "/" ID_A, &origin);
	origin.state = untold[_i];
	ck_assert_int_eq(owners_find(owners, CGROUP, &origin, IN_TIME, &owner), 0);
	assert_owner(owner, &(struct owner){.unresolved = true});
}
END_TEST

START_TEST(a_decision_of_a_predecessor)
{
	const struct owner *owner;
	struct bind_origin origin;

	origin_of(POD "/" ID_A, &origin);
	owner_decide(&origin, &nginx);
	ck_assert_uint_eq(origin.state, BIND_ORIGIN_DECIDED);
	owner_decide(&origin, &(struct owner){.pod = "another"});
	ck_assert_int_eq(owners_find(owners, CGROUP, &origin, IN_TIME, &owner), 0);
	assert_owner(owner, &nginx);
}
END_TEST

/*
 * Mapped memory outlives its writer. Here only the state was written: the rest is on a page that is
 * read-only.
 */
START_TEST(a_decision_that_is_interrupted)
{
	long page = sysconf(_SC_PAGESIZE);
	char *pages =
		mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct bind_origin *origin;
	int status;
	pid_t child;

	ck_assert_ptr_ne(pages, MAP_FAILED);
	origin = (struct bind_origin *)(pages + page - offsetof(struct bind_origin, bytes));
	origin_of(POD "/" ID_A, origin);
	ck_assert_int_eq(mprotect(pages + page, page, PROT_READ), 0);
	child = fork();
	if (child == 0) {
		owner_decide(origin, &(struct owner){.pod = "web-1"});
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_ne(status, 0);
	ck_assert_uint_eq(origin->state, BIND_ORIGIN_DECIDING);
	munmap(pages, 2 * page);
}
END_TEST

/* The memory may come from any program. */
START_TEST(a_decision_without_ends)
{
	const struct owner *owner;
	struct bind_origin origin = {.state = BIND_ORIGIN_DECIDED};

	memset(origin.bytes, 'x', sizeof(origin.bytes));
	ck_assert_int_eq(owners_find(owners, CGROUP, &origin, IN_TIME, &owner), 0);
	ck_assert_uint_eq(strlen(owner->pod), OWNER_POD_MAX - 1);
	ck_assert_uint_eq(strlen(owner->unit), OWNER_UNIT_MAX - 1);
}
END_TEST

/* An earlier version did not check that names can stand on a page. */
START_TEST(a_decision_that_is_not_clean)
{
	static const struct owner raw = {.unit = "a\r\xff.service",
					 .pod = "\xe2\x80\xa8",
					 .container = "\xc2\x85",
					 .namespace = "\x7f"};
	const struct owner *owner;
	struct bind_origin origin = {.state = BIND_ORIGIN_DECIDED};

	memcpy(origin.bytes, &raw, sizeof(raw));
	ck_assert_int_eq(owners_restore(owners, 1, &raw), 0);
	ck_assert_int_eq(owners_find(owners, 2, &origin, IN_TIME, &owner), 0);
	for (uint64_t cgroup = 1; cgroup <= 2; cgroup++)
		assert_owner(owners_known(owners, cgroup),
			     &(struct owner){.namespace = REPLACED,
					     .pod = REPLACED,
					     .container = REPLACED,
					     .unit = "a" REPLACED REPLACED ".service"});
}
END_TEST

START_TEST(a_decision_from_a_ledger)
{
	const struct owner first = {.unit = "nginx.service"};
	const struct owner *owner;

	ck_assert_int_eq(owners_restore(owners, CGROUP, &first), 0);
	ck_assert_int_eq(owners_restore(owners, CGROUP, &(struct owner){.unit = "other"}), 0);
	ck_assert_str_eq(owners_known(owners, CGROUP)->unit, "nginx.service");
	ck_assert_int_eq(find(CGROUP, POD "/" ID_A, IN_TIME, &owner), 0);
	assert_owner(owner, &(struct owner){.unit = "nginx.service"});
}
END_TEST

static bool is_even(uint64_t cgroup, void *data)
{
	++*(int *)data;
	return cgroup % 2 == 0;
}

#define MANY 10000

/* Cgroups are found again in any order, and forgotten when nothing is counted by them. */
START_TEST(many)
{
	const struct owner *owner;
	char path[64];
	int asked = 0;

	for (uint64_t i = 0; i < MANY; i++) {
		uint64_t cgroup = i * 7919 % MANY;

		snprintf(path, sizeof(path), "/system.slice/s%d.service", (int)cgroup);
		ck_assert_int_eq(find(cgroup, path, IN_TIME, &owner), 0);
	}
	owners_sweep(owners, is_even, &asked);
	ck_assert_int_eq(asked, MANY);
	for (uint64_t cgroup = 0; cgroup < MANY; cgroup++) {
		owner = owners_known(owners, cgroup);
		ck_assert_int_eq(owner != NULL, cgroup % 2 == 0);
		snprintf(path, sizeof(path), "s%d.service", (int)cgroup);
		if (owner)
			ck_assert_str_eq(owner->unit, path);
	}
}
END_TEST

/* On a node with many pods, each is found among all links. */
START_TEST(many_links)
{
	const struct owner *owner;
	struct owner wanted = {.namespace = "n", .container = "c"};
	char name[256], target[256], path[256];

	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "p%d_n_c-%064x.log", i, i);
		snprintf(target, sizeof(target),
			 "/var/log/pods/n_p%d_%08x-0000-0000-0000-000000000000/c/0.log", i,
			 i * 2654435761U);
		ck_assert_int_eq(owners_learn(owners, name, target), 0);
	}
	for (int i = 0; i < 1000; i++) {
		snprintf(path, sizeof(path), "/kubepods/pod%08x-0000-0000-0000-000000000000/%064x",
			 i * 2654435761U, i);
		snprintf(wanted.pod, sizeof(wanted.pod), "p%d", i);
		ck_assert_int_eq(find(i + 1, path, IN_TIME, &owner), 0);
		assert_owner(owner, &wanted);
	}
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{decided_at_once, ARRAY_SIZE(known)},
		{waits_for_the_link, 0},
		{not_for_ever, 0},
		{half_of_it, 0},
		{of_another_pod, 0},
		{a_link_that_is_gone, 0},
		{a_link_that_points_elsewhere, 0},
		{origin_that_tells_nothing, ARRAY_SIZE(untold)},
		{a_decision_of_a_predecessor, 0},
		{a_decision_that_is_interrupted, 0},
		{a_decision_without_ends, 0},
		{a_decision_that_is_not_clean, 0},
		{a_decision_from_a_ledger, 0},
		{many, 0},
		{many_links, 0},
	};

	return run_suite_around("owners", begin, end, tests, ARRAY_SIZE(tests));
}
