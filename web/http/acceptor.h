/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A thread of its own that accepts connections, as far as their limits allow, hands
 * them over, and ends those that are overdue. A socket that was shut down it lets listen again.
 */
#ifndef ACCEPTOR_H
#define ACCEPTOR_H

#include <stdint.h>
#include <sys/socket.h>

struct acceptor;
struct connections;
struct listener;

struct acceptor_config {
	const struct listener *listeners; /* the caller closes them, after acceptor_stop() */
	uint32_t count;
	struct connections *connections;
	/* Takes over the socket, and tells connections when it has left. In that thread. */
	void (*take)(void *context, int socket, const struct sockaddr *peer, socklen_t length);
	/* One of them listens no more, nor can it again, as the log tells. In that thread. */
	void (*lost)(void *context);
	void *context;
};

/* 0 or -errno. */
int acceptor_start(const struct acceptor_config *config, struct acceptor **ret_acceptor);

/* Nothing is handed over any more once this returns. NULL is allowed. */
void acceptor_stop(struct acceptor *acceptor);

#endif
