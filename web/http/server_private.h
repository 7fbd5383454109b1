/* SPDX-License-Identifier: Apache-2.0 */
/* What server.c (connections and requests) and endpoints.c (answers) share. */
#ifndef HTTP_SERVER_PRIVATE_H
#define HTTP_SERVER_PRIVATE_H

#include <microhttpd.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "web/access/gate.h"
#include "web/http/server.h"

struct http_server {
	struct http_config config;
	atomic_uint in_flight; /* requests for the page not yet completed */
	struct gate *gate;     /* NULL: no web configuration file */
	struct connections *connections;
	struct acceptor *acceptor;
	struct MHD_Daemon *daemon;
};

/* From its first line to the end of the answer. */
struct request {
	struct http_server *server;
	struct MHD_Connection *connection;
	struct gate_request gate_request;
	const char *refusal; /* NULL: none */
	size_t path;         /* where it begins in the target */
	bool admitted;       /* its header was looked at */
	bool last;           /* of its connection */
	bool counted;        /* one of in_flight */
	size_t uploaded;     /* bytes of a body that nobody wants */
};

/* Answers one that has a refusal, before its body comes. MHD_NO closes the connection. */
enum MHD_Result endpoint_refuse(struct request *request);

/* It is suspended, and asked for again. */
void request_hold(struct request *request);

/* Answers a request that is there as a whole. MHD_NO closes the connection. */
enum MHD_Result endpoint_answer(struct request *request, const char *path, const char *method);

#endif
