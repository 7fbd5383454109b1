/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is connected, what each connection waits for, and which has to go: so that
 * a slow or hostile client costs others nothing. Knows sockets, but no HTTP library:
 * it shuts them down, and who serves them notices that and closes them. Thread-safe.
 */
#ifndef CONNECTIONS_H
#define CONNECTIONS_H

#include <stdint.h>

struct connections;
struct sockaddr;

enum connection_phase {
	CONNECTION_NEW,       /* no request yet; TLS handshakes happen here */
	CONNECTION_UPLOADING, /* has sent a header, and owes the body */
	CONNECTION_ANSWERING, /* has sent a request and is owed the answer */
	CONNECTION_IDLE,      /* was answered, and may ask again */
	CONNECTION_PHASES,
};

struct connection_limits {
	uint32_t total;    /* connections at the same time */
	uint32_t per_peer; /* of these, of one IPv4 address or IPv6 /64; UNIX sockets have none */
	uint32_t phase_ms[CONNECTION_PHASES]; /* none lasts longer */
	uint32_t patience_ms; /* with an answer, until who reads it slowly can be evicted, too */
};

/* Prometheus asks again on the connection of before, and forgets it after five minutes. */
#define CONNECTION_LIMITS                                                      \
	((struct connection_limits){.total = 256,                              \
				    .per_peer = 64,                            \
				    .phase_ms = {10000, 10000, 30000, 330000}, \
				    .patience_ms = 5000})

/* 0 or -ENOMEM. */
int connections_new(const struct connection_limits *limits, struct connections **ret_connections);
void connections_free(struct connections *connections); /* NULL is allowed */

/*
 * A new one, from its accept(2). At a limit, the one under that limit goes that has been without
 * a complete request for longest, two milliseconds at least; this waits until it has left. -EBUSY:
 * all are being answered.
 */
int connections_admit(struct connections *connections, int socket, const struct sockaddr *peer);

/* Before the socket is closed. */
void connections_left(struct connections *connections, int socket);

void connections_enter(struct connections *connections, int socket, enum connection_phase phase);

/* Who serves it cannot close it until it enters a phase again, so that it is not made to go. */
void connections_hold(struct connections *connections, int socket);

/* Makes the one go that has been without a complete request for longest. -EBUSY: there is none. */
int connections_evict(struct connections *connections);

/* Shuts down what is overdue. Returns after how many ms to look again; -1: nobody is there. */
int connections_expire(struct connections *connections);

#endif
