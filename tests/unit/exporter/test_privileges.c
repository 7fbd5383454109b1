// SPDX-License-Identifier: Apache-2.0
/* Each test drops privileges in a child process, which reports by its exit status. */
#include "exporter/attach/machine.h"
#include "exporter/privileges.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "exporter/attach/explain.h"
#include "tests/lib/refused_calls.h"
#include "tests/unit/suite.h"

#define CAP_BPF_BIT       (1ULL << 39)
#define CAP_SYS_ADMIN_BIT (1ULL << 21)
#define CAP_SETPCAP_BIT   (1ULL << 8)

/* Returns a field of the calling thread; -1: it is missing. */
static long long status_field(const char *name, int base)
{
	FILE *file = fopen("/proc/thread-self/status", "re");
	size_t length = strlen(name);
	long long value = -1;
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		if (strncmp(line, name, length) == 0 && line[length] == ':')
			value = (long long)strtoull(line + length + 1, NULL, base);
	if (file)
		fclose(file);
	return value;
}

static int report(const char *what)
{
	dprintf(STDERR_FILENO, "after the drop: %s: %s\n", what, strerror(errno));
	return 1;
}

/* Returns the child's exit status, 0 if check() succeeded. */
static int after_drop(int (*check)(const struct privileges *left, int row), int row)
{
	struct privileges left = {0};
	struct diagnosis diagnosis;
	int status;
	pid_t child = fork();

	if (child == 0) {
		if (privileges_drop(&left, &diagnosis)) {
			dprintf(STDERR_FILENO, "not dropped: %s\n", diagnosis.reason);
			_exit(2);
		}
		_exit(check(&left, row));
	}
	ck_assert_int_gt(child, 0);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static bool has_only(long long kept)
{
	return status_field("CapEff", 16) == kept && status_field("CapPrm", 16) == kept &&
	       status_field("CapInh", 16) == 0 && status_field("CapAmb", 16) == 0 &&
	       status_field("NoNewPrivs", 10) == 1 && status_field("Seccomp", 10) == 2;
}

static int check_status(const struct privileges *left, int bounded)
{
	long long kept = 0;

	if (strcmp(left->capabilities, "CAP_BPF") == 0)
		kept = CAP_BPF_BIT;
	else if (strcmp(left->capabilities, "CAP_SYS_ADMIN") == 0)
		kept = CAP_SYS_ADMIN_BIT;
	if (kept && !kernel_older_than(5, 19))
		return report("this kernel counts without capabilities");
	if (!left->filtered || !has_only(kept))
		return report("/proc/thread-self/status");
	if (bounded && status_field("CapBnd", 16) != 0)
		return report("bounding set");
	return 0;
}

START_TEST(leaves_no_capability)
{
	bool bounded = status_field("CapEff", 16) & CAP_SETPCAP_BIT;

	ck_assert_int_eq(after_drop(check_status, bounded), 0);
}
END_TEST

static int check_refused(const struct privileges *left, int row)
{
	const long *arguments = refused[row].arguments;

	(void)left;
	errno = 0;
	if (syscall(refused[row].number, arguments[0], arguments[1], arguments[2], arguments[3],
		    arguments[4]) != -1 ||
	    errno != ENOSYS)
		return report(refused[row].name);
	return 0;
}

START_TEST(refuses)
{
	ck_assert_msg(after_drop(check_refused, _i) == 0, "%s", refused[_i].name);
}
END_TEST

/* Makes the calls of the self-check, and those that notify the service manager. */
static int check_selfcheck(const struct privileges *left, int row)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct msghdr message = {.msg_name = &address};
	uint64_t nonce;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), size = 1 << 16;

	(void)left;
	(void)row;
	if (fd < 0 || getentropy(&nonce, sizeof(nonce)))
		return report("socket");
	memcpy(address.sun_path + 1, &nonce, sizeof(nonce));
	if (bind(fd, (struct sockaddr *)&address, sizeof(sa_family_t) + 1 + sizeof(nonce)))
		return report("bind");
	message.msg_namelen = sizeof(sa_family_t) + 1 + sizeof(nonce);
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)) ||
	    sendmsg(fd, &message, MSG_NOSIGNAL))
		return report("sendmsg");
	return close(fd) ? report("close") : 0;
}

START_TEST(can_still_bind)
{
	ck_assert_int_eq(after_drop(check_selfcheck, 0), 0);
}
END_TEST

static int listener;

/* Treats a client's socket as libmicrohttpd does, and answers through it. */
static bool answers(int client, char byte)
{
	struct iovec piece = {&byte, 1};
	const struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
	int on = 1, flags = fcntl(client, F_GETFL);

	return flags >= 0 && !fcntl(client, F_SETFL, flags | O_NONBLOCK) &&
	       !fcntl(client, F_SETFD, fcntl(client, F_GETFD) | FD_CLOEXEC) &&
	       !setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) &&
	       !setsockopt(client, IPPROTO_TCP, TCP_CORK, &on, sizeof(on)) &&
	       send(client, &byte, 1, MSG_NOSIGNAL) == 1 && sendmsg(client, &message, 0) == 1;
}

