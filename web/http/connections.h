/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keeps the list of connections, their phases, and the limits, and decides which connection has to
 * go, so that slow or hostile clients do not delay others. Knows sockets, but no HTTP library: it
 * shuts sockets down, and the thread that serves them then closes them. Thread-safe.
 */
#ifndef CONNECTIONS_H
#define CONNECTIONS_H

#include <stdint.h>

struct connections;
struct sockaddr;

enum connection_phase {
	CONNECTION_NEW,       /* no request yet; includes the TLS handshake */
	CONNECTION_UPLOADING, /* has sent a header, but not yet the whole body */
	CONNECTION_ANSWERING, /* has sent a request, and gets the answer */
	CONNECTION_IDLE,      /* was answered, and may send another request */
	CONNECTION_PHASES,
};

struct connection_limits {
	uint32_t total;    /* connections at a time */
	uint32_t per_peer; /* of one IPv4 address or IPv6 /64; not for UNIX sockets */
	uint32_t phase_ms[CONNECTION_PHASES]; /* maximum duration of each phase */
	uint32_t patience_ms; /* time until a client that reads slowly may be evicted */
};

/* Prometheus reuses connections, and closes them after five idle minutes. */
#define CONNECTION_LIMITS                                                      \
	((struct connection_limits){.total = 256,                              \
				    .per_peer = 64,                            \
				    .phase_ms = {10000, 10000, 30000, 330000}, \
				    .patience_ms = 5000})

/* Returns 0 or -ENOMEM. */
int connections_new(const struct connection_limits *limits, struct connections **ret_connections);
void connections_free(struct connections *connections); /* NULL is allowed */

/*
 * Adds a connection that accept(2) returned. At a limit, the connection that counts towards that
 * limit and has been without a complete request for longest goes, after at least two milliseconds;
 * this call waits until it has left. Returns 0; -EBUSY: all are being answered.
 */
int connections_admit(struct connections *connections, int socket, const struct sockaddr *peer);

/* Must be called before the socket is closed. */
void connections_left(struct connections *connections, int socket);

void connections_enter(struct connections *connections, int socket, enum connection_phase phase);

/* Marks a connection that cannot be closed until its next phase, so that it is not evicted. */
void connections_hold(struct connections *connections, int socket);

/*
 * Evicts the connection that has been without a complete request for longest. Returns 0; -EBUSY:
 * there is none.
 */
int connections_evict(struct connections *connections);

/*
 * Shuts down overdue connections. Returns the number of milliseconds until the next call, or -1 if
 * there are no connections.
 */
int connections_expire(struct connections *connections);

#endif
