// SPDX-License-Identifier: Apache-2.0
#include "web/http/page_response.h"

#include <string.h>
#include <strings.h>

#include "common/page.h"
#include "web/http/assets.h"
#include "web/http/negotiation.h"
#include "web/http/server.h"

struct request_headers {
	const char *accept; /* the first one; NULL: none */
	struct encoding_wishes wishes;
};

static enum MHD_Result read_header(void *context, enum MHD_ValueKind kind, const char *name,
				   const char *value)
{
	struct request_headers *headers = context;

	(void)kind;
	if (!value)
		return MHD_YES;
	if (!headers->accept && strcasecmp(name, MHD_HTTP_HEADER_ACCEPT) == 0)
		headers->accept = value;
	else if (strcasecmp(name, MHD_HTTP_HEADER_ACCEPT_ENCODING) == 0)
		encoding_wishes_add(&headers->wishes, value);
	return MHD_YES;
}

static void release_page(void *page)
{
	page_unref(page);
}

/* Takes over page. Its bytes are sent without a copy. */
static struct MHD_Response *create_response(struct page *page, bool gzip)
{
	const char *data = NULL;
	size_t length;
	struct MHD_Response *response;

	if (gzip)
		data = page_gzip(page, &length);
	gzip = data != NULL;
	if (!gzip) {
		data = page_data(page);
		length = page_length(page);
	}
	response = MHD_create_response_from_buffer_with_free_callback_cls(length, (void *)data,
									  release_page, page);
	if (!response)
		page_unref(page);
	else if (gzip)
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_ENCODING, "gzip");
	return response;
}

static void read_headers(struct MHD_Connection *connection, struct request_headers *ret_headers)
{
	MHD_get_connection_values(connection, MHD_HEADER_KIND, read_header, ret_headers);
}

/* Takes over page, which is NULL if there is none. */
static struct MHD_Response *respond(struct page *page, const struct encoding_wishes *wishes,
				    const char *type, unsigned int *ret_status)
{
	static const char missing[] = "There is no page yet, try again later.\n";
	unsigned int status = page ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE;
	struct MHD_Response *response;

	if (page)
		response = create_response(page, encoding_wishes_are_gzip(wishes));
	else
		response = MHD_create_response_from_buffer(sizeof(missing) - 1, (void *)missing,
							   MHD_RESPMEM_PERSISTENT);
	if (!response)
		return NULL;
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
				page ? type : "text/plain; charset=utf-8");
	*ret_status = status;
	return response;
}

struct MHD_Response *page_response(struct MHD_Connection *connection,
				   const struct http_source *source, unsigned int *ret_status)
{
	struct request_headers headers = {.accept = NULL};
	char type[NEGOTIATION_TYPE_MAX];
	enum page_kind kind;

	read_headers(connection, &headers);
	kind = negotiate_format(headers.accept, type);
	return respond(source->page(source->context, kind), &headers.wishes, type, ret_status);
}

struct MHD_Response *page_status_response(struct MHD_Connection *connection,
					  const struct http_source *source,
					  unsigned int *ret_status)
{
	struct request_headers headers = {.accept = NULL};
	struct MHD_Response *response;

	read_headers(connection, &headers);
	response = respond(source->page(source->context, PAGE_HTML), &headers.wishes,
			   "text/html; charset=utf-8", ret_status);
	if (response)
		asset_policy(response);
	return response;
}
