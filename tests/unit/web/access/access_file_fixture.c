// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/web/access/access_file_fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/lib/scratch.h"
#include "tests/unit/web/access/login.h"
#include "web/limits/peer.h"

#define PATH_SIZE 160

struct access_file *file;
struct certificate first, second;

static char directory[SCRATCH_SIZE];

const char *path_of(const char *name)
{
	static char paths[4][PATH_SIZE];
	static int next;
	char *path = paths[next++ % 4];

	snprintf(path, PATH_SIZE, "%s/%s", directory, name);
	return path;
}

void write_config(const char *text)
{
	FILE *out = fopen(path_of("web.yml"), "w");

	ck_assert_ptr_nonnull(out);
	fputs(text, out);
	fclose(out);
}

void write_pair(const struct certificate *certificate)
{
	certificate_write(certificate, path_of("cert.pem"), path_of("key.pem"));
}

static void redirect_log(void)
{
	int log = open(path_of("log"), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);

	ck_assert_int_ge(log, 0);
	dup2(log, STDERR_FILENO);
	close(log);
}

int logged(const char *what)
{
	char *text;
	size_t length;
	int count = 0;

	ck_assert_int_eq(scratch_read(path_of("log"), &text, &length), 0);
	for (const char *at = text; (at = strstr(at, what)); at++)
		count++;
	free(text);
	return count;
}

void file_begin(const char *text)
{
	char error[ACCESS_ERROR_MAX];

	redirect_log();
	write_config(text);
	ck_assert_msg(access_file_open(path_of("web.yml"), &file, error) == 0, "%s", error);
}

void file_end(void)
{
	access_file_close(file);
}

enum auth_answer authenticate(const char *authorization)
{
	static const struct peer peer;
	struct access *access = access_file_current(file);
	enum auth_answer said = login(access, &peer, authorization);

	access_unref(access);
	return said;
}

int run_file_suite(const char *name, const struct unit_test *tests, size_t count)
{
	int failed;

	signal(SIGPIPE, SIG_IGN);
	if (scratch_make(directory))
		return EXIT_FAILURE;
	first = certificate_make(&(struct certificate_request){.name = "first"}, NULL);
	second = certificate_make(&(struct certificate_request){.name = "second"}, NULL);
	failed = run_suite(name, tests, count);
	certificate_free(&first);
	certificate_free(&second);
	scratch_remove(directory);
	return failed;
}
