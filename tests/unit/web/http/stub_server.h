/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the HTTP server with a stub page, on a port that the kernel chooses. One at a time. */
#ifndef UNIT_STUB_SERVER_H
#define UNIT_STUB_SERVER_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "web/http/listener.h"
#include "web/http/server.h"

#define STUB_PAGE   "stub_metric 1\n"
#define STUB_STATUS "<p>what was bound</p>\n"

struct stub {
	struct http_server *server;
	struct page *page, *status;
	enum page_kind asked; /* the kind of the last requested page */
	const char *unready;  /* NULL: ready */
	atomic_uint served;   /* number of requests for a page */
	atomic_uint lost;     /* number of lost listeners */
	uint16_t port;
	struct listener listeners[2];
};

extern struct stub stub;

/* Starts on 127.0.0.1 with this path, these limits, and another address if it is not NULL. */
void stub_start(const char *path, uint32_t max_requests, const struct connection_limits *limits,
		const char *other_address);

/* Starts with these limits and this web configuration file. */
void stub_start_guarded(const char *web_config, const struct connection_limits *limits);
void stub_stop(void);

void stub_set_page(const char *bytes, size_t length);

/* Connects from 127.0.0.2, because limits are per address. The caller closes the socket. */
int stub_connect_from_elsewhere(void);

#endif
