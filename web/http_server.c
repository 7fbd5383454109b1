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

#include "acceptor.h"
#include "exposition.h"
#include "listener.h"
#include "log.h"
#include "page.h"
#include "text.h"

#define PLAIN_TEXT "text/plain; charset=utf-8"
#define BODY_MAX   65536U /* bytes of a body that are read and dropped; with more, it ends */

/* For a header and its answer; 431 above. So large is what MHD gives back when one ends. */
#define CONNECTION_MEMORY 36864U

struct http_server {
	struct http_config config;
	struct text landing;   /* the page at "/" */
	atomic_uint in_flight; /* requests for the page not yet completed */
	int listening[HTTP_LISTENERS_MAX];
	struct connections *connections;
	struct acceptor *acceptor;
	struct MHD_Daemon *daemon;
};

/* From its header to the end of the answer. */
struct request {
	bool counted;    /* one of in_flight */
	size_t uploaded; /* bytes of a body that nobody wants */
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

static void release_page(void *page)
{
	page_unref(page);
}

/* The page is sent from where it was published, without a copy. */
static enum MHD_Result serve_page(struct http_server *server, struct MHD_Connection *connection)
{
	unsigned int limit = server->config.max_requests;
	struct MHD_Response *response;
	struct page *page;
	char busy[96];

	if (limit && atomic_load(&server->in_flight) > limit) {
		snprintf(busy, sizeof(busy),
			 "Limit of concurrent requests reached (%u), try again later.\n", limit);
		return respond_text(connection, MHD_HTTP_SERVICE_UNAVAILABLE, busy);
	}
	page = server->config.source.page(server->config.source.context);
	response = MHD_create_response_from_buffer_with_free_callback_cls(
		page_length(page), (void *)page_data(page), release_page, page);
	if (!response)
		page_unref(page);
	return respond(connection, MHD_HTTP_OK, response, EXPOSITION_CONTENT_TYPE);
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

static int socket_of(struct MHD_Connection *connection)
{
	return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

static void enter(struct http_server *server, struct MHD_Connection *connection,
		  enum connection_phase phase)
{
	connections_enter(server->connections, socket_of(connection), phase);
}

static enum MHD_Result begin(struct http_server *server, struct MHD_Connection *connection,
			     bool counted, void **ret_request)
{
	struct request *request = calloc(1, sizeof(*request));

	if (!request)
		return MHD_NO;
	request->counted = counted;
	if (counted)
		atomic_fetch_add(&server->in_flight, 1);
	enter(server, connection, CONNECTION_UPLOADING);
	*ret_request = request;
	return MHD_YES;
}

static enum MHD_Result answer(struct http_server *server, struct MHD_Connection *connection,
			      endpoint_fn endpoint, const char *method)
{
	if (!endpoint)
		return respond_text(connection, MHD_HTTP_NOT_FOUND, "404 page not found\n");
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
		return refuse_method(connection);
	return endpoint(server, connection);
}

/*
 * libmicrohttpd calls when it has the header, for each piece of the body, and when it
 * has all. Only then is there an answer: one before closes the connection.
 */
static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *path,
			      const char *method, const char *version, const char *upload,
			      size_t *upload_size, void **request_place)
{
	struct http_server *server = context;
	endpoint_fn endpoint = find_endpoint(server, path);
	struct request *request = *request_place;

	(void)version;
	(void)upload;
	if (!request)
		return begin(server, connection, endpoint == serve_page, request_place);
	if (*upload_size) {
		request->uploaded += *upload_size;
		*upload_size = 0;
		return request->uploaded <= BODY_MAX ? MHD_YES : MHD_NO;
	}
	enter(server, connection, CONNECTION_ANSWERING);
	return answer(server, connection, endpoint, method);
}

static void complete(void *context, struct MHD_Connection *connection, void **request_place,
		     enum MHD_RequestTerminationCode code)
{
	struct http_server *server = context;
	struct request *request = *request_place;

	(void)code;
	if (!request)
		return;
	if (request->counted)
		atomic_fetch_sub(&server->in_flight, 1);
	free(request);
	*request_place = NULL;
	enter(server, connection, CONNECTION_IDLE);
}

static void notice(void *context, struct MHD_Connection *connection, void **socket_context,
		   enum MHD_ConnectionNotificationCode code)
{
	struct http_server *server = context;

	(void)socket_context;
	if (code == MHD_CONNECTION_NOTIFY_CLOSED)
		connections_left(server->connections, socket_of(connection));
}

/* libmicrohttpd closes the socket in any case. */
static void take(void *context, int socket, const struct sockaddr *peer, socklen_t length)
{
	struct http_server *server = context;

	if (MHD_add_connection(server->daemon, socket, peer, length) != MHD_YES)
		connections_left(server->connections, socket);
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

/* Limits and timeouts are not left to it: see connections.h. */
static int start_daemon(struct http_server *server)
{
	unsigned int flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_NO_LISTEN_SOCKET |
			     MHD_USE_ITC | MHD_USE_ERROR_LOG;

	server->daemon = MHD_start_daemon(
		flags, 0, NULL, NULL, handle, server, MHD_OPTION_EXTERNAL_LOGGER, log_microhttpd,
		NULL, MHD_OPTION_CONNECTION_LIMIT, server->config.limits.total + 1,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
		MHD_OPTION_NOTIFY_CONNECTION, notice, server, MHD_OPTION_NOTIFY_COMPLETED, complete,
		server, MHD_OPTION_END);
	return server->daemon ? 0 : -ENOMEM;
}

static int start(struct http_server *server)
{
	struct acceptor_config accepting = {
		.listening = server->listening,
		.count = server->config.listener_count,
		.take = take,
		.context = server,
	};
	int error = server->landing.failed ? -ENOMEM : 0;

	if (!error)
		error = connections_new(&server->config.limits, &server->connections);
	if (!error)
		error = start_daemon(server);
	accepting.connections = server->connections;
	return error ? error : acceptor_start(&accepting, &server->acceptor);
}

int http_server_start(const struct http_config *config, struct http_server **ret_server)
{
	struct http_server *server = calloc(1, sizeof(*server));
	int error;

	if (!server) {
		for (uint32_t i = 0; i < config->listener_count; i++)
			close(config->listeners[i].socket);
		return -ENOMEM;
	}
	server->config = *config;
	for (uint32_t i = 0; i < config->listener_count; i++)
		server->listening[i] = config->listeners[i].socket;
	write_landing(&server->landing, config);
	error = start(server);
	if (error)
		http_server_stop(server);
	else
		*ret_server = server;
	return error;
}

void http_server_stop(struct http_server *server)
{
	if (!server)
		return;
	acceptor_stop(server->acceptor);
	for (uint32_t i = 0; i < server->config.listener_count; i++)
		close(server->listening[i]);
	if (server->daemon)
		MHD_stop_daemon(server->daemon);
	connections_free(server->connections);
	text_free(&server->landing);
	free(server);
}
