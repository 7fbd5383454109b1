/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ways into the kernel other than bind(2) of a 64-bit program: the 32-bit interface and
 * io_uring. The tracepoint of bind(2) does not see them. All other modes do, under the name of the
 * process, whichever thread does the work.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lib/scratch.h"
#include "tests/live/bind32.h"
#include "tests/live/bind_address.h"
#include "tests/live/bind_load.h"
#include "tests/live/embedded.h"
#include "tests/live/live_results.h"
#include "tests/live/live_test.h"
#include "tests/live/ring.h"

#define TRIES 5

/* Resources of a way: a ring, or memory to which 32 bits can point. */
struct door {
	struct ring ring;
	char *low;
};

struct way {
	const char *name;
	int (*open)(struct door *door);
	/* 0 or -errno from the kernel; -ENOSYS: there is no such way. */
	int (*bind)(struct door *door, int sock, const struct sockaddr_in *address);
};

#ifdef __x86_64__

#define I386_SOCKETCALL 102
#define I386_BIND       361
#define SOCKETCALL_BIND 2

/* The 32-bit interface, which 64-bit programs can use if their pointers are below 4 GiB. */
static int i386_call(unsigned long number, unsigned long first, const void *second,
		     unsigned long third)
{
	long result;

	asm volatile("int $0x80"
		     : "=a"(result)
		     : "a"(number), "b"(first), "c"(second), "d"(third)
		     : "memory", "cc", "r8", "r9", "r10", "r11");
	return (int)result;
}

static int open_low(struct door *door)
{
	door->low = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	return door->low == MAP_FAILED ? -ENOMEM : 0;
}

static int bind_i386(struct door *door, int sock, const struct sockaddr_in *address)
{
	memcpy(door->low, address, sizeof(*address));
	return i386_call(I386_BIND, (unsigned long)sock, door->low, sizeof(*address));
}

static int bind_socketcall(struct door *door, int sock, const struct sockaddr_in *address)
{
	const uint32_t arguments[] = {(uint32_t)sock, (uint32_t)(uintptr_t)door->low,
				      sizeof(*address)};
	char *second = door->low + 64;

	memcpy(door->low, address, sizeof(*address));
	memcpy(second, arguments, sizeof(arguments));
	return i386_call(I386_SOCKETCALL, SOCKETCALL_BIND, second, 0);
}

#endif

static int open_ring(struct door *door)
{
	return ring_open(&door->ring, 0) ? -ENOSYS : 0;
}

static int open_polled_ring(struct door *door)
{
	return ring_open(&door->ring, IORING_SETUP_SQPOLL) ? -ENOSYS : 0;
}

/* An operation that the kernel does not know ends with EINVAL. No bind here does. */
static int known(int result)
{
	return result == -EINVAL ? -ENOSYS : result;
}

static int bind_ring(struct door *door, int sock, const struct sockaddr_in *address)
{
	return known(ring_bind(&door->ring, sock, address, 0));
}

/* A worker thread of the kernel, named iou-wrk-…, does the bind. */
static int bind_worker(struct door *door, int sock, const struct sockaddr_in *address)
{
	return known(ring_bind(&door->ring, sock, address, IOSQE_ASYNC));
}

/* On a polled ring, a thread of the kernel, named iou-sqp-…, does what bind_ring() submits. */
static const struct way ways[] = {
#ifdef __x86_64__
	{"int80", open_low, bind_i386},           {"sockcall", open_low, bind_socketcall},
#endif
	{"ring", open_ring, bind_ring},           {"ringwrk", open_ring, bind_worker},
	{"ringsqp", open_polled_ring, bind_ring},
};

#define WAYS ((int)(sizeof(ways) / sizeof(ways[0])))

/* Makes one bind that succeeds, and TRIES that fail on the port it has taken. */
static int go(void *argument)
{
	const struct way *way = argument;
	const struct sockaddr_in port_80 = {
		.sin_family = AF_INET,
		.sin_port = NET16(80),
		.sin_addr.s_addr = NET32(INADDR_LOOPBACK),
	};
	int first = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int second = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct door door = {0};
	int error = way->open(&door), i;

	if (!error)
		error = way->bind(&door, first, &port_80);
	for (i = 0; i < TRIES && !error; i++) {
		int result = way->bind(&door, second, &port_80);

		error = result == -EADDRINUSE ? 0 : -EPROTO;
	}
	return error;
}

