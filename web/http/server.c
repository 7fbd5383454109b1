// SPDX-License-Identifier: Apache-2.0
#include "web/http/server.h"

#include <errno.h>
#include <gnutls/abstract.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/log.h"
#include "web/access/access.h"
#include "web/http/acceptor.h"
#include "web/http/listener.h"
#include "web/http/plain_greeting.h"
#include "web/http/request_check.h"
#include "web/http/server_private.h"

#define BODY_MAX \
	65536U /* bytes of a body that are read and dropped; a longer one ends the connection */

/*
 * Bytes for a header and its answer; larger headers are answered with 431. MHD returns memory of
 * this size to the system when a connection ends.
 */
#define CONNECTION_MEMORY 36864U

static int socket_of(struct MHD_Connection *connection)
{
	return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

static void enter(struct http_server *server, struct MHD_Connection *connection,
		  enum connection_phase phase)
{
	connections_enter(server->connections, socket_of(connection), phase);
}

void request_hold(struct request *request)
{
	connections_hold(request->server->connections, socket_of(request->connection));
}

/* libmicrohttpd calls this after the request line, and before it decodes the target. */
static void *begin(void *context, const char *target, struct MHD_Connection *connection)
{
	struct http_server *server = context;
	struct request *request = calloc(1, sizeof(*request));

	if (!request)
		return NULL;
	request->server = server;
	request->connection = connection;
	request->gate_request.gate = server->gate;
	request->gate_request.connection = connection;
	request->refusal = target_refusal(target, &request->path);
	return request;
}

/* Checks the header, and whether the request is refused. */
static enum MHD_Result admit(struct request *request, const char *method, const char *version)
{
	if (!request->refusal)
		request->refusal =
			header_refusal(request->connection, method, version, &request->last);
	request->admitted = true;
	enter(request->server, request->connection,
	      request->refusal ? CONNECTION_ANSWERING : CONNECTION_UPLOADING);
	return request->refusal ? endpoint_refuse(request) : MHD_YES;
}

/*
 * libmicrohttpd calls this after the header, for each piece of the body, after the whole request,
 * and again after a suspended connection is resumed. The answer is given only after the whole
 * request, because an earlier one closes the connection.
 */
static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *path,
			      const char *method, const char *version, const char *upload,
			      size_t *upload_size, void **request_slot)
{
	struct http_server *server = context;
	struct request *request = *request_slot;

	(void)upload;
	if (!request)
		return MHD_NO;
	if (!request->admitted)
		return admit(request, method, version);
	if (*upload_size) {
		request->uploaded += *upload_size;
		*upload_size = 0;
		return request->uploaded <= BODY_MAX ? MHD_YES : MHD_NO;
	}
	enter(server, connection, CONNECTION_ANSWERING);
	path += request->path;
	return endpoint_answer(request, path[0] ? path : "/", method);
}

static void complete(void *context, struct MHD_Connection *connection, void **request_slot,
		     enum MHD_RequestTerminationCode code)
{
	struct http_server *server = context;
	struct request *request = *request_slot;

	(void)code;
	if (!request)
		return;
	if (request->counted)
		atomic_fetch_sub(&server->in_flight, 1);
	gate_request_end(&request->gate_request);
	free(request);
	*request_slot = NULL;
	enter(server, connection, CONNECTION_IDLE);
}

/* A session that cannot be prepared must not begin. */
static void prepare_session(struct http_server *server, struct MHD_Connection *connection,
			    void **ret_session)
{
	gnutls_session_t session =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION)
			->tls_session;
	struct gate_session *own = NULL;

	if (gate_begin_session(server->gate, connection, &own))
		shutdown(socket_of(connection), SHUT_RDWR);
	plain_greeting_answer(session);
	*ret_session = own;
}

static void notice(void *context, struct MHD_Connection *connection, void **socket_context,
		   enum MHD_ConnectionNotificationCode code)
{
	struct http_server *server = context;

