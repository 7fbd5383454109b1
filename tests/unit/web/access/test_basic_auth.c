// SPDX-License-Identifier: Apache-2.0
/*
 * Which logins are granted, and how many comparisons they take. Comparisons are counted, not timed.
 */
#include "web/access/basic_auth.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/suite.h"
#include "web/access/auth_queue.h"

#define ALICE       "Basic YWxpY2U6c2VjcmV0"     /* alice:secret */
#define ALICE_WRONG "Basic YWxpY2U6c2VjcmV1"     /* alice:secreu */
#define NOBODY      "Basic bm9ib2R5OnNlY3JldA==" /* nobody:secret */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int comparisons, at_once, at_once_max, last_cost;
static bool held; /* comparisons wait while it is true */
static int granted_count, denied_count, busy_count;
static int compared_when_granted;

/* Replaces bcrypt: every hash is that of "secret". */
static bool compare(const struct bcrypt_hash *hash, const char *password, size_t length)
{
	pthread_mutex_lock(&lock);
	comparisons++;
	at_once++;
	if (at_once > at_once_max)
		at_once_max = at_once;
	last_cost = hash->cost;
	pthread_cond_broadcast(&changed);
	while (held)
		pthread_cond_wait(&changed, &lock);
	at_once--;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
	return length == 6 && memcmp(password, "secret", 6) == 0;
}

