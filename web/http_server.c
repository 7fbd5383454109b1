// SPDX-License-Identifier: Apache-2.0
#include "http_server.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "listener.h"
#include "log.h"
#include "respond_page.h"
#include "text.h"

#define CONNECTION_LIMIT     256U /* of all listeners together */
#define CONNECTIONS_PER_IP   64U  /* so that one client cannot take them all */
#define IDLE_TIMEOUT_SECONDS 30U
#define PLAIN_TEXT           "text/plain; charset=utf-8"

/* What a request's state points to: whether it is one of in_flight. */
static char counted, uncounted;

struct http_server {
	struct http_config config;
	struct text landing;   /* the page at "/" */
	atomic_uint in_flight; /* requests for the page not yet completed */
	struct MHD_Daemon *daemons[HTTP_LISTENERS_MAX];
};

/* Takes over response. NULL: out of memory, which closes the connection. */
static enum MHD_Result respond(struct MHD_Connection *connection, unsigned int status,
			       struct MHD_Response *response, const char *content_type)
{
	enum MHD_Result result;

	if (!response)
		return MHD_NO;
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, content_type);
	result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

static enum MHD_Result respond_text(struct MHD_Connection *connection, unsigned int status,
				    const char *text)
{
	return respond(
		connection, status,
		MHD_create_response_from_buffer(strlen(text), (void *)text, MHD_RESPMEM_MUST_COPY),
		PLAIN_TEXT);
}

static enum MHD_Result refuse_method(struct MHD_Connection *connection)
{
	static const char text[] = "Method not allowed\n";
	struct MHD_Response *response = MHD_create_response_from_buffer(
		sizeof(text) - 1, (void *)text, MHD_RESPMEM_PERSISTENT);

	if (response)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	return respond(connection, MHD_HTTP_METHOD_NOT_ALLOWED, response, PLAIN_TEXT);
}

static enum MHD_Result serve_page(struct http_server *server, struct MHD_Connection *connection)
{
	unsigned int limit = server->config.max_requests;
	char busy[96];

	if (!limit || atomic_load(&server->in_flight) <= limit)
		return respond_page(connection, &server->config.source);
	snprintf(busy, sizeof(busy),
		 "Limit of concurrent requests reached (%u), try again later.\n", limit);
	return respond_text(connection, MHD_HTTP_SERVICE_UNAVAILABLE, busy);
}

static enum MHD_Result serve_landing(struct http_server *server, struct MHD_Connection *connection)
{
	return respond(connection, MHD_HTTP_OK,
		       MHD_create_response_from_buffer(server->landing.length, server->landing.data,
						       MHD_RESPMEM_PERSISTENT),
		       "text/html; charset=utf-8");
}

static enum MHD_Result serve_healthy(struct http_server *server, struct MHD_Connection *connection)
{
	(void)server;
	return respond_text(connection, MHD_HTTP_OK, "Healthy\n");
}

static enum MHD_Result serve_ready(struct http_server *server, struct MHD_Connection *connection)
{
	const char *reason = server->config.source.unready(server->config.source.context);
	char text[160];

	if (!reason)
		return respond_text(connection, MHD_HTTP_OK, "Ready\n");
	snprintf(text, sizeof(text), "Not ready: %s\n", reason);
	return respond_text(connection, MHD_HTTP_SERVICE_UNAVAILABLE, text);
}

typedef enum MHD_Result (*endpoint_fn)(struct http_server *server,
				       struct MHD_Connection *connection);

/* The telemetry path comes first: it may be "/". */
static endpoint_fn find_endpoint(const struct http_server *server, const char *path)
{
	if (strcmp(path, server->config.telemetry_path) == 0)
		return serve_page;
	if (strcmp(path, "/") == 0)
		return serve_landing;
	if (strcmp(path, "/-/healthy") == 0)
		return serve_healthy;
	if (strcmp(path, "/-/ready") == 0)
		return serve_ready;
	return NULL;
}

/*
 * libmicrohttpd calls at least twice for a request: after the headers, and when
 * all of it has arrived. Answering at once closes the connection, so that is only for
 * requests that may have a body nobody wants.
 */
