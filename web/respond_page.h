/* SPDX-License-Identifier: Apache-2.0 */
/* A published page as an answer, in the format and encoding that the request asks for. */
#ifndef RESPOND_PAGE_H
#define RESPOND_PAGE_H

#include <microhttpd.h>

struct http_source;

/* 200, or 503 when there is no page. MHD_NO: out of memory, which closes the connection. */
enum MHD_Result respond_page(struct MHD_Connection *connection, const struct http_source *source);

#endif
