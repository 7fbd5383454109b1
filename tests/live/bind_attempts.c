/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/live/bind_attempts.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/live/bind_cases.h"

#define NOBODY 65534
#define KEEP   ((uid_t)-1)

static bool out_of_resources(int error)
{
	return error == -EMFILE || error == -ENFILE || error == -ENOMEM;
}

/*
 * Changes the calling thread only, which may change back. The C library would change every thread.
 */
static int change_user(uid_t uid)
{
	return syscall(SYS_setresuid, KEEP, uid, KEEP) ? -errno : 0;
}

/* connect() gives a UDP socket a port of the kernel's choice without calling the hook. */
static int bind_unseen(int fd)
{
	const struct sockaddr_in discard = {
		.sin_family = AF_INET,
		.sin_port = NET16(9),
		.sin_addr.s_addr = NET32(INADDR_LOOPBACK),
	};

	return connect(fd, (const struct sockaddr *)&discard, sizeof(discard)) ? -errno : 0;
}

struct series {
	const struct bind_case *bind_case;
	unsigned int count;
	_Atomic uint64_t *made;
	union bind_address address;
	int length;
};

static int attempt(const struct series *series, int fd)
{
	int error = bind_case_attempt(series->bind_case, fd, &series->address, series->length);

	atomic_fetch_add(series->made, 1);
	if (series->bind_case->circumstance == BIND_ONE_SOCKET)
		return 0;
	return error == -series->bind_case->error ? 0 : -EPROTO;
}

/* A second bind of a bound socket fails after the hook, so it is still an attempt. */
static int on_one_socket(const struct series *series, int fd)
{
	unsigned int i;
	int error = 0;

	if (series->bind_case->circumstance == BIND_BOUND_SOCKET)
		error = bind_unseen(fd);
	for (i = 0; i < series->count && !error; i++)
		error = attempt(series, fd);
	return error;
}

static int on_fresh_sockets(const struct series *series)
{
	unsigned int i;
	int error = 0;

	for (i = 0; i < series->count && !error; i++) {
		int fd = bind_case_open(series->bind_case);

		if (fd < 0)
			return fd;
		error = attempt(series, fd);
		close(fd);
	}
	return error;
}

static int as_nobody(const struct series *series, int fd)
{
	int error = change_user(NOBODY), back;

	if (error)
		return error;
	error = on_one_socket(series, fd);
	back = change_user(0);
	return error ? error : back;
}

int bind_attempts_make(const struct bind_case *bind_case, const char *scratch, unsigned int count,
		       _Atomic uint64_t *made)
{
	struct series series = {.bind_case = bind_case, .count = count, .made = made};
	int fd = bind_case_open(bind_case);
	int error;

	if (fd < 0)
		return out_of_resources(fd) ? fd : 0;
	series.length = bind_case_address(bind_case, scratch, &series.address);
	if (bind_case->circumstance == BIND_FRESH_SOCKET)
		error = on_fresh_sockets(&series);
	else if (bind_case->circumstance == BIND_UNPRIVILEGED)
		error = as_nobody(&series, fd);
	else
		error = on_one_socket(&series, fd);
	close(fd);
	return error;
}

int bind_attempts_take(const struct bind_case *bind_case, const char *scratch)
{
	union bind_address address;
	int length = bind_case_address(bind_case, scratch, &address);
	int fd = bind_case_open(bind_case);
	int error;

	if (fd < 0 || !bind(fd, &address.any, (socklen_t)length))
		return fd;
	error = -errno;
	close(fd);
	return error;
}
