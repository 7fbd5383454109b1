// SPDX-License-Identifier: Apache-2.0
/* One reading of the file: headers, users, TLS, and its requirements on clients. */
#include "web/access/access.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/lib/scratch.h"
#include "tests/unit/suite.h"
#include "tests/unit/web/access/login.h"
#include "tests/unit/web/tls/tls_fixture.h"
#include "web/access/access_private.h"
#include "web/limits/peer.h"

/* alice:secret, at the lowest cost */
#define USERS "basic_auth_users:\n  alice: " HASH "\n"
#define HASH  "$2b$04$CCCCCCCCCCCCCCCCCCCCC.4K7lyz.nKATbsiu/RcZjqWyDNnj87qG"
#define ALICE "Basic YWxpY2U6c2VjcmV0"

#define REQUIRED "  client_auth_type: RequireAndVerifyClientCert\n  client_ca_file: ca.pem\n"

static char directory[SCRATCH_SIZE];
static const struct peer peer;

static struct access_file *open_config(const char *text)
{
	char error[ACCESS_ERROR_MAX], path[SCRATCH_SIZE + 16];
	struct access_file *file;

	snprintf(path, sizeof(path), "%s/web.yml", directory);
	unlink(path);
	ck_assert_int_eq(scratch_write(path, text, strlen(text)), 0);
	ck_assert_msg(access_file_open(path, &file, error) == 0, "%s", error);
	return file;
}

START_TEST(gives_headers_but_blank_ones)
{
	struct access_file *file =
		open_config("http_server_config:\n  headers:\n    X-Frame-Options: deny\n"
			    "    Content-Security-Policy: ''\n    X-XSS-Protection: '0'\n");
	struct access *access = access_file_current(file);
	const struct access_header *headers;
	size_t count;

	headers = access_headers(access, &count);
	ck_assert_uint_eq(count, 2);
	ck_assert_str_eq(headers[0].name, "X-Frame-Options");
	ck_assert_str_eq(headers[0].value, "deny");
	ck_assert_str_eq(headers[1].name, "X-XSS-Protection");
	ck_assert(!access_uses_tls(access));
	ck_assert_int_eq(access_authenticate(access, &peer, /* authorization= */ NULL,
					     (struct auth_waiter){0}),
			 AUTH_GRANTED);
	access_unref(access);
	access_file_close(file);
}
END_TEST

static enum auth_answer authenticate(struct access *access, const char *authorization)
{
	return login(access, &peer, authorization);
}

START_TEST(lets_users_in)
{
	struct access_file *file = open_config(USERS);
	struct access *access = access_file_current(file);

	ck_assert_int_eq(authenticate(access, ALICE), AUTH_GRANTED);
	ck_assert_int_eq(authenticate(access, /* authorization= */ NULL), AUTH_DENIED);
	ck_assert_int_eq(authenticate(access, "Basic YWxpY2U6c2VjcmV1"), AUTH_DENIED);
	ck_assert_int_eq(authenticate(access, "Basic Ym9iOnNlY3JldA=="), AUTH_DENIED);
	access_file_close(file);
	ck_assert_int_eq(access_authenticate(access, &peer, ALICE, login_waiter), AUTH_BUSY);
	access_unref(access);
}
END_TEST

/* From lax to strict. */
static const char *const requirements[] = {
	"",
	"  client_auth_type: RequireAnyClientCert\n",
	REQUIRED,
	REQUIRED "  client_allowed_sans: [good.example]\n",
	REQUIRED "  client_allowed_sans: [good.example]\n" USERS,
};

START_TEST(demands_show_the_laxer_one)
{
	unsigned int before = 0;

	for (size_t i = 0; i < ARRAY_SIZE(requirements); i++) {
		struct access_file *file = tls_fixture_open("ecdsa", requirements[i]);
		struct access *access = access_file_current(file);
		unsigned int demands = access_demands(access);

		ck_assert_uint_eq(before & ~demands, 0);
		ck_assert_uint_ne(demands & ~before, 0);
		ck_assert(access_uses_tls(access));
		before = demands;
		access_unref(access);
		access_file_close(file);
	}
}
END_TEST

START_TEST(prepares_no_session_without_tls)
{
	struct access_file *file = open_config("");
	struct access *access = access_file_current(file);
	struct tls_session own;
	gnutls_session_t session;

	ck_assert_int_eq(gnutls_init(&session, GNUTLS_SERVER), 0);
	ck_assert_uint_eq(access_demands(access), 0);
	ck_assert_int_lt(access_prepare_session(access, session, /* peer= */ NULL, &own), 0);
	gnutls_deinit(session);
	access_unref(access);
	access_file_close(file);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{gives_headers_but_blank_ones, 0},
		{lets_users_in, 0},
		{demands_show_the_laxer_one, 0},
		{prepares_no_session_without_tls, 0},
	};
	int failed;

	if (scratch_make(directory) || tls_fixture_make())
		return EXIT_FAILURE;
	failed = run_suite("access", tests, ARRAY_SIZE(tests));
	tls_fixture_remove();
	scratch_remove(directory);
	return failed;
}
