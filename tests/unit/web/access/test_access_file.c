// SPDX-License-Identifier: Apache-2.0
/* Following the file as it changes. */
#include "web/access/access.h"

#include <stdio.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/units.h"
#include "tests/lib/handshake.h"
#include "tests/unit/web/access/access_file_fixture.h"

/* Returns the name in the certificate of the next session; "": there is no handshake. */
static const char *served(void)
{
	static struct handshake result;
	const struct handshake_client client = {.certificate = NULL};
	struct access *access = access_file_current(file);

	if (!access)
		return "";
	result = handshake(access, &client);
	access_unref(access);
	return result.server_name;
}

START_TEST(serves_a_new_certificate_to_the_next_session)
{
	struct access *old;

	write_pair(&first);
	file_begin(PAIR);
	ck_assert_str_eq(served(), "first");
	old = access_file_current(file);
	write_pair(&second);
	for (int i = 0; i < 10; i++)
		ck_assert_str_eq(served(), "second");
	ck_assert_int_eq(logged(READ_AGAIN), 1);
	ck_assert_int_eq(logged(INVALID), 0);
	/* Open connections keep the access of their beginning. */
	ck_assert(access_uses_tls(old));
	access_unref(old);
	file_end();
}
END_TEST

/* Certbot and Kubernetes rename a new file over the old one. */
START_TEST(follows_renamed_files)
{
	write_pair(&first);
	file_begin(PAIR);
	certificate_write(&second, path_of("cert.new"), path_of("key.new"));
	ck_assert_int_eq(rename(path_of("key.new"), path_of("key.pem")), 0);
	ck_assert_str_eq(served(), ""); /* the certificate is still the old one */
	ck_assert_int_eq(rename(path_of("cert.new"), path_of("cert.pem")), 0);
	ck_assert_str_eq(served(), "second");
	ck_assert_int_eq(logged("failed to load X509KeyPair"), 1);
	ck_assert_int_eq(logged(READ_AGAIN), 1);
	file_end();
}
END_TEST

static void break_config(void)
{
	write_config(PAIR "nonsense: 1\n");
}

static void remove_config(void)
{
	unlink(path_of("web.yml"));
}

static void empty_key(void)
{
	ck_assert_int_eq(truncate(path_of("key.pem"), 0), 0);
}

static void remove_key(void)
{
	unlink(path_of("key.pem"));
}

static void remove_certificate(void)
{
	unlink(path_of("cert.pem"));
}

static const struct {
	void (*damage)(void);
	const char *reason;
} damages[] = {
	{break_config, "line 4: field nonsense not found in type web.Config"},
	{remove_config, "web.yml: no such file or directory"},
	{empty_key, "failed to load X509KeyPair"},
	{remove_key, "failed to read key_file"},
	{remove_certificate, "failed to read cert_file"},
};

START_TEST(an_invalid_file_admits_no_client)
{
	write_pair(&first);
	file_begin(PAIR USERS);
	damages[_i].damage();
	for (int i = 0; i < 10; i++)
		ck_assert_ptr_null(access_file_current(file));
	ck_assert_int_eq(logged(INVALID), 1);
	ck_assert_int_eq(logged(damages[_i].reason), 1);
	write_pair(&second);
	write_config(PAIR USERS);
	for (int i = 0; i < 10; i++)
		ck_assert_str_eq(served(), "second");
	ck_assert_int_eq(logged(READ_AGAIN), 1);
	ck_assert_int_eq(logged(INVALID), 1);
	file_end();
}
END_TEST

START_TEST(reads_again_after_reload)
{
	file_begin("");
	access_unref(access_file_current(file));
	ck_assert_int_eq(logged(READ_AGAIN), 0);
	access_file_reload(file);
	access_unref(access_file_current(file));
	access_unref(access_file_current(file));
	ck_assert_int_eq(logged(READ_AGAIN), 1);
	file_end();
}
END_TEST

/*
 * The files have the same length and are written in the same tick of the clock, so that stat() does
 * not show the change.
 */
