/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Serves the published page over HTTP, in a thread of libmicrohttpd's per
 * listening socket. Knows nothing of BPF or of what is on the page.
 */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include <stdint.h>

#include "page.h"

struct http_server;
struct listener;

/* What is served. Called from the server's threads. */
struct http_source {
	void *context;
	/* With a reference; NULL: there is none now. May wait for it. */
	struct page *(*page)(void *context, enum page_kind kind);
	const char *(*unready)(void *context); /* NULL: ready, else why not */
};

struct http_config {
	struct http_source source;
	const struct listener *listeners; /* the server owns their sockets, also when it fails */
	uint32_t listener_count;          /* 1 to HTTP_LISTENERS_MAX */
	const char *telemetry_path;       /* outlives the server */
	const char *version;
	uint32_t max_requests; /* for the page at the same time, 503 above; 0: no limit */
};

#define HTTP_LISTENERS_MAX 8

/* 0 or -errno. */
int http_server_start(const struct http_config *config, struct http_server **ret_server);

/* Closes the ports and all connections. NULL is allowed. */
void http_server_stop(struct http_server *server);

#endif