static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *path,
			      const char *method, const char *version, const char *upload,
			      size_t *upload_size, void **request)
{
	struct http_server *server = context;
	endpoint_fn endpoint = find_endpoint(server, path);

	(void)version;
	(void)upload;
	if (endpoint && strcmp(method, MHD_HTTP_METHOD_GET) != 0 &&
	    strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
		return refuse_method(connection);
	if (!*request) {
		*request = endpoint == serve_page ? &counted : &uncounted;
		if (*request == &counted)
			atomic_fetch_add(&server->in_flight, 1);
		return MHD_YES;
	}
	if (*upload_size) { /* a GET with a body: read and dropped, piece by piece */
		*upload_size = 0;
		return MHD_YES;
	}
	if (!endpoint)
		return respond_text(connection, MHD_HTTP_NOT_FOUND, "404 page not found\n");
	return endpoint(server, connection);
}

static void complete(void *context, struct MHD_Connection *connection, void **request,
		     enum MHD_RequestTerminationCode code)
{
	struct http_server *server = context;

	(void)connection;
	(void)code;
	if (*request == &counted)
		atomic_fetch_sub(&server->in_flight, 1);
}

static __attribute__((format(printf, 2, 0))) void log_microhttpd(void *context, const char *format,
								 va_list arguments)
{
	char line[256];

	(void)context;
	vsnprintf(line, sizeof(line), format, arguments);
	line[strcspn(line, "\n")] = '\0';
	log_event(LOG_LEVEL_DEBUG, "libmicrohttpd", "says", line, NULL);
}

static void write_landing(struct text *text, const struct http_config *config)
{
	const char *const parts[] = {
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<title>socket_bind_exporter</title>\n</head>\n<body>\n"
		"<h1>socket_bind_exporter</h1>\n"
		"<p>Prometheus exporter of socket bind attempts. Version ",
		config->version,
		"</p>\n<ul>\n<li><a href=\"",
		config->telemetry_path,
		"\">Metrics</a></li>\n<li><a href=\"/-/healthy\">Healthy</a></li>\n"
		"<li><a href=\"/-/ready\">Ready</a></li>\n</ul>\n</body>\n</html>\n",
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		text_append_string(text, parts[i]);
}

static struct MHD_Daemon *start_daemon(struct http_server *server, const struct listener *listener)
{
	return MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ERROR_LOG, 0, NULL, NULL,
				handle, server, MHD_OPTION_EXTERNAL_LOGGER, log_microhttpd, NULL,
				MHD_OPTION_LISTEN_SOCKET, listener->socket,
				MHD_OPTION_CONNECTION_LIMIT,
				CONNECTION_LIMIT / server->config.listener_count,
				MHD_OPTION_PER_IP_CONNECTION_LIMIT, CONNECTIONS_PER_IP,
				MHD_OPTION_CONNECTION_TIMEOUT, IDLE_TIMEOUT_SECONDS,
				MHD_OPTION_NOTIFY_COMPLETED, complete, server, MHD_OPTION_END);
}

int http_server_start(const struct http_config *config, struct http_server **ret_server)
{
	struct http_server *server = calloc(1, sizeof(*server));
	uint32_t started = 0;

	if (server) {
		server->config = *config;
		write_landing(&server->landing, config);
		for (; started < config->listener_count && !server->landing.failed; started++) {
			server->daemons[started] =
				start_daemon(server, &config->listeners[started]);
			if (!server->daemons[started])
				break;
		}
	}
	if (started == config->listener_count) {
		*ret_server = server;
		return 0;
	}
	for (; started < config->listener_count; started++)
		close(config->listeners[started].socket);
	http_server_stop(server);
	return -ENOMEM;
}

void http_server_stop(struct http_server *server)
{
	if (!server)
		return;
	for (uint32_t i = 0; i < HTTP_LISTENERS_MAX; i++)
		if (server->daemons[i])
			MHD_stop_daemon(server->daemons[i]);
	text_free(&server->landing);
	free(server);
}
