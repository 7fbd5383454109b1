// SPDX-License-Identifier: Apache-2.0
#include "exporter/serving.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "exporter/collect/collector.h"
#include "web/access/access.h"
#include "web/http/listener.h"
#include "web/http/server.h"

struct serving {
	const struct options *options;
	struct listener listeners[HTTP_LISTENERS_MAX];
	uint32_t listener_count;     /* sockets that serving_close() closes */
	struct collector *collector; /* provides the pages */
	struct http_server *server;
	pthread_t owner;  /* the thread that waits for the end */
	atomic_bool lost; /* a listener is dead for good */
};

static const char *listen_reason(int error)
{
	switch (error) {
	case EINVAL:
		return "not a valid listen address";
	case ENXIO:
		return "the host name cannot be resolved";
	case ERANGE:
		return "the port is above 65535";
	case ENOTSOCK:
		return "the path exists and is not a socket";
	default:
		return strerror(error);
	}
}

static const char *listen_cure(int error)
{
	switch (error) {
	case EADDRINUSE:
		return "stop the program that uses the address (ss -lntxp shows it), give each "
		       "address only once, or choose another with --web.listen-address";
	case EACCES:
		return "choose a port above 1023 or a writable directory with "
		       "--web.listen-address, or grant CAP_NET_BIND_SERVICE";
	case ENOENT:
		return "create the socket's directory first, or choose another path";
	case ENOTSOCK:
		return "choose another path, or remove the file if nothing needs it";
	case ENAMETOOLONG:
		return "choose a path of at most 107 bytes";
	case ENXIO:
		return "use an IP address, or a name that this machine can resolve";
	case ERANGE:
		return "choose a port of at most 65535";
	case EINVAL:
		return "write --web.listen-address as :PORT, HOST:PORT, [IPV6]:PORT or unix:/PATH";
	default:
		return "choose an address of this machine with --web.listen-address";
	}
}

static int open_listeners(struct serving *serving)
{
	for (uint32_t i = 0; i < serving->options->listen_count; i++) {
		const char *address = serving->options->listen_addresses[i];
		int error = listener_open(address, &serving->listeners[i]);

		if (error) {
			log_event(LOG_LEVEL_ERROR, "cannot listen", "address", address, "reason",
				  listen_reason(-error), "cure", listen_cure(-error), NULL);
			return error;
		}
		serving->listener_count++;
	}
	return 0;
}

static const char *inherit_reason(int error)
{
	switch (error) {
	case ENOENT:
		return "no socket activation file descriptors found";
	case E2BIG:
		return "too many socket activation file descriptors";
	case ENOTSOCK:
		return "a socket activation file descriptor is not a listening stream socket";
	default:
		return strerror(error);
	}
}

static int inherit_listeners(struct serving *serving)
{
	int error =
		listeners_inherit(serving->listeners, HTTP_LISTENERS_MAX, &serving->listener_count);

	if (error)
		log_event(LOG_LEVEL_ERROR, "cannot listen", "reason", inherit_reason(-error),
			  "cure",
			  "start the exporter with a systemd .socket unit that has 1 to 64 "
			  "ListenStream= lines, or leave out --web.systemd-socket",
			  NULL);
	return error;
}

static int refuse_config(int error, const char *reason, const char *cure)
{
	log_event(LOG_LEVEL_ERROR, "web configuration is invalid", "reason", reason, "cure", cure,
		  NULL);
	return error;
}

/* path: NULL is valid. */
static int check_config(const char *path)
{
	char reason[ACCESS_ERROR_MAX];
	int error = path ? access_file_check(path, reason) : 0;

	return error ? refuse_config(error, reason, "fix the file given with --web.config.file")
		     : 0;
}

int serving_open(const struct options *options, struct serving **ret_serving)
{
	struct serving *serving = calloc(1, sizeof(*serving));
	int error;

	if (!serving) {
		log_event(LOG_LEVEL_ERROR, "cannot serve HTTP", "reason", strerror(ENOMEM), "cure",
			  "free memory", NULL);
		return -ENOMEM;
	}
	serving->options = options;
	error = check_config(options->web_config);
	if (!error)
		error = options->systemd_socket ? inherit_listeners(serving)
						: open_listeners(serving);
	if (error)
		serving_close(serving);
	else
		*ret_serving = serving;
	return error;
}

static struct page *page_of(void *context, enum page_kind kind)
{
	const struct serving *serving = context;

	return collector_page(serving->collector, kind);
}

static const char *unready(void *context)
{
	const struct serving *serving = context;

	return collector_unready(serving->collector);
}

static void lost(void *context)
{
	struct serving *serving = context;

	atomic_store(&serving->lost, true);
	pthread_kill(serving->owner, SIGINT); /* the owner blocks it and waits for it */
}

/* A UNIX socket gets no url: there is no form of it that clients agree on. */
static void log_listening(const struct serving *serving)
{
	const char *scheme = http_server_uses_tls(serving->server) ? "https" : "http";
	char url[2 * LISTENER_TEXT_MAX];

	for (uint32_t i = 0; i < serving->listener_count; i++) {
		const struct listener *listener = &serving->listeners[i];

		snprintf(url, sizeof(url), "%s://%s%s", scheme, listener->authority,
			 serving->options->telemetry_path);
		log_event(LOG_LEVEL_INFO, "listening", "address", listener->address,
			  listener->authority[0] ? "url" : NULL, url, NULL);
	}
}

/*
 * Opens the file with the privileges with which it will be read from now on. path: NULL leaves
 * ret_file untouched.
 */
static int open_config(const char *path, struct access_file **ret_file)
{
	char reason[ACCESS_ERROR_MAX];
	int error = path ? access_file_open(path, ret_file, reason) : 0;

	return error ? refuse_config(
			       error, reason,
			       "make the file, and the files it names, readable by the exporter's "
			       "user without capabilities")
		     : 0;
}

int serving_start(struct serving *serving, struct collector *collector)
{
	const struct options *options = serving->options;
	struct http_config config = {
		.source = {serving, page_of, unready},
		.lost = lost,
		.listeners = serving->listeners,
		.listener_count = serving->listener_count,
		.telemetry_path = options->telemetry_path,
		.max_requests = options->max_requests,
		.limits = CONNECTION_LIMITS,
	};
	int error = open_config(options->web_config, &config.access_file);

	if (error)
		return error;
	serving->collector = collector;
	serving->owner = pthread_self();
	error = http_server_start(&config, &serving->server);
	if (error)
		log_event(LOG_LEVEL_ERROR, "cannot serve HTTP", "reason", strerror(-error), "cure",
			  error == -EINVAL
				  ? "fix the file given with --web.config.file"
				  : "free memory, or raise the limit of open files (ulimit -n, "
				    "LimitNOFILE=)",
			  NULL);
	else
		log_listening(serving);
	serving->listener_count = 0; /* the server owns their sockets, even if it did not start */
	return error;
}

void serving_reload(struct serving *serving)
{
	if (!serving->options->web_config)
		log_event(LOG_LEVEL_INFO, "nothing to reload", "reason",
			  "there is no --web.config.file", NULL);
	http_server_reload(serving->server);
}

bool serving_lost(struct serving *serving)
{
	return atomic_load(&serving->lost);
}

void serving_close(struct serving *serving)
{
	if (!serving)
		return;
	http_server_stop(serving->server);
	for (uint32_t i = 0; i < serving->listener_count; i++)
		close(serving->listeners[i].socket);
	free(serving);
}
