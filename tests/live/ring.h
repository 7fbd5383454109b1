/* SPDX-License-Identifier: Apache-2.0 */
/* bind(2) through io_uring, one at a time, without a library. */
#ifndef LIVE_RING_H
#define LIVE_RING_H

#include <linux/io_uring.h>

struct sockaddr_in;

struct ring {
	int fd;
	struct io_uring_params params;
	unsigned char *submission;
	unsigned char *completion;
	struct io_uring_sqe *entries;
};

/* flags: IORING_SETUP_*. 0 or -errno. The ring ends with the process. */
int ring_open(struct ring *ring, unsigned int flags);

/*
 * Submits one bind and waits for it. flags: IOSQE_*. Returns the result from the ring (0 or -errno;
 * an unknown operation is -EINVAL, too), or -EIO if there is none.
 */
int ring_bind(struct ring *ring, int sock, const struct sockaddr_in *address, unsigned char flags);

#endif
