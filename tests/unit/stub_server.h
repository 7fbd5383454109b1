/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP server with a stub page, on a port of the kernel's choice. One at a time. */
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
	enum page_kind asked; /* the last time */
	const char *unready;  /* NULL: ready */
	atomic_uint served;   /* how often the page was asked for */
	atomic_uint lost;     /* listeners */
	uint16_t port;
	struct listener listeners[2];
};

extern struct stub stub;

/* On 127.0.0.1, with that path, limit and limits; and on another address if that is not NULL. */
void stub_start(const char *path, uint32_t max_requests, const struct connection_limits *limits,
		const char *other_address);

/* With these limits and this web configuration file. */
void stub_start_guarded(const char *web_config, const struct connection_limits *limits);
void stub_stop(void);

void stub_set_page(const char *bytes, size_t length);

/* From 127.0.0.2: what another address has in use. The caller closes it. */
int stub_connect_from_elsewhere(void);

#endif