/* Checks a page from after the binds: all attempts and their ends, on well-known ports of IPv4. */
static void check_page(const char *page, const char *name, const struct losses *before,
		       uint64_t made, uint64_t failing)
{
	struct losses lost = losses_since(page, before);
	char comm[COMM_SIZE];
	uint64_t counted, failed;

	live_comm(name, comm);
	counted = attempts_of(page, "well_known", "inet", comm);
	ck_assert_uint_eq(attempts_of_comm(page, comm), counted);
	if (!counted && !strcmp(live.mode, "tracepoint")) {
		live_skip("%s: not seen in tracepoint mode, as the manual says", name);
		live_promise("ways", "64-bit bind(2) only");
		return;
	}
	ck_assert_msg(counted + lost.attempts == made, "%s: %" PRIu64 " counted of %" PRIu64, name,
		      counted, made);
	live_promise("ways", NULL);
	if (!live_sees_results(page))
		return;
	failed = failures_of(page, "well_known", "inet", comm, EADDRINUSE);
	ck_assert_uint_eq(failures_of_comm(page, comm), failed);
	if (lost.results)
		printf("%s: %" PRIu64 " failures, %" PRIu64 " results not known\n", name, failed,
		       lost.results);
	/* The last result may not be known yet as missed. */
	ck_assert_msg(failed <= failing &&
			      failed + lost.results + lost.attempts + live.preempts >= failing,
		      "%s: %" PRIu64 " failures and %" PRIu64 " missed results of %" PRIu64, name,
		      failed, lost.results, failing);
}

/* One exporter for all ways: what it has counted before is no matter. */
static struct exporter exporter;

static void start(void)
{
	live_await_port();
	live_start(&exporter, (const char *const[]){"--selfcheck.interval=1h", NULL});
}

static void stop(void)
{
	live_stop(&exporter);
	unlink(exporter.log);
}

static void check_way(const char *name, int (*body)(void *argument), void *argument, uint64_t made,
		      uint64_t failing)
{
	char comm[COMM_SIZE], *page;
	struct losses before = live_losses(&exporter);
	int error = bind_load_child(live_comm(name, comm), body, argument);

	if (error == -ENOSYS || error == -EFAULT) {
		live_skip("%s: this kernel has no such way to bind", name);
		return;
	}
	ck_assert_msg(!error, "%s: %s", name, strerror(-error));
	page = live_page(&exporter);
	check_page(page, name, &before, made, failing);
	free(page);
}

START_TEST(way)
{
	check_way(ways[_i].name, go, (void *)&ways[_i], 1 + TRIES, TRIES);
}
END_TEST

/* The kernel names a process after its executable file. Returns on failure only. */
static int execute(void *path)
{
	char *argv[] = {path, NULL};

	execv(path, argv);
	return errno == ENOEXEC ? -ENOSYS : -EPROTO;
}

START_TEST(program_of_32_bits)
{
	size_t size = (size_t)(bind32_end - bind32_start);
	char comm[COMM_SIZE], path[SCRATCH_SIZE + COMM_SIZE];

	if (!size) {
		live_skip("the 32-bit program is one for x86");
		return;
	}
	snprintf(path, sizeof(path), "%s/%s", live.scratch, live_comm("bind32", comm));
	ck_assert_int_eq(scratch_write(path, bind32_start, size), 0);
	ck_assert_int_eq(chmod(path, 0755), 0);
	check_way("bind32", execute, path, BIND32_SUCCESSES + BIND32_FAILURES, BIND32_FAILURES);
	unlink(path);
}
END_TEST

TCase *way_tests(void)
{
	TCase *tcase = tcase_create("ways");

	tcase_set_timeout(tcase, 60);
	tcase_add_unchecked_fixture(tcase, start, stop);
	tcase_add_loop_test(tcase, way, 0, WAYS);
	tcase_add_test(tcase, program_of_32_bits);
	return tcase;
}
