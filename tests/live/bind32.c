/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A 32-bit program without a C library, so that none needs to be installed to build it. It binds
 * through socketcall(2) and then through bind(2): each succeeds once and then fails BIND32_TRIES
 * times on the port that is taken. Exit status: the number of calls with another result.
 */
#include "tests/live/bind32.h"

#define SYS_EXIT          1
#define SYS_SOCKETCALL    102
#define SYS_SOCKET        359
#define SYS_BIND          361
#define SOCKETCALL_SOCKET 1
#define SOCKETCALL_BIND   2
#define FAMILY_INET       2
#define TYPE_STREAM       1
#define ERROR_ADDRINUSE   98

struct address {
	unsigned short family;
	unsigned char port[2];
	unsigned char host[4];
	unsigned char unused[8];
};

static const struct address addresses[] = {
	{FAMILY_INET, {0, BIND32_PORT}, {127, 0, 0, 1}, {0}},
	{FAMILY_INET, {0, BIND32_PORT + 1}, {127, 0, 0, 1}, {0}},
};

static long call(long number, unsigned long first, unsigned long second, unsigned long third)
{
	long result;

	asm volatile("int $0x80"
		     : "=a"(result)
		     : "a"(number), "b"(first), "c"(second), "d"(third)
		     : "memory", "cc");
	return result;
}

static long new_socket(int by_socketcall)
{
	const unsigned long arguments[] = {FAMILY_INET, TYPE_STREAM, 0};

	if (by_socketcall)
		return call(SYS_SOCKETCALL, SOCKETCALL_SOCKET, (unsigned long)arguments, 0);
	return call(SYS_SOCKET, FAMILY_INET, TYPE_STREAM, 0);
}

static long bind_to(int by_socketcall, long fd, const struct address *address)
{
	const unsigned long arguments[] = {(unsigned long)fd, (unsigned long)address,
					   sizeof(*address)};

	if (by_socketcall)
		return call(SYS_SOCKETCALL, SOCKETCALL_BIND, (unsigned long)arguments, 0);
	return call(SYS_BIND, (unsigned long)fd, (unsigned long)address, sizeof(*address));
}

void _start(void)
{
	long fd[2], wrong = 0;
	int way, i;

	for (way = 0; way < 2; way++)
		wrong += bind_to(way, new_socket(way), &addresses[way]) != 0;
	for (way = 0; way < 2; way++)
		fd[way] = new_socket(way);
	for (i = 0; i < 2 * BIND32_TRIES; i++)
		wrong += bind_to(i % 2, fd[i % 2], &addresses[i % 2]) != -ERROR_ADDRINUSE;
	call(SYS_EXIT, (unsigned long)wrong, 0, 0);
	__builtin_unreachable();
}