static void done(void *context, enum auth_answer answer)
{
	pthread_mutex_lock(&lock);
	ck_assert_ptr_eq(context, &lock);
	granted_count += answer == AUTH_GRANTED;
	if (answer == AUTH_GRANTED)
		compared_when_granted = comparisons;
	denied_count += answer == AUTH_DENIED;
	busy_count += answer == AUTH_BUSY;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

static void wait_for(const int *count, int least)
{
	pthread_mutex_lock(&lock);
	while (*count < least)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
}

static void hold(bool now)
{
	pthread_mutex_lock(&lock);
	held = now;
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

static struct auth_user list[] = {
	{.name = "alice", .hash = {.cost = 5, .whole = true}},
	{.name = "bob", .hash = {.cost = 7, .whole = true}},
};

static struct auth_users users(void)
{
	return (struct auth_users){list, ARRAY_SIZE(list),
				   basic_auth_decoy(list, ARRAY_SIZE(list))};
}

static struct basic_auth *new_auth(void)
{
	struct basic_auth *auth;

	ck_assert_int_eq(basic_auth_new(compare, &auth), 0);
	return auth;
}

static enum auth_answer ask_from(struct basic_auth *auth, uint8_t peer, const char *authorization)
{
	const struct peer from = {.has_address = true, .address = {peer}};
	struct auth_users known = users();

	return basic_auth_check(auth, &known, &from, authorization,
				(struct auth_waiter){done, &lock});
}

static enum auth_answer ask(struct basic_auth *auth, const char *authorization)
{
	return ask_from(auth, 1, authorization);
}

START_TEST(compares_once)
{
	struct basic_auth *auth = new_auth();

	ck_assert_int_eq(ask(auth, ALICE), AUTH_PENDING);
	wait_for(&granted_count, 1);
	for (int i = 0; i < 10; i++)
		ck_assert_int_eq(ask(auth, ALICE), AUTH_GRANTED);
	ck_assert_int_eq(ask(auth, ALICE_WRONG), AUTH_PENDING);
	wait_for(&denied_count, 1);
	for (int i = 0; i < 10; i++)
		ck_assert_int_eq(ask(auth, ALICE_WRONG), AUTH_DENIED);
	ck_assert_int_eq(comparisons, 2);
	ck_assert_int_eq(ask(auth, NULL), AUTH_DENIED);
	ck_assert_int_eq(ask(auth, "Basic nonsense"), AUTH_DENIED);
	ck_assert_int_eq(comparisons, 2);
	basic_auth_free(auth);
}
END_TEST

/*
 * The duration does not reveal which users exist: the number of comparisons is the same, at the
 * highest cost.
 */
START_TEST(unknown_users_cost_the_same)
{
	struct basic_auth *auth = new_auth();

	ck_assert_int_eq(ask(auth, NOBODY), AUTH_PENDING);
	wait_for(&denied_count, 1);
	ck_assert_int_eq(comparisons, 1);
	ck_assert_int_eq(last_cost, 7);
	/* The user is refused although the password matches. */
	ck_assert_int_eq(granted_count, 0);
	ck_assert_int_eq(ask(auth, NOBODY), AUTH_DENIED);
	ck_assert_int_eq(comparisons, 1);
	basic_auth_free(auth);
}
END_TEST

START_TEST(another_hash_is_another_password)
{
	struct basic_auth *auth = new_auth();

	ck_assert_int_eq(ask(auth, ALICE), AUTH_PENDING);
	wait_for(&granted_count, 1);
	list[0].hash.check[0] = 'x';
	ck_assert_int_eq(ask(auth, ALICE), AUTH_PENDING);
	wait_for(&granted_count, 2);
	list[0].name = "other";
	ck_assert_int_eq(ask(auth, ALICE), AUTH_PENDING);
	wait_for(&denied_count, 1);
	ck_assert_int_eq(comparisons, 3);
	basic_auth_free(auth);
}
END_TEST

/* "Basic " and base64 of three digits, a colon and two more digits. */
static void guess(int number, char ret_header[32])
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	snprintf(ret_header, 32, "Basic YTo%c%c%cAA", digits[number / 64], digits[number % 64],
		 digits[number / 64]);
}

START_TEST(runs_one_at_a_time_and_bounds_the_rest)
{
	struct basic_auth *auth = new_auth();
	char header[32];

	hold(true);
	guess(0, header);
	ck_assert_int_eq(ask(auth, header), AUTH_PENDING);
	wait_for(&comparisons, 1);
	for (int i = 1; i <= AUTH_QUEUE_MAX; i++) {
		guess(i, header);
		ck_assert_int_eq(ask(auth, header), AUTH_PENDING);
	}
	guess(1000, header);
	ck_assert_int_eq(ask(auth, header), AUTH_BUSY);
	hold(false);
	wait_for(&denied_count, AUTH_QUEUE_MAX + 1);
	ck_assert_int_eq(at_once_max, 1);
	ck_assert_int_eq(comparisons, AUTH_QUEUE_MAX + 1);
	basic_auth_free(auth);
}
END_TEST

START_TEST(waiters_share_one_comparison)
{
	struct basic_auth *auth = new_auth();

	hold(true);
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(ask(auth, ALICE), AUTH_PENDING);
	hold(false);
	wait_for(&granted_count, 5);
	ck_assert_int_eq(comparisons, 1);
	basic_auth_free(auth);
}
END_TEST

/* A flood of guesses fills the queue. Users who were granted access before do not wait in it. */
START_TEST(a_flood_does_not_keep_known_ones_out)
{
	struct basic_auth *auth = new_auth();
	char header[32];

	ck_assert_int_eq(ask(auth, ALICE), AUTH_PENDING);
	wait_for(&granted_count, 1);
	hold(true);
	for (int i = 0; i < 200; i++) {
		guess(i, header);
		ask(auth, header);
	}
	ck_assert_int_eq(ask(auth, ALICE), AUTH_GRANTED);
	hold(false);
	basic_auth_free(auth);
}
END_TEST

/* A new peer does not wait for the flood, only for the running comparison and one more. */
START_TEST(a_flood_does_not_keep_new_ones_out)
{
	struct basic_auth *auth = new_auth();
	char header[32];
	int refused = 0;

	hold(true);
	guess(0, header);
	ck_assert_int_eq(ask(auth, header), AUTH_PENDING);
	wait_for(&comparisons, 1);
	for (int i = 1; i < 60; i++) {
		guess(i, header);
		refused += ask(auth, header) == AUTH_BUSY;
	}
	ck_assert_int_eq(refused, 59 - AUTH_QUEUE_MAX);
	ck_assert_int_eq(ask_from(auth, 2, ALICE), AUTH_PENDING);
	hold(false);
	wait_for(&granted_count, 1);
	ck_assert_int_le(compared_when_granted, 1 + 2);
	/* The peer with the most jobs has lost one. */
	wait_for(&busy_count, 1);
	ck_assert_int_eq(busy_count, 1);
	basic_auth_free(auth);
}
END_TEST

/* Closing works even during a comparison that would take days. */
START_TEST(ends_at_once)
{
	struct basic_auth *auth = new_auth();

	hold(true);
	ck_assert_int_eq(ask(auth, ALICE), AUTH_PENDING);
	wait_for(&comparisons, 1);
	ck_assert_int_eq(ask(auth, ALICE_WRONG), AUTH_PENDING);
	basic_auth_free(auth);
	ck_assert_int_eq(busy_count, 2);
	ck_assert_int_eq(denied_count, 0);
	ck_assert_int_eq(granted_count, 0);
	hold(false);
	pthread_mutex_lock(&lock);
	while (at_once)
		pthread_cond_wait(&changed, &lock);
	pthread_mutex_unlock(&lock);
	ck_assert_int_eq(granted_count, 0);
	basic_auth_free(NULL);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{compares_once, 0},
		{unknown_users_cost_the_same, 0},
		{another_hash_is_another_password, 0},
		{runs_one_at_a_time_and_bounds_the_rest, 0},
		{waiters_share_one_comparison, 0},
		{a_flood_does_not_keep_known_ones_out, 0},
		{a_flood_does_not_keep_new_ones_out, 0},
		{ends_at_once, 0},
	};

	return run_suite("basic_auth", tests, ARRAY_SIZE(tests));
}
