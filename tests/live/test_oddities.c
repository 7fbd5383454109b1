/* SPDX-License-Identifier: Apache-2.0 */
/* Calls made in unusual ways, and calls that are not attempts. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/live/bind_address.h"
#include "tests/live/bind_load.h"
#include "tests/live/live_test.h"

#define CALLS 5

/* Port 80 of loopback. */
static const struct sockaddr_in port_80 = {
	.sin_family = AF_INET,
	.sin_port = NET16(80),
	.sin_addr.s_addr = NET32(INADDR_LOOPBACK),
};

static const struct sockaddr_in6 port_80_inet6 = {
	.sin6_family = AF_INET6,
	.sin6_port = NET16(80),
};

static int stream_socket(int family)
{
	return socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

/* The bare system call, with arguments that fill whole registers. */
static int raw_bind(unsigned long fd, const void *address, unsigned long length)
{
	return syscall(SYS_bind, fd, address, length) ? -errno : 0;
}

/* Maps two pages, the second of which cannot be read. The address crosses the border. */
static char *across_border(const void *address, size_t length, size_t readable)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *pages =
		mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (pages == MAP_FAILED)
		return NULL;
	memcpy(pages + page - readable, address, length);
	mprotect(pages + page, page, PROT_NONE);
	return pages + page - readable;
}

static int bad_descriptor(void *unused)
{
	(void)unused;
	return raw_bind((unsigned long)-1, &port_80, sizeof(port_80)) == -EBADF &&
			       raw_bind(1000000, &port_80, sizeof(port_80)) == -EBADF
		       ? 0
		       : -EPROTO;
}

static int closed_descriptor(void *unused)
{
	int fd = stream_socket(AF_INET);

	(void)unused;
	close(fd);
	return raw_bind((unsigned long)fd, &port_80, sizeof(port_80)) == -EBADF ? 0 : -EPROTO;
}

/* A descriptor of a socket's name in the file system is not a socket. */
static int path_descriptor(void *scratch)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/path-%d", (char *)scratch, getpid());
	if (mknod(path, S_IFSOCK | 0600, 0))
		return -errno;
	fd = open(path, O_PATH | O_CLOEXEC);
	return raw_bind((unsigned long)fd, &port_80, sizeof(port_80)) == -EBADF ? 0 : -EPROTO;
}

static int not_a_socket(void *unused)
{
	int fds[2];

	(void)unused;
	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	return raw_bind((unsigned long)fds[0], &port_80, sizeof(port_80)) == -ENOTSOCK ? 0
										       : -EPROTO;
}

static int unreadable_address(void *unused)
{
	const void *address = across_border(&port_80, sizeof(port_80), 0);

	(void)unused;
	return raw_bind((unsigned long)stream_socket(AF_INET), address, sizeof(port_80)) == -EFAULT
		       ? 0
		       : -EPROTO;
}

static int null_address(void *unused)
{
	(void)unused;
	return raw_bind((unsigned long)stream_socket(AF_INET), NULL, 16) == -EFAULT ? 0 : -EPROTO;
}

/*
 * The kernel copies the whole address or nothing. Here, the part that classification needs is
 * readable, the rest is not.
 */
static int unreadable_end(void *unused)
{
	const void *address = across_border(&port_80_inet6, sizeof(port_80_inet6), 16);
	int fd = stream_socket(AF_INET6);

	(void)unused;
	if (fd < 0)
		return 0;
	return raw_bind((unsigned long)fd, address, sizeof(port_80_inet6)) == -EFAULT ? 0 : -EPROTO;
}

static int too_long(void *unused)
{
	static const union bind_address address = {.in.sin_family = AF_INET};
	int fd = stream_socket(AF_INET);

	(void)unused;
	return raw_bind((unsigned long)fd, &address, 129) == -EINVAL &&
			       raw_bind((unsigned long)fd, &address, 65536 + 16) == -EINVAL
		       ? 0
		       : -EPROTO;
}

