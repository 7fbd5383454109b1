/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by server.c (connections and requests) and endpoints.c (answers). */
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
	atomic_uint in_flight; /* unfinished requests for the page */
	struct gate *gate;     /* NULL: no web configuration file */
	struct connections *connections;
	struct acceptor *acceptor;
	struct MHD_Daemon *daemon;
};

/* Lives from the first line of the request to the end of the answer. */
struct request {
	struct http_server *server;
	struct MHD_Connection *connection;
	struct gate_request gate_request;
	const char *refusal; /* NULL: none */
	size_t path;         /* the offset of the path in the target */
	bool admitted;       /* the header was checked */
	bool last;           /* the last request of its connection */
	bool counted;        /* counted in in_flight */
	size_t uploaded;     /* bytes of the body, which is dropped */
};

/* Answers a request that has a refusal, before its body is read. MHD_NO closes the connection. */
enum MHD_Result endpoint_refuse(struct request *request);

/* Marks the connection as suspended until the request is handled again. */
void request_hold(struct request *request);

/* Answers a complete request. MHD_NO closes the connection. */
enum MHD_Result endpoint_answer(struct request *request, const char *path, const char *method);

#endif
