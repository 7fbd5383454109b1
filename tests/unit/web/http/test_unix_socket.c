// SPDX-License-Identifier: Apache-2.0
/* UNIX sockets that listen, and the files that they replace or leave alone. */
#include "web/http/unix_socket.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/lib/scratch.h"
#include "tests/unit/suite.h"

#define BACKLOG 8

static char scratch[SCRATCH_SIZE], path[SCRATCH_SIZE + 16];

static void begin(void)
{
	ck_assert_int_eq(scratch_make(scratch), 0);
	snprintf(path, sizeof(path), "%s/a.sock", scratch);
}

static int listen_there(void)
{
	int socket = -1, error = unix_socket_listen(path, BACKLOG, &socket);

	ck_assert_int_eq(socket >= 0, error == 0);
	return error ? error : socket;
}

static bool can_connect(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int client = socket(AF_UNIX, SOCK_STREAM, 0), error;

	memcpy(address.sun_path, path, strlen(path));
	error = connect(client, (const struct sockaddr *)&address, sizeof(address));
	close(client);
	return error == 0;
}

START_TEST(listens_for_user_and_group)
{
	struct stat made;
	int socket;

	begin();
	socket = listen_there();
	ck_assert_int_ge(socket, 0);
	ck_assert_int_eq(stat(path, &made), 0);
	ck_assert_uint_eq(made.st_mode, S_IFSOCK | 0660);
	ck_assert(can_connect());
	close(socket);
	ck_assert(!can_connect());
	ck_assert_int_eq(access(path, F_OK), 0);
	scratch_remove(scratch);
}
END_TEST

START_TEST(replaces_only_a_stale_socket)
{
	int socket;

	begin();
	socket = listen_there();
	ck_assert_int_eq(listen_there(), -EADDRINUSE);
	ck_assert(can_connect());
	close(socket);
	socket = listen_there();
	ck_assert_int_ge(socket, 0);
	ck_assert(can_connect());
	close(socket);
	scratch_remove(scratch);
}
END_TEST

START_TEST(leaves_other_files_alone)
{
	char other[SCRATCH_SIZE + 16];
	struct stat found;

	begin();
	ck_assert_int_eq(scratch_write(path, "x", 1), 0);
	ck_assert_int_eq(listen_there(), -ENOTSOCK);
	ck_assert_int_eq(unlink(path), 0);
	snprintf(other, sizeof(other), "%s/file", scratch);
	ck_assert_int_eq(scratch_write(other, "x", 1), 0);
	ck_assert_int_eq(chmod(other, 0600), 0);
	ck_assert_int_eq(symlink(other, path), 0);
	ck_assert_int_eq(listen_there(), -ENOTSOCK);
	ck_assert_int_eq(stat(other, &found), 0);
	ck_assert_uint_eq(found.st_mode, S_IFREG | 0600);
	scratch_remove(scratch);
}
END_TEST

START_TEST(refuses_paths)
{
	char long_path[sizeof(((struct sockaddr_un *)NULL)->sun_path) + 1];
	int socket = -1;

	memset(long_path, 'a', sizeof(long_path));
	long_path[0] = '/';
	long_path[sizeof(long_path) - 1] = '\0';
	ck_assert_int_eq(unix_socket_listen("a.sock", BACKLOG, &socket), -EINVAL);
	ck_assert_int_eq(unix_socket_listen("", BACKLOG, &socket), -EINVAL);
	ck_assert_int_eq(unix_socket_listen(long_path, BACKLOG, &socket), -ENAMETOOLONG);
	ck_assert_int_eq(unix_socket_listen("/nonexistent/a.sock", BACKLOG, &socket), -ENOENT);
	ck_assert_int_eq(socket, -1);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{listens_for_user_and_group, 0},
		{replaces_only_a_stale_socket, 0},
		{leaves_other_files_alone, 0},
		{refuses_paths, 0},
	};

	return run_suite("unix_socket", tests, ARRAY_SIZE(tests));
}
