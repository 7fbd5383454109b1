// SPDX-License-Identifier: Apache-2.0
/* Following the file as it changes. The log is read from standard error. */
#include "web/access/access.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/units.h"
#include "exporter/attach/explain.h"
#include "exporter/privileges.h"
#include "tests/lib/certificates.h"
#include "tests/lib/handshake.h"
#include "tests/lib/scratch.h"
#include "tests/unit/suite.h"
#include "tests/unit/web/access/login.h"
#include "web/limits/peer.h"

#define PATH_SIZE 160
#define PAIR      "tls_server_config:\n  cert_file: cert.pem\n  key_file: key.pem\n"
/* alice:secret, at the lowest cost */
#define USERS "basic_auth_users:\n  alice: " HASH "\n"
#define HASH  "$2b$04$CCCCCCCCCCCCCCCCCCCCC.4K7lyz.nKATbsiu/RcZjqWyDNnj87qG"
#define ALICE "Basic YWxpY2U6c2VjcmV0"

static char directory[SCRATCH_SIZE];
static struct certificate first, second;
static const struct peer peer;

static const char *path_of(const char *name)
{
	static char paths[4][PATH_SIZE];
	static int next;
	char *path = paths[next++ % 4];

	snprintf(path, PATH_SIZE, "%s/%s", directory, name);
	return path;
}

static void write_config(const char *text)
{
	FILE *out = fopen(path_of("web.yml"), "w");

	ck_assert_ptr_nonnull(out);
	fputs(text, out);
	fclose(out);
}

static struct access_file *open_config(const char *text)
{
	char error[ACCESS_ERROR_MAX];
	struct access_file *file;

	write_config(text);
	ck_assert_msg(access_file_open(path_of("web.yml"), &file, error) == 0, "%s", error);
	return file;
}

static void write_pair(const struct certificate *certificate)
{
	certificate_write(certificate, path_of("cert.pem"), path_of("key.pem"));
}

/* Returns the name in the certificate of the next session; "": there is no handshake. */
static const char *served(struct access_file *file)
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

static void redirect_log(void)
{
	int log = open(path_of("log"), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);

	ck_assert_int_ge(log, 0);
	dup2(log, STDERR_FILENO);
	close(log);
}

/* Returns how often the log contains the text. */
static int logged(const char *what)
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

#define READ_AGAIN "web configuration reloaded"
#define INVALID    "web configuration is invalid"

START_TEST(serves_a_new_certificate_to_the_next_session)
{
	struct access_file *file;
	struct access *old;

	redirect_log();
	write_pair(&first);
	file = open_config(PAIR);
	ck_assert_str_eq(served(file), "first");
	old = access_file_current(file);
	write_pair(&second);
	for (int i = 0; i < 10; i++)
		ck_assert_str_eq(served(file), "second");
	ck_assert_int_eq(logged(READ_AGAIN), 1);
	ck_assert_int_eq(logged(INVALID), 0);
	/* Open connections keep the access of their beginning. */
	ck_assert(access_uses_tls(old));
	access_unref(old);
	access_file_close(file);
}
END_TEST

/* Certbot and Kubernetes rename a new file over the old one. */
START_TEST(follows_renamed_files)
{
	struct access_file *file;

	redirect_log();
	write_pair(&first);
	file = open_config(PAIR);
	certificate_write(&second, path_of("cert.new"), path_of("key.new"));
	ck_assert_int_eq(rename(path_of("key.new"), path_of("key.pem")), 0);
	ck_assert_str_eq(served(file), ""); /* the certificate is still the old one */
	ck_assert_int_eq(rename(path_of("cert.new"), path_of("cert.pem")), 0);
	ck_assert_str_eq(served(file), "second");
	ck_assert_int_eq(logged("failed to load X509KeyPair"), 1);
	ck_assert_int_eq(logged(READ_AGAIN), 1);
	access_file_close(file);
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
	struct access_file *file;

	redirect_log();
	write_pair(&first);
	file = open_config(PAIR USERS);
	damages[_i].damage();
	for (int i = 0; i < 10; i++)
		ck_assert_ptr_null(access_file_current(file));
	ck_assert_int_eq(logged(INVALID), 1);
	ck_assert_int_eq(logged(damages[_i].reason), 1);
	write_pair(&second);
	write_config(PAIR USERS);
	for (int i = 0; i < 10; i++)
		ck_assert_str_eq(served(file), "second");
	ck_assert_int_eq(logged(READ_AGAIN), 1);
	ck_assert_int_eq(logged(INVALID), 1);
	access_file_close(file);
}
END_TEST

START_TEST(reads_again_after_reload)
{
	struct access_file *file;

	redirect_log();
	file = open_config("");
	access_unref(access_file_current(file));
	ck_assert_int_eq(logged(READ_AGAIN), 0);
	access_file_reload(file);
	access_unref(access_file_current(file));
	access_unref(access_file_current(file));
	ck_assert_int_eq(logged(READ_AGAIN), 1);
	access_file_close(file);
}
END_TEST

