/* SPDX-License-Identifier: Apache-2.0 */
/* Makes an answer from a published page, in the encoding that the request wants. */
#ifndef PAGE_RESPONSE_H
#define PAGE_RESPONSE_H

#include <microhttpd.h>

struct http_source;

/*
 * Answers with the format that the request wants. *ret_status: 200, or 503 if there is no page.
 * Returns NULL if memory is missing.
 */
struct MHD_Response *page_response(struct MHD_Connection *connection,
				   const struct http_source *source, unsigned int *ret_status);

/* Does the same with the status page, and adds its headers (asset_policy()). */
struct MHD_Response *page_status_response(struct MHD_Connection *connection,
					  const struct http_source *source,
					  unsigned int *ret_status);

#endif
