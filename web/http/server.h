/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Serves the published page over HTTP. One thread accepts connections, and a thread of
 * libmicrohttpd serves them. Knows nothing of BPF or of the page's content.
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

/* The content. The functions are called in the server's threads. */
struct http_source {
	void *context;
	/* Returns a page with a reference, or NULL if there is none now. May wait for a page. */
	struct page *(*page)(void *context, enum page_kind kind);
	const char *(*unready)(void *context); /* NULL: ready; otherwise the reason */
};

struct http_config {
	struct http_source source;
	/*
	 * Called with the source's context after a listener is lost for good, which has been
	 * logged.
	 */
	void (*lost)(void *context);
	const struct listener *listeners; /* the server closes them, also on failure */
	uint32_t listener_count;    /* 1 to HTTP_LISTENERS_MAX; the array must outlive the server */
	const char *telemetry_path; /* must outlive the server */
	uint32_t max_requests;      /* concurrent requests for the page, 503 above; 0: no limit */
	struct access_file *access_file; /* taken over, like the sockets; NULL: none */
	struct connection_limits limits; /* CONNECTION_LIMITS, except in tests */
};

#define HTTP_LISTENERS_MAX 64

/* Returns 0 or -errno; -EINVAL: the web configuration file has become invalid. */
int http_server_start(const struct http_config *config, struct http_server **ret_server);

/* Reads the web configuration file at once. */
void http_server_reload(struct http_server *server);

/* Returns whether TLS was configured at the start. */
bool http_server_uses_tls(const struct http_server *server);

/* Closes the ports and all connections. NULL is allowed. */
void http_server_stop(struct http_server *server);

#endif