START_TEST(misses_no_quick_change)
{
	file_begin("http_server_config: {headers: {X-XSS-Protection: '0'}}\n");
	for (int i = 0; i < 200; i++) {
		char text[80], wanted[2] = {(char)('0' + i % 10), '\0'};
		struct access *access;
		size_t count;

		snprintf(text, sizeof(text),
			 "http_server_config: {headers: {X-XSS-Protection: '%s'}}\n", wanted);
		write_config(text);
		access = access_file_current(file);
		ck_assert_ptr_nonnull(access);
		ck_assert_str_eq(access_headers(access, &count)->value, wanted);
		access_unref(access);
	}
	file_end();
}
END_TEST

static int count_admitted(void)
{
	struct access *access = access_file_current(file);
	int count = 0;

	for (int i = 0; i < 100; i++)
		count += access_admits(access);
	access_unref(access);
	return count;
}

/* All clients share one bucket. A change of other keys does not fill it. */
START_TEST(limits_the_rate)
{
	file_begin("rate_limit: {interval: 1h, burst: 3}\n");
	ck_assert_int_eq(count_admitted(), 3);
	ck_assert_int_eq(count_admitted(), 0);
	write_config("http_server_config: {http2: false}\nrate_limit: {interval: 1h, burst: 3}\n");
	ck_assert_int_eq(count_admitted(), 0);
	write_config("rate_limit: {interval: 1h, burst: 4}\n");
	ck_assert_int_eq(count_admitted(), 4);
	write_config("");
	ck_assert_int_eq(count_admitted(), 100);
	file_end();
}
END_TEST

/* A cached login is not valid for a user who is no longer in the file. */
START_TEST(users_change_with_the_file)
{
	file_begin(USERS);
	ck_assert_int_eq(authenticate(ALICE), AUTH_GRANTED);
	write_config("basic_auth_users:\n  bob: " HASH "\n");
	ck_assert_int_eq(authenticate(ALICE), AUTH_DENIED);
	ck_assert_int_eq(authenticate("Basic Ym9iOnNlY3JldA=="), AUTH_GRANTED);
	file_end();
}
END_TEST

static bool is_open(void)
{
	struct access *access = access_file_current(file);
	bool open = access && authenticate(/* authorization= */ NULL) == AUTH_GRANTED;

	access_unref(access);
	return open;
}

/* The beginnings that a file has while it is written, and that are valid. */
static const char *const beginnings[] = {"", "# users\n", "rate_limit: {interval: 1m, burst: 9}\n"};

START_TEST(doubts_what_asks_for_less)
{
	uint64_t written_ns;

	file_begin(USERS);
	write_config(beginnings[_i]);
	ck_assert(!is_open());
	write_config("nonsense\n");
	ck_assert(!is_open());
	write_config(beginnings[_i]);
	ck_assert(!is_open());
	write_config(USERS);
	ck_assert(!is_open());
	ck_assert_int_eq(authenticate(ALICE), AUTH_GRANTED);
	write_config(beginnings[_i]);
	written_ns = clock_ns(CLOCK_MONOTONIC);
	while (!is_open())
		usleep(10000);
	ck_assert_uint_ge(clock_ns(CLOCK_MONOTONIC) - written_ns, 900 * MS_NS);
	ck_assert_int_eq(logged(INVALID), 1);
	ck_assert_int_eq(logged(READ_AGAIN), 2);
	file_end();
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{serves_a_new_certificate_to_the_next_session, 0},
		{follows_renamed_files, 0},
		{an_invalid_file_admits_no_client, ARRAY_SIZE(damages)},
		{reads_again_after_reload, 0},
		{misses_no_quick_change, 0},
		{doubts_what_asks_for_less, ARRAY_SIZE(beginnings)},
		{limits_the_rate, 0},
		{users_change_with_the_file, 0},
	};

	return run_file_suite("access_file", tests, ARRAY_SIZE(tests));
}