static int negative_length(void *unused)
{
	int fd = stream_socket(AF_INET);

	(void)unused;
	return raw_bind((unsigned long)fd, &port_80, (unsigned int)-1) == -EINVAL &&
			       raw_bind((unsigned long)fd, &port_80, (unsigned long)-16) == -EINVAL
		       ? 0
		       : -EPROTO;
}

struct deed {
	const char *name;
	int (*body)(void *scratch);
};

/* None of these reaches the hook. Each checks that the kernel refuses it with the right errno. */
static const struct deed non_attempts[] = {
	{"badfd", bad_descriptor},    {"closed", closed_descriptor},  {"path", path_descriptor},
	{"notsock", not_a_socket},    {"noread", unreadable_address}, {"null", null_address},
	{"halfread", unreadable_end}, {"toolong", too_long},          {"negative", negative_length},
};

/*
 * Runs the deed in a process with its own name. 0 or -errno; ret_counted: the sum of all rows with
 * that name, or 0 if any row is not of port 80 and IPv4, because all attempts here are.
 */
static int counted_of(const struct exporter *exporter, const struct deed *deed, uint64_t expected,
		      uint64_t *ret_counted)
{
	char comm[COMM_SIZE], *page;
	int error = bind_load_child(live_comm(deed->name, comm), deed->body, live.scratch);

	page = live_page(exporter);
	*ret_counted = attempts_of_comm(page, comm);
	if (expected && attempts_of(page, "well_known", "inet", comm) != *ret_counted)
		*ret_counted = 0;
	free(page);
	return error;
}

static void check_deeds(const struct deed *deeds, size_t n, uint64_t expected)
{
	struct exporter exporter = {0};
	unsigned int wrong = 0;
	size_t i;

	live_start(&exporter, NULL);
	for (i = 0; i < n; i++) {
		uint64_t counted = 0;
		int error = counted_of(&exporter, &deeds[i], expected, &counted);

		if (!error && counted == expected)
			continue;
		wrong++;
		fprintf(stderr, "%s: %s, %" PRIu64 " counted, not %" PRIu64 "\n", deeds[i].name,
			strerror(-error), counted, expected);
	}
	ck_assert_msg(!wrong, "%u are not counted as they should be", wrong);
	live_stop(&exporter);
}

START_TEST(no_attempt)
{
	check_deeds(non_attempts, sizeof(non_attempts) / sizeof(non_attempts[0]), 0);
}
END_TEST

/* The bodies below make exactly CALLS attempts on port 80 of an IPv4 socket. */

/* Bits beyond a register's lower half are not part of an int. */
static int upper_halves(void *unused)
{
	unsigned long fd = (unsigned long)stream_socket(AF_INET);
	int i;

	(void)unused;
	for (i = 0; i < CALLS; i++)
		raw_bind(fd | 0xdeadbeef00000000UL, &port_80, 0xffffffff00000010UL);
	return 0;
}

/*
 * The page is in memory, but not in the tables of this process: the kernel takes a fault when it
 * copies the address, which a tracing program cannot do.
 */
static int address_not_resident(void *scratch)
{
	char path[128];
	void *address;
	int fd, i, sock = stream_socket(AF_INET);

	snprintf(path, sizeof(path), "%s/resident-%d", (char *)scratch, getpid());
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, &port_80, sizeof(port_80)) != sizeof(port_80))
		return -EIO;
	address = mmap(NULL, sizeof(port_80), PROT_READ, MAP_PRIVATE, fd, 0);
	for (i = 0; i < CALLS; i++) {
		madvise(address, 4096, MADV_DONTNEED);
		raw_bind((unsigned long)sock, address, sizeof(port_80));
	}
	return 0;
}

