/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Serves the published page over HTTP: one thread accepts connections, one of
 * libmicrohttpd's serves them. Knows nothing of BPF or of what is on the page.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "common/page.h"
#include "web/http/connections.h"

struct http_server;
struct listener;
struct access_file;

/* What is served. Called from the server's threads. */
struct http_source {
	void *context;
	/* With a reference; NULL: there is none now. May wait for it. */
	struct page *(*page)(void *context, enum page_kind kind);
	const char *(*unready)(void *context); /* NULL: ready, else why not */
};

struct http_config {
	struct http_source source;
	/* A listener is dead for good, as the log tells. Gets the source's context. */
	void (*lost)(void *context);
	const struct listener *listeners; /* the server owns their sockets, also when it fails */
	uint32_t listener_count;          /* 1 to HTTP_LISTENERS_MAX; they outlive the server */
	const char *telemetry_path;       /* outlives the server */
	uint32_t max_requests;           /* for the page at the same time, 503 above; 0: no limit */
	struct access_file *access_file; /* the server's, as the sockets are; NULL: none */
	struct connection_limits limits; /* CONNECTION_LIMITS, but for tests */
};

#define HTTP_LISTENERS_MAX 64

/* 0 or -errno; -EINVAL: the policy file has become invalid. */
int http_server_start(const struct http_config *config, struct http_server **ret_server);

/* Looks at the policy file at once. */
void http_server_reload(struct http_server *server);

/* As the policy file wanted at the start. */
bool http_server_uses_tls(const struct http_server *server);

/* Closes the ports and all connections. NULL is allowed. */
void http_server_stop(struct http_server *server);

#endif
