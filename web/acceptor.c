// SPDX-License-Identifier: Apache-2.0
#include "acceptor.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "clock.h"
#include "connections.h"
#include "log.h"

#define PAUSE_MS   100 /* before another try when the machine has no room for a connection */
#define SILENCE_NS (60 * SECOND_NS) /* then the log may say so again */

struct acceptor {
	struct acceptor_config config;
	pthread_t thread;
	uint64_t told_ns;       /* when the log last said that there is no room; 0: never */
	int stop;               /* an eventfd */
	struct pollfd polled[]; /* that one first, then what listens */
};

/* The connection stays in the queue, and poll(2) would tell at once: wait, instead. */
static void cope_with(struct acceptor *acceptor, int error)
{
	uint64_t now = clock_ns(CLOCK_MONOTONIC);

	if (!acceptor->told_ns || now - acceptor->told_ns >= SILENCE_NS) {
		acceptor->told_ns = now;
		log_event(LOG_LEVEL_WARN, "cannot accept connections", "reason", strerror(error),
			  "cure",
			  "raise the limit of open files (ulimit -n, LimitNOFILE=), or free memory",
			  NULL);
	}
	if (connections_evict(acceptor->config.connections))
		poll(acceptor->polled, 1, PAUSE_MS);
}

static void accept_one(struct acceptor *acceptor, int listening)
{
	const struct acceptor_config *config = &acceptor->config;
	struct sockaddr_storage peer = {.ss_family = AF_UNSPEC};
	socklen_t length = sizeof(peer);
	int socket =
		accept4(listening, (struct sockaddr *)&peer, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (socket < 0) {
		/* Others tell of a client that is gone. */
		if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
			cope_with(acceptor, errno);
		return;
	}
	if (connections_admit(config->connections, socket, (struct sockaddr *)&peer))
		close(socket);
	else
		config->take(config->context, socket, (struct sockaddr *)&peer, length);
}

static void *run(void *context)
{
	struct acceptor *acceptor = context;
	struct pollfd *polled = acceptor->polled;
	int timeout_ms = -1;

	for (;;) {
		int ready = poll(polled, 1 + acceptor->config.count, timeout_ms);

		if (ready > 0 && polled[0].revents)
			return NULL;
		for (uint32_t i = 1; ready > 0 && i <= acceptor->config.count; i++)
			if (polled[i].revents)
				accept_one(acceptor, polled[i].fd);
		timeout_ms = connections_expire(acceptor->config.connections);
	}
}

int acceptor_start(const struct acceptor_config *config, struct acceptor **ret_acceptor)
{
	struct acceptor *acceptor =
		calloc(1, sizeof(*acceptor) + (1 + config->count) * sizeof(struct pollfd));
	int error = 0;

	if (!acceptor)
		return -ENOMEM;
	acceptor->config = *config;
	acceptor->stop = eventfd(0, EFD_CLOEXEC);
	if (acceptor->stop < 0)
		error = errno;
	acceptor->polled[0] = (struct pollfd){.fd = acceptor->stop, .events = POLLIN};
	for (uint32_t i = 0; i < config->count; i++)
		acceptor->polled[1 + i] =
			(struct pollfd){.fd = config->listening[i], .events = POLLIN};
	if (!error)
		error = pthread_create(&acceptor->thread, NULL, run, acceptor);
	if (error) {
		if (acceptor->stop >= 0)
			close(acceptor->stop);
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
	eventfd_write(acceptor->stop, 1);
	pthread_join(acceptor->thread, NULL);
	close(acceptor->stop);
	free(acceptor);
}