static void *bind_later(void *thread_comm)
{
	int sock = stream_socket(AF_INET), i;

	prctl(PR_SET_NAME, thread_comm);
	usleep(50000);
	for (i = 0; i < CALLS; i++)
		raw_bind((unsigned long)sock, &port_80, sizeof(port_80));
	_exit(0);
}

/* The main thread has ended, but the process still has its name. */
static int leader_gone(void *unused)
{
	static char other_name[] = "somebody-else";
	pthread_t thread;

	(void)unused;
	if (pthread_create(&thread, NULL, bind_later, other_name))
		return -EAGAIN;
	/* Ends this thread only. pthread_exit() would load a library that may be missing. */
	syscall(SYS_exit, 0);
	return -EPROTO;
}

static int descriptor_0(void *unused)
{
	int i;

	(void)unused;
	if (dup2(stream_socket(AF_INET), 0))
		return -EIO;
	for (i = 0; i < CALLS; i++)
		raw_bind(0, &port_80, sizeof(port_80));
	return 0;
}

/* More descriptors than the first table can hold, so the kernel has moved the table. */
static int high_descriptor(void *unused)
{
	int sock = fcntl(stream_socket(AF_INET), F_DUPFD, 800), i;

	(void)unused;
	if (sock < 0)
		return -errno;
	for (i = 0; i < CALLS; i++)
		raw_bind((unsigned long)sock, &port_80, sizeof(port_80));
	return 0;
}

static const struct deed ways[] = {
	{"upper", upper_halves},  {"fault", address_not_resident}, {"leader", leader_gone},
	{"fdzero", descriptor_0}, {"fdhigh", high_descriptor},
};

START_TEST(unusual_ways)
{
	check_deeds(ways, sizeof(ways) / sizeof(ways[0]), CALLS);
}
END_TEST

/* Binds without an address, and with one that the kernel must not read. */
static int bind_nothing(void *unused)
{
	int sock = stream_socket(AF_INET), i;

	(void)unused;
	for (i = 0; i < CALLS; i++)
		raw_bind((unsigned long)sock, i % 2 ? (void *)1 : NULL, 0);
	return 0;
}

START_TEST(length_0)
{
	struct exporter exporter = {0};
	char comm[COMM_SIZE], *page;

	live_start(&exporter, NULL);
	ck_assert_int_eq(bind_load_child(live_comm("nothing", comm), bind_nothing, NULL), 0);
	page = live_page(&exporter);
	ck_assert_uint_eq(attempts_of(page, "invalid", "inet", comm), CALLS);
	ck_assert_uint_eq(attempts_of_comm(page, comm), CALLS);
	free(page);
	live_stop(&exporter);
}
END_TEST

static int rename_between(void *names)
{
	int sock = stream_socket(AF_INET), i;

	for (i = 0; i < 3 * CALLS; i++) {
		prctl(PR_SET_NAME, ((char **)names)[i % 3]);
		raw_bind((unsigned long)sock, &port_80, sizeof(port_80));
	}
	return 0;
}

START_TEST(process_that_renames_itself)
{
	char names[3][COMM_SIZE], *list[3], *page;
	struct exporter exporter = {0};
	int i;

	for (i = 0; i < 3; i++)
		list[i] =
			(char *)live_comm((const char *[]){"tick", "trick", "track"}[i], names[i]);
	live_start(&exporter, NULL);
	ck_assert_int_eq(bind_load_child("renamer", rename_between, list), 0);
	page = live_page(&exporter);
	for (i = 0; i < 3; i++)
		ck_assert_uint_eq(attempts_of(page, "well_known", "inet", names[i]), CALLS);
	free(page);
	live_stop(&exporter);
}
END_TEST

TCase *oddity_tests(void)
{
	TCase *tcase = live_tcase("oddities", 60);

	tcase_add_test(tcase, no_attempt);
	tcase_add_test(tcase, unusual_ways);
	tcase_add_test(tcase, length_0);
	tcase_add_test(tcase, process_that_renames_itself);
	return tcase;
}