/*
 * The files have the same length and are written in the same tick of the clock, so that stat() does
 * not show the change.
 */
START_TEST(misses_no_quick_change)
{
	struct access_file *file;

	redirect_log();
	file = open_config("http_server_config: {headers: {X-XSS-Protection: '0'}}\n");
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
	access_file_close(file);
}
END_TEST

static int count_admitted(struct access_file *file)
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
	struct access_file *file = open_config("rate_limit: {interval: 1h, burst: 3}\n");

	redirect_log();
	ck_assert_int_eq(count_admitted(file), 3);
	ck_assert_int_eq(count_admitted(file), 0);
	write_config("http_server_config: {http2: false}\nrate_limit: {interval: 1h, burst: 3}\n");
	ck_assert_int_eq(count_admitted(file), 0);
	write_config("rate_limit: {interval: 1h, burst: 4}\n");
	ck_assert_int_eq(count_admitted(file), 4);
	write_config("");
	ck_assert_int_eq(count_admitted(file), 100);
	access_file_close(file);
}
END_TEST

static enum auth_answer authenticate(struct access_file *file, const char *authorization)
{
	struct access *access = access_file_current(file);
	enum auth_answer said = login(access, &peer, authorization);

	access_unref(access);
	return said;
}

/* A cached login is not valid for a user who is no longer in the file. */
START_TEST(users_change_with_the_file)
{
	struct access_file *file = open_config(USERS);

	redirect_log();
	ck_assert_int_eq(authenticate(file, ALICE), AUTH_GRANTED);
	write_config("basic_auth_users:\n  bob: " HASH "\n");
	ck_assert_int_eq(authenticate(file, ALICE), AUTH_DENIED);
	ck_assert_int_eq(authenticate(file, "Basic Ym9iOnNlY3JldA=="), AUTH_GRANTED);
	access_file_close(file);
}
END_TEST

static bool is_open(struct access_file *file)
{
	struct access *access = access_file_current(file);
	bool open = access && login(access, &peer, /* authorization= */ NULL) == AUTH_GRANTED;

	access_unref(access);
	return open;
}

/* The beginnings that a file has while it is written, and that are valid. */
static const char *const beginnings[] = {"", "# users\n", "rate_limit: {interval: 1m, burst: 9}\n"};

START_TEST(doubts_what_asks_for_less)
{
	struct access_file *file = open_config(USERS);
	uint64_t written_ns;

	redirect_log();
	write_config(beginnings[_i]);
	ck_assert(!is_open(file));
	write_config("nonsense\n");
	ck_assert(!is_open(file));
	write_config(beginnings[_i]);
	ck_assert(!is_open(file));
	write_config(USERS);
	ck_assert(!is_open(file));
	ck_assert_int_eq(authenticate(file, ALICE), AUTH_GRANTED);
	write_config(beginnings[_i]);
	written_ns = clock_ns(CLOCK_MONOTONIC);
	while (!is_open(file))
		usleep(10000);
	ck_assert_uint_ge(clock_ns(CLOCK_MONOTONIC) - written_ns, 900 * MS_NS);
	ck_assert_int_eq(logged(INVALID), 1);
	ck_assert_int_eq(logged(READ_AGAIN), 2);
	access_file_close(file);
}
END_TEST

struct dropped {
	struct access_file *file;
	int pairs[2][2]; /* pairs of sockets, because no more can be made after the drop */
	int ready, go;   /* ends of pipes */
};

static bool serves(const struct dropped *dropped, int pair, const char *name)
{
	const struct handshake_client client = {.certificate = NULL};
	struct access *access = access_file_current(dropped->file);
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
	if (authenticate(dropped->file, ALICE) != AUTH_GRANTED)
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

	redirect_log();
	write_pair(&first);
	ck_assert_int_eq(chmod(path_of("key.pem"), 0600), 0);
	dropped.file = open_config(PAIR USERS);
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
	access_file_close(dropped.file);
}
END_TEST

int main(void)
{
	const struct certificate_request one = {.name = "first"}, other = {.name = "second"};
	const struct unit_test tests[] = {
		{serves_a_new_certificate_to_the_next_session, 0},
		{follows_renamed_files, 0},
		{an_invalid_file_admits_no_client, ARRAY_SIZE(damages)},
		{reads_again_after_reload, 0},
		{misses_no_quick_change, 0},
		{doubts_what_asks_for_less, ARRAY_SIZE(beginnings)},
		{limits_the_rate, 0},
		{users_change_with_the_file, 0},
		{needs_no_privileges, 0},
	};
	int failed;

	signal(SIGPIPE, SIG_IGN);
	first = certificate_make(&one, NULL);
	second = certificate_make(&other, NULL);
	if (scratch_make(directory))
		return EXIT_FAILURE;
	failed = run_suite("access_file", tests, ARRAY_SIZE(tests));
	certificate_free(&first);
	certificate_free(&second);
	scratch_remove(directory);
	return failed;
}
