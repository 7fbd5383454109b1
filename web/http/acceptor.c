// SPDX-License-Identifier: Apache-2.0
#include "web/http/acceptor.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "web/http/connections.h"
#include "web/http/listener.h"

#define PAUSE_US   100000 /* before another try if the machine lacks memory or descriptors */
#define SILENCE_NS (60 * SECOND_NS) /* time between two such lines in the log */

struct acceptor {
	struct acceptor_config config;
	pthread_t thread;
	uint64_t reported_ns; /* the time of the last such line; 0: never */
	atomic_bool stopping;
	int wake;               /* an eventfd that wakes the thread after a change of stopping */
	struct pollfd polled[]; /* wake, then the listeners */
};

static bool is_shortage(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

/* poll(2) fails with EINVAL if it gets more descriptors than the limit of open files. */
static const char *cure_of(int error)
{
	return is_shortage(error) || error == EINVAL
		       ? "raise the limit of open files (ulimit -n, LimitNOFILE=), or free memory"
		       : "allow the exporter to accept connections (a security policy may forbid "
			 "it)";
}

static void report(struct acceptor *acceptor, int error)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC);

	if (acceptor->reported_ns && now - acceptor->reported_ns < SILENCE_NS)
		return;
	acceptor->reported_ns = now;
	log_event(LOG_LEVEL_WARN, "cannot accept connections", "reason", strerror(error), "cure",
		  cure_of(error), NULL);
}

/*
 * The connection stays in the queue, and poll(2) would report it again at once, so the thread
 * waits.
 */
static void cope_with(struct acceptor *acceptor, int error)
{
	report(acceptor, error);
	if (!is_shortage(error) || connections_evict(acceptor->config.connections))
		usleep(PAUSE_US);
}

/* accept(2) fails with these errors if only this connection failed, or if there is none. */
static bool is_passing(int error)
{
	return error == EAGAIN || error == EINTR || error == ECONNABORTED;
}

static void accept_one(struct acceptor *acceptor, int listening)
{
	const struct acceptor_config *config = &acceptor->config;
	struct sockaddr_storage peer = {.ss_family = AF_UNSPEC};
	socklen_t length = sizeof(peer);
	int socket =
		accept4(listening, (struct sockaddr *)&peer, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (socket < 0) {
		if (!is_passing(errno))
			cope_with(acceptor, errno);
		return;
	}
	if (connections_admit(config->connections, socket, (struct sockaddr *)&peer))
		close(socket);
	else
		config->take(config->context, socket, (struct sockaddr *)&peer, length);
}

static const char *loss_of(int error)
{
	return error == EOPNOTSUPP ? "the socket was shut down and must be created again"
				   : strerror(error);
}

static void give_up(struct acceptor *acceptor, const struct listener *listener, int error)
{
	log_event(
		LOG_LEVEL_ERROR, "cannot listen any longer", "address", listener->address, "reason",
		loss_of(error), "cure",
		error == EADDRINUSE
			? "free the address or choose another, then restart the exporter"
			: "restart the exporter, and its .socket unit if it has one, as a service "
			  "manager does with Restart=on-failure",
		NULL);
	acceptor->config.lost(acceptor->config.context);
}

/* Returns false if the socket does not listen and never will again. */
static bool revive(struct acceptor *acceptor, const struct listener *listener)
{
	struct listener revived;
	int error = listener_revive(listener, &revived);

	if (error)
		give_up(acceptor, listener, -error);
	else
		log_event(LOG_LEVEL_WARN, "listening again", "address", revived.address, "reason",
			  "another program shut the socket down, for example ss -K", NULL);
	return !error;
}

/*
 * poll(2) permanently reports a socket that does not listen any more, even if accept(2) only fails
 * with EAGAIN.
 */
static void look_at(struct acceptor *acceptor, struct pollfd *polled,
		    const struct listener *listener)
{
	if (polled->revents & ~POLLIN) {
		if (!revive(acceptor, listener))
			polled->fd = -1;
	} else if (polled->revents) {
		accept_one(acceptor, polled->fd);
	}
}

static void *run(void *context)
{
	struct acceptor *acceptor = context;
	const struct acceptor_config *config = &acceptor->config;
	struct pollfd *polled = acceptor->polled;
	int timeout_ms = -1;

	while (!atomic_load(&acceptor->stopping)) {
		int ready = poll(polled, 1 + config->count, timeout_ms);

		for (uint32_t i = 0; ready > 0 && i < config->count; i++)
			look_at(acceptor, &polled[1 + i], &config->listeners[i]);
		if (ready < 0 && errno != EINTR)
			cope_with(acceptor, errno);
		timeout_ms = connections_expire(config->connections);
	}
	return NULL;
}

int acceptor_start(const struct acceptor_config *config, struct acceptor **ret_acceptor)
{
	struct acceptor *acceptor =
		calloc(1, sizeof(*acceptor) + (1 + config->count) * sizeof(struct pollfd));
	int error = 0;

	if (!acceptor)
		return -ENOMEM;
	acceptor->config = *config;
	acceptor->wake = eventfd(0, EFD_CLOEXEC);
	if (acceptor->wake < 0)
		error = errno;
	acceptor->polled[0] = (struct pollfd){.fd = acceptor->wake, .events = POLLIN};
	for (uint32_t i = 0; i < config->count; i++)
		acceptor->polled[1 + i] = (struct pollfd){.fd = config->listeners[i].socket,
							  .events = POLLIN | POLLRDHUP};
	if (!error)
		error = pthread_create(&acceptor->thread, /* attributes= */ NULL, run, acceptor);
	if (error) {
		if (acceptor->wake >= 0)
			close(acceptor->wake);
		free(acceptor);
		return -error;
	}
	*ret_acceptor = acceptor;
	return 0;
}

void acceptor_stop(struct acceptor *acceptor)
{
	if (!acceptor)
		return;
	atomic_store(&acceptor->stopping, true);
	eventfd_write(acceptor->wake, 1);
	pthread_join(acceptor->thread, NULL);
	close(acceptor->wake);
	free(acceptor);
}
