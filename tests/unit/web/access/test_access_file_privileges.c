// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/diagnosis.h"
#include "exporter/privileges.h"
#include "tests/lib/handshake.h"
#include "tests/unit/web/access/access_file_fixture.h"
#include "web/access/access.h"

struct dropped {
	int pairs[2][2]; /* pairs of sockets, because no more can be made after the drop */
	int ready, go;   /* ends of pipes */
};

static bool serves(const struct dropped *dropped, int pair, const char *name)
{
	const struct handshake_client client = {.certificate = NULL};
	struct access *access = access_file_current(file);
	int ends[2] = {dropped->pairs[pair][0], dropped->pairs[pair][1]};
	struct handshake result;

	if (!access)
		return false;
	result = handshake_over(ends, access, &client);
	access_unref(access);
	return result.served && strcmp(result.server_name, name) == 0;
}

/* Runs in a child. Returns its exit status: 0, or the number of the step that failed. */
static int use_without_privileges(const struct dropped *dropped)
{
	struct privileges left;
	struct diagnosis refusal;
	char byte = 0;

	if (privileges_drop(&left, &refusal))
		return 1;
	if (!serves(dropped, 0, "first"))
		return 2;
	if (authenticate(ALICE) != AUTH_GRANTED)
		return 3;
	if (write(dropped->ready, &byte, 1) != 1 || read(dropped->go, &byte, 1) != 1)
		return 4;
	return serves(dropped, 1, "second") ? 0 : 5;
}

/*
 * Files that only their owner can read are read again after privileges are dropped, as in the
 * exporter.
 */
START_TEST(needs_no_privileges)
{
	struct dropped dropped;
	int ready[2], go[2], status;
	char byte = 0;
	pid_t child;

	write_pair(&first);
	ck_assert_int_eq(chmod(path_of("key.pem"), 0600), 0);
	file_begin(PAIR USERS);
	ck_assert_int_eq(pipe(ready) | pipe(go), 0);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, dropped.pairs[i]), 0);
	dropped.ready = ready[1];
	dropped.go = go[0];
	child = fork();
	if (child == 0)
		_exit(use_without_privileges(&dropped));
	close(ready[1]);
	if (read(ready[0], &byte, 1) == 1)
		write_pair(&second);
	ck_assert_int_eq(write(go[1], &byte, 1), 1);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
	file_end();
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{needs_no_privileges, 0},
	};

	return run_file_suite("access_file_privileges", tests, ARRAY_SIZE(tests));
}
