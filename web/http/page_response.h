/* SPDX-License-Identifier: Apache-2.0 */
/* A published page as an answer, in the encoding that the request asks for. */
#ifndef PAGE_RESPONSE_H
#define PAGE_RESPONSE_H

#include <microhttpd.h>

struct http_source;

/* In the format that it asks for. 200, or 503 when there is no page. NULL: out of memory. */
struct MHD_Response *page_response(struct MHD_Connection *connection,
				   const struct http_source *source, unsigned int *ret_status);

/* The page to look at, likewise. */
struct MHD_Response *page_status_response(struct MHD_Connection *connection,
					  const struct http_source *source,
					  unsigned int *ret_status);

#endif
