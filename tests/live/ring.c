/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/live/ring.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define OPERATION_BIND 56 /* IORING_OP_BIND, Linux 6.11 */

static void *map_at(const struct ring *ring, long long offset)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, offset);
}

int ring_open(struct ring *ring, unsigned int flags)
{
	memset(ring, 0, sizeof(*ring));
	ring->params.flags = flags;
	ring->fd = (int)syscall(SYS_io_uring_setup, 2, &ring->params);
	if (ring->fd < 0)
		return -errno;
	ring->submission = map_at(ring, IORING_OFF_SQ_RING);
	ring->completion = map_at(ring, IORING_OFF_CQ_RING);
	ring->entries = map_at(ring, IORING_OFF_SQES);
	if (ring->submission == MAP_FAILED || ring->completion == MAP_FAILED ||
	    (void *)ring->entries == MAP_FAILED)
		return -ENOMEM;
	return 0;
}

static unsigned int *field(unsigned char *base, unsigned int offset)
{
	return (unsigned int *)(base + offset);
}

static void submit(struct ring *ring, const struct io_uring_sqe *entry)
{
	const struct io_sqring_offsets *sq = &ring->params.sq_off;
	unsigned int *tail = field(ring->submission, sq->tail);
	unsigned int slot = *tail & *field(ring->submission, sq->ring_mask);

	ring->entries[slot] = *entry;
	field(ring->submission, sq->array)[slot] = slot;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
}

static int take_result(struct ring *ring)
{
	const struct io_cqring_offsets *cq = &ring->params.cq_off;
	const struct io_uring_cqe *done = (const void *)(ring->completion + cq->cqes);
	unsigned int *head = field(ring->completion, cq->head);
	unsigned int tail = __atomic_load_n(field(ring->completion, cq->tail), __ATOMIC_ACQUIRE);
	int result;

	if (tail == *head)
		return -EIO;
	result = done[*head & *field(ring->completion, cq->ring_mask)].res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return result;
}

int ring_bind(struct ring *ring, int sock, const struct sockaddr_in *address, unsigned char flags)
{
	const struct io_uring_sqe entry = {
		.opcode = OPERATION_BIND,
		.flags = flags,
		.fd = sock,
		.addr = (uintptr_t)address,
		.off = sizeof(*address), /* addr2, which holds the length for a bind */
	};
	unsigned int enter = IORING_ENTER_GETEVENTS;

	/* The kernel's thread may be asleep. Waking it does no harm if it is not. */
	if (ring->params.flags & IORING_SETUP_SQPOLL)
		enter |= IORING_ENTER_SQ_WAKEUP;
	submit(ring, &entry);
	if (syscall(SYS_io_uring_enter, ring->fd, 1, 1, enter, NULL, 0) != 1)
		return -EIO;
	return take_result(ring);
}