	if (code == MHD_CONNECTION_NOTIFY_STARTED) {
		if (gate_uses_tls(server->gate))
			prepare_session(server, connection, socket_context);
		return;
	}
	gate_end_session(*socket_context);
	connections_left(server->connections, socket_of(connection));
}

/* libmicrohttpd closes the socket also if it fails. */
static void take(void *context, int socket, const struct sockaddr *peer, socklen_t length)
{
	struct http_server *server = context;

	if (MHD_add_connection(server->daemon, socket, peer, length) != MHD_YES)
		connections_left(server->connections, socket);
}

static void lost(void *context)
{
	const struct http_config *config = &((struct http_server *)context)->config;

	config->lost(config->source.context);
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

/*
 * libmicrohttpd does not start without a certificate callback. struct access supplies the real
 * certificate.
 */
static int no_certificate(gnutls_session_t session, const gnutls_datum_t *authorities, int count,
			  const gnutls_pk_algorithm_t *algorithms, int algorithm_count,
			  gnutls_pcert_st **ret_chain, unsigned int *ret_length,
			  gnutls_privkey_t *ret_key)
{
	(void)session;
	(void)authorities;
	(void)count;
	(void)algorithms;
	(void)algorithm_count;
	(void)ret_chain;
	(void)ret_length;
	(void)ret_key;
	return -1;
}

/* libmicrohttpd does not enforce limits and timeouts: see connections.h. */
static int start_daemon(struct http_server *server)
{
	bool tls = gate_uses_tls(server->gate);
	struct MHD_OptionItem tls_options[] = {
		{MHD_OPTION_HTTPS_CERT_CALLBACK, 0, (void *)no_certificate},
		{MHD_OPTION_END, 0, NULL},
	};
	unsigned int flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_NO_LISTEN_SOCKET |
			     MHD_USE_ITC | MHD_USE_ERROR_LOG | MHD_ALLOW_SUSPEND_RESUME;

	server->daemon = MHD_start_daemon(
		tls ? flags | MHD_USE_TLS : flags, /* port= */ 0, /* accept= */ NULL,
		/* accept_context= */ NULL, handle, server, MHD_OPTION_EXTERNAL_LOGGER,
		log_microhttpd, NULL, MHD_OPTION_CONNECTION_LIMIT, server->config.limits.total + 1,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
		MHD_OPTION_NOTIFY_CONNECTION, notice, server, MHD_OPTION_NOTIFY_COMPLETED, complete,
		server, MHD_OPTION_URI_LOG_CALLBACK, begin, server, MHD_OPTION_ARRAY,
		tls ? &tls_options[0] : &tls_options[1], MHD_OPTION_END);
	return server->daemon ? 0 : -ENOMEM;
}

static int start(struct http_server *server)
{
	struct acceptor_config accepting = {
		.listeners = server->config.listeners,
		.count = server->config.listener_count,
		.take = take,
		.lost = lost,
		.context = server,
	};
	struct access_file *access_file = server->config.access_file;
	int error = access_file ? gate_new(access_file, &server->gate) : 0;

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
		access_file_close(config->access_file);
		return -ENOMEM;
	}
	server->config = *config;
	error = start(server);
	if (error)
		http_server_stop(server);
	else
		*ret_server = server;
	return error;
}

void http_server_reload(struct http_server *server)
{
	gate_reload(server->gate);
}

bool http_server_uses_tls(const struct http_server *server)
{
	return gate_uses_tls(server->gate);
}

void http_server_stop(struct http_server *server)
{
	if (!server)
		return;
	acceptor_stop(server->acceptor);
	for (uint32_t i = 0; i < server->config.listener_count; i++)
		close(server->config.listeners[i].socket);
	/* The gate is closed first: the daemon cannot stop while a connection is suspended. */
	gate_close(server->gate);
	if (server->daemon)
		MHD_stop_daemon(server->daemon);
	gate_free(server->gate);
	connections_free(server->connections);
	free(server);
}
