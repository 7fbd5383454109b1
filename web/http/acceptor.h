/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accepts connections in a thread of its own, within the limits of connections.h, hands them over,
 * and ends overdue ones. It makes a socket that was shut down listen again.
 */
#ifndef ACCEPTOR_H
#define ACCEPTOR_H

#include <stdint.h>
#include <sys/socket.h>

struct acceptor;
struct connections;
struct listener;

struct acceptor_config {
	const struct listener *listeners; /* the caller closes them after acceptor_stop() */
	uint32_t count;
	struct connections *connections;
	/*
	 * Called in that thread. Takes over the socket, and calls connections_left() before closing
	 * it.
	 */
	void (*take)(void *context, int socket, const struct sockaddr *peer, socklen_t length);
	/* Called in that thread after a listener is lost for good, which has been logged. */
	void (*lost)(void *context);
	void *context;
};

/* Returns 0 or -errno. */
int acceptor_start(const struct acceptor_config *config, struct acceptor **ret_acceptor);

/* Stops the thread. Afterwards nothing is handed over any more. NULL is allowed. */
void acceptor_stop(struct acceptor *acceptor);

#endif
