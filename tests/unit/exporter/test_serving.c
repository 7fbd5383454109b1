// SPDX-License-Identifier: Apache-2.0
/* Opening listeners and refusing them; serving itself is in test_http_server.c. */
#include "exporter/serving.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/lib/captured.h"
#include "tests/lib/scratch.h"
#include "tests/unit/suite.h"

static char scratch[SCRATCH_SIZE];

static int open_with(const struct options *options, struct serving **ret_serving,
		     char ret_log[1024])
{
	int error;

	ck_assert_int_eq(capture_begin(), 0);
	error = serving_open(options, ret_serving);
	capture_end(ret_log, 1024);
	return error;
}

static const struct {
	const char *address;
	int error;
	const char *logged;
} refused[] = {
	{"nonsense", -EINVAL, "not a valid listen address"},
	{":65536", -ERANGE, "the port is above 65535"},
	{"unix:/nonexistent/socket", -ENOENT, "create the socket's directory first"},
	{"unix:/dev/null", -ENOTSOCK, "the path exists and is not a socket"},
};

START_TEST(refuses_addresses)
{
	const struct options options = {.listen_addresses = {refused[_i].address},
					.listen_count = 1};
	struct serving *serving = NULL;
	char log[1024];

	ck_assert_int_eq(open_with(&options, &serving, log), refused[_i].error);
	ck_assert_ptr_null(serving);
	ck_assert_ptr_nonnull(strstr(log, "cannot listen"));
	ck_assert_ptr_nonnull(strstr(log, refused[_i].address));
	ck_assert_ptr_nonnull(strstr(log, refused[_i].logged));
}
END_TEST

/* The second address fails, and the first is closed: it can be opened again. */
START_TEST(closes_listeners)
{
	char address[SCRATCH_SIZE + 16], log[1024];
	struct options options = {.listen_addresses = {address, "nonsense"}, .listen_count = 2};
	struct serving *serving = NULL;

	ck_assert_int_eq(scratch_make(scratch), 0);
	snprintf(address, sizeof(address), "unix:%s/socket", scratch);
	ck_assert_int_eq(open_with(&options, &serving, log), -EINVAL);
	options.listen_count = 1;
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(open_with(&options, &serving, log), 0);
		ck_assert_str_eq(log, "");
		ck_assert(!serving_lost(serving));
		serving_close(serving);
	}
	serving_close(NULL);
	scratch_remove(scratch);
}
END_TEST

START_TEST(needs_sockets_from_systemd)
{
	const struct options options = {.systemd_socket = true};
	struct serving *serving = NULL;
	char log[1024];

	unsetenv("LISTEN_FDS");
	ck_assert_int_eq(open_with(&options, &serving, log), -ENOENT);
	ck_assert_ptr_nonnull(strstr(log, "no socket activation file descriptors found"));
}
END_TEST

START_TEST(checks_the_web_configuration_first)
{
	const struct options options = {.web_config = "/nonexistent/web.yml",
					.listen_addresses = {"nonsense"},
					.listen_count = 1};
	struct serving *serving = NULL;
	char log[1024];

	ck_assert_int_lt(open_with(&options, &serving, log), 0);
	ck_assert_ptr_nonnull(strstr(log, "web configuration is invalid"));
	ck_assert_ptr_nonnull(strstr(log, "/nonexistent/web.yml"));
	ck_assert_ptr_null(strstr(log, "cannot listen"));
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{refuses_addresses, ARRAY_SIZE(refused)},
		{closes_listeners, 0},
		{needs_sockets_from_systemd, 0},
		{checks_the_web_configuration_first, 0},
	};

	return run_suite("serving", tests, ARRAY_SIZE(tests));
}