/* A server: waits, accepts, answers. Returns the failed step as a string; NULL: none failed. */
static void *serve(void *left)
{
	struct epoll_event event = {.events = EPOLLIN};
	int epoll = epoll_create1(EPOLL_CLOEXEC), client;
	char byte;

	pthread_setname_np(pthread_self(), "server");
	if (check_status(left, false))
		return (void *)"privileges of the thread";
	if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) ||
	    epoll_wait(epoll, &event, 1, 10000) != 1)
		return (void *)"epoll";
	client = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (client < 0 || recv(client, &byte, 1, 0) != 1 || !answers(client, byte))
		return (void *)"accept4, recv, send";
	close(client);
	close(epoll);
	return NULL;
}

static int check_serving(const struct privileges *left, int row)
{
	void *failed = (void *)"pthread_join";
	pthread_t thread;

	(void)row;
	errno = pthread_create(&thread, NULL, serve, (void *)left);
	if (errno)
		return report("pthread_create");
	errno = pthread_join(thread, &failed);
	return failed ? report(failed) : 0;
}

static int ask(const struct sockaddr_in *server)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char bytes[2] = "x";

	if (connect(fd, (const struct sockaddr *)server, sizeof(*server)) ||
	    send(fd, bytes, 1, 0) != 1 || recv(fd, bytes, 2, MSG_WAITALL) != 2)
		return 1;
	return 0;
}

START_TEST(can_still_serve)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t length = sizeof(address);
	pid_t client;
	int status;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
	ck_assert_int_eq(listen(listener, 1), 0);
	ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&address, &length), 0);
	client = fork();
	if (client == 0)
		_exit(ask(&address));
	ck_assert_int_eq(after_drop(check_serving, 0), 0);
	ck_assert_int_eq(waitpid(client, &status, 0), client);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	close(listener);
}
END_TEST

static int check_reading(const struct privileges *left, int row)
{
	struct timespec moment = {.tv_nsec = 1000000};
	char *block = malloc(1 << 20);
	char byte;
	int file = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);

	(void)left;
	(void)row;
	if (!block || file < 0 || read(file, &byte, 1) != 1 || close(file))
		return report("open, read, close");
	free(block);
	return nanosleep(&moment, NULL) ? report("nanosleep") : 0;
}

START_TEST(can_still_read)
{
	ck_assert_int_eq(after_drop(check_reading, 0), 0);
}
END_TEST

/* Drops privileges while seccomp(2) fails, as without seccomp filters or with a policy. */
static int without_seccomp(int error, struct privileges *ret_left, struct diagnosis *ret_diagnosis)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	uint32_t answer = SCMP_ACT_ERRNO((uint32_t)error);

	if (seccomp_rule_add(filter, answer, SCMP_SYS(seccomp), 0) ||
	    seccomp_rule_add(filter, answer, SCMP_SYS(prctl), 1,
			     SCMP_A0(SCMP_CMP_EQ, PR_SET_SECCOMP, 0)) ||
	    seccomp_load(filter))
		return 0;
	seccomp_release(filter);
	return privileges_drop(ret_left, ret_diagnosis);
}

static const struct {
	int answer;
	int expected;
} seccomp_answers[] = {{EINVAL, 0}, {ENOSYS, 0}, {EPERM, -EPERM}, {EACCES, -EACCES}};

static int check_seccomp_answer(int answer, int expected)
{
	struct privileges left = {.capabilities = NULL, .filtered = true};
	struct diagnosis diagnosis = {"", ""};

	if (without_seccomp(answer, &left, &diagnosis) != expected)
		return report("result");
	if (expected)
		return !strstr(diagnosis.reason, "seccomp") ||
		       !strstr(diagnosis.cure, "--privileges.keep");
	return left.filtered || !left.capabilities || status_field("NoNewPrivs", 10) != 1;
}

START_TEST(tells_a_missing_filter_from_a_forbidden_one)
{
	pid_t child = fork();
	int status;

	if (child == 0)
		_exit(check_seccomp_answer(seccomp_answers[_i].answer,
					   seccomp_answers[_i].expected));
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

static int check_abort(const struct privileges *left, int row)
{
	(void)left;
	(void)row;
	abort();
}

/* abort() still ends the process, and does not loop. */
START_TEST(can_still_abort)
{
	ck_assert_int_eq(after_drop(check_abort, 0), -SIGABRT);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{leaves_no_capability, 0},
		{refuses, ARRAY_SIZE(refused)},
		{can_still_bind, 0},
		{can_still_serve, 0},
		{tells_a_missing_filter_from_a_forbidden_one, ARRAY_SIZE(seccomp_answers)},
		{can_still_read, 0},
		{can_still_abort, 0},
	};

	return run_suite("privileges", tests, ARRAY_SIZE(tests));
}
