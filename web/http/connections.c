// SPDX-License-Identifier: Apache-2.0
#include "web/http/connections.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "common/clock.h"
#include "web/limits/peer.h"

#define GRACE_MS   2U    /* time for a request to arrive and be read, also during a flood */
#define LEAVING_MS 1000U /* more than the time to close a socket that was shut down */

struct connection {
	int socket;
	enum connection_phase phase;
	uint64_t since_ns; /* the beginning of the phase, CLOCK_MONOTONIC */
	bool held;
	struct peer peer;
};

struct connections {
	struct connection_limits limits;
	int interval_ms; /* between two searches for overdue connections */
	pthread_mutex_t lock;
	pthread_cond_t left; /* signalled when a connection has left */
	uint32_t count;
	struct connection all[];
};

static uint64_t now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

/* A tenth of the shortest limit, so that no limit is exceeded by much. */
static int interval_of(const struct connection_limits *limits)
{
	uint32_t shortest = limits->phase_ms[0];

	for (size_t i = 1; i < CONNECTION_PHASES; i++)
		if (limits->phase_ms[i] < shortest)
			shortest = limits->phase_ms[i];
	return (int)(shortest / 10 + 1);
}

int connections_new(const struct connection_limits *limits, struct connections **ret_connections)
{
	struct connections *connections =
		calloc(1, sizeof(*connections) + limits->total * sizeof(connections->all[0]));
	pthread_condattr_t monotonic;

	if (!connections)
		return -ENOMEM;
	connections->limits = *limits;
	connections->interval_ms = interval_of(limits);
	pthread_mutex_init(&connections->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&connections->left, &monotonic);
	pthread_condattr_destroy(&monotonic);
	*ret_connections = connections;
	return 0;
}

void connections_free(struct connections *connections)
{
	if (!connections)
		return;
	pthread_cond_destroy(&connections->left);
	pthread_mutex_destroy(&connections->lock);
	free(connections);
}

/* peer: NULL matches all. */
static bool matches(const struct connection *connection, const struct peer *peer)
{
	return !peer || peer_equal(&connection->peer, peer);
}

static uint32_t count_of(const struct connections *connections, const struct peer *peer)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < connections->count; i++)
		count += matches(&connections->all[i], peer);
	return count;
}

static struct connection *find(struct connections *connections, int socket)
{
	for (uint32_t i = 0; i < connections->count; i++)
		if (connections->all[i].socket == socket)
			return &connections->all[i];
	return NULL;
}

static void forget(struct connections *connections, int socket)
{
	struct connection *connection = find(connections, socket);

	if (connection)
		*connection = connections->all[--connections->count];
}

/*
 * A connection whose client does not read the answer may go after patience_ms. Otherwise it would
 * keep its slot.
 */
static bool can_go(const struct connections *connections, const struct connection *one,
		   uint64_t now)
{
	return !one->held && (one->phase != CONNECTION_ANSWERING ||
			      now - one->since_ns >= connections->limits.patience_ms * MS_NS);
}

static const struct connection *longest_waiting(const struct connections *connections,
						const struct peer *peer, uint64_t now)
{
	const struct connection *longest = NULL;

	for (uint32_t i = 0; i < connections->count; i++) {
		const struct connection *one = &connections->all[i];

		if (can_go(connections, one, now) && matches(one, peer) &&
		    (!longest || one->since_ns < longest->since_ns))
			longest = one;
	}
	return longest;
}

/*
 * Waits until that socket has left, or any socket if it is -1. Returns false if none left in time.
 */
static bool wait_until_left(struct connections *connections, int socket, uint64_t deadline_ns)
{
	const struct timespec deadline = clock_timespec(deadline_ns);
	uint32_t before = connections->count;
	int error = 0;

	while (!error &&
	       (socket < 0 ? connections->count >= before : find(connections, socket) != NULL))
		error = pthread_cond_timedwait(&connections->left, &connections->lock, &deadline);
	return !error;
}

/*
 * Returns true if the caller should check again. Returns false if no connection can go, or if the
 * chosen one did not leave.
 */
static bool evict(struct connections *connections, const struct peer *peer)
{
	uint64_t now = now_ns(), ripe_ns;
	const struct connection *longest = longest_waiting(connections, peer, now);
	int socket;

	if (!longest)
		return false;
	ripe_ns = longest->since_ns + GRACE_MS * MS_NS;
	if (now < ripe_ns) {
		wait_until_left(connections, -1, ripe_ns);
		return true;
	}
	socket = longest->socket;
	shutdown(socket, SHUT_RDWR);
	return wait_until_left(connections, socket, now + LEAVING_MS * MS_NS);
}

static bool make_room(struct connections *connections, const struct peer *peer, uint32_t limit)
{
	while (count_of(connections, peer) >= limit)
		if (!evict(connections, peer))
			return false;
	return true;
}

int connections_admit(struct connections *connections, int socket, const struct sockaddr *peer)
{
	struct connection connection = {
		.socket = socket, .since_ns = now_ns(), .peer = peer_of(peer)};
	const struct connection_limits *limits = &connections->limits;
	bool room;

	pthread_mutex_lock(&connections->lock);
	forget(connections, socket); /* its number may be free again although connections_left() was
					not called */
	room = (!connection.peer.has_address ||
		make_room(connections, &connection.peer, limits->per_peer)) &&
	       make_room(connections, /* peer= */ NULL, limits->total);
	if (room)
		connections->all[connections->count++] = connection;
	pthread_mutex_unlock(&connections->lock);
	return room ? 0 : -EBUSY;
}

void connections_left(struct connections *connections, int socket)
{
	pthread_mutex_lock(&connections->lock);
	forget(connections, socket);
	pthread_cond_signal(&connections->left);
	pthread_mutex_unlock(&connections->lock);
}

void connections_enter(struct connections *connections, int socket, enum connection_phase phase)
{
	struct connection *connection;

	pthread_mutex_lock(&connections->lock);
	connection = find(connections, socket);
	if (connection) {
		connection->phase = phase;
		connection->held = false;
		connection->since_ns = now_ns();
	}
	pthread_mutex_unlock(&connections->lock);
}

void connections_hold(struct connections *connections, int socket)
{
	struct connection *connection;

	pthread_mutex_lock(&connections->lock);
	connection = find(connections, socket);
	if (connection)
		connection->held = true;
	pthread_mutex_unlock(&connections->lock);
}

int connections_evict(struct connections *connections)
{
	bool evicted;

	pthread_mutex_lock(&connections->lock);
	evicted = make_room(connections, /* peer= */ NULL, connections->count);
	pthread_mutex_unlock(&connections->lock);
	return evicted ? 0 : -EBUSY;
}

int connections_expire(struct connections *connections)
{
	uint64_t now;
	int again_ms;

	pthread_mutex_lock(&connections->lock);
	now = now_ns(); /* read with the lock: otherwise a phase might begin after now */
	for (uint32_t i = 0; i < connections->count; i++) {
		const struct connection *one = &connections->all[i];

		if (now - one->since_ns >= connections->limits.phase_ms[one->phase] * MS_NS)
			shutdown(one->socket, SHUT_RDWR);
	}
	again_ms = connections->count ? connections->interval_ms : -1;
	pthread_mutex_unlock(&connections->lock);
	return again_ms;
}
