// SPDX-License-Identifier: Apache-2.0
#include "web/access/auth_cache.h"

#include <string.h>

#include "tests/unit/suite.h"

static struct auth_cache cache;

static struct auth_key key_of(int number)
{
	struct auth_key key = {{0}};

	memcpy(key.bytes, &number, sizeof(number));
	return key;
}

static void put(int number, bool granted)
{
	struct auth_key key = key_of(number);

	auth_cache_put(&cache, &key, granted);
}

/* 1: granted, 0: denied, -1: not known. */
static int get(int number)
{
	struct auth_key key = key_of(number);
	bool granted;

	return auth_cache_get(&cache, &key, &granted) ? granted : -1;
}

START_TEST(remembers)
{
	ck_assert_int_eq(get(0), -1);
	put(1, true);
	put(2, false);
	ck_assert_int_eq(get(1), 1);
	ck_assert_int_eq(get(2), 0);
	ck_assert_int_eq(get(3), -1);
	ck_assert_int_eq(get(0), -1);
}
END_TEST

START_TEST(holds_a_hundred)
{
	int known = 0;

	ck_assert_int_le(AUTH_CACHE_GRANTED + AUTH_CACHE_DENIED, 100);
	for (int i = 0; i < 1000; i++)
		put(i, i % 2);
	for (int i = 0; i < 1000; i++)
		known += get(i) >= 0;
	ck_assert_int_eq(known, AUTH_CACHE_GRANTED + AUTH_CACHE_DENIED);
}
END_TEST

START_TEST(guesses_do_not_delay_known_users)
{
	for (int i = 0; i < AUTH_CACHE_GRANTED; i++)
		put(i, true);
	for (int i = 1000; i < 100000; i++)
		put(i, false);
	for (int i = 0; i < AUTH_CACHE_GRANTED; i++)
		ck_assert_int_eq(get(i), 1);
}
END_TEST

START_TEST(forgets_what_is_not_asked_for)
{
	for (int i = 0; i < AUTH_CACHE_GRANTED; i++)
		put(i, true);
	ck_assert_int_eq(get(0), 1);
	put(1000, true);
	ck_assert_int_eq(get(0), 1);
	ck_assert_int_eq(get(1), -1);
	ck_assert_int_eq(get(2), 1);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{remembers, 0},
		{holds_a_hundred, 0},
		{guesses_do_not_delay_known_users, 0},
		{forgets_what_is_not_asked_for, 0},
	};

	return run_suite("auth_cache", tests, ARRAY_SIZE(tests));
}
