// SPDX-License-Identifier: Apache-2.0
#include "respond_page.h"

#include <string.h>
#include <strings.h>

#include "http_server.h"
#include "negotiation.h"
#include "page.h"

struct request_headers {
	const char *accept; /* the first; NULL: none */
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

/* Takes over page, which is sent from where it was published, without a copy. */
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

enum MHD_Result respond_page(struct MHD_Connection *connection, const struct http_source *source)
{
	static const char missing[] = "There is no page yet, try again later.\n";
	struct request_headers headers = {.accept = NULL};
	char type[NEGOTIATION_TYPE_MAX];
	struct MHD_Response *response;
	enum MHD_Result result;
	struct page *page;
	enum page_kind kind;

	MHD_get_connection_values(connection, MHD_HEADER_KIND, read_header, &headers);
	kind = negotiate_format(headers.accept, type);
	page = source->page(source->context, kind);
	if (page)
		response = create_response(page, encoding_wishes_are_gzip(&headers.wishes));
	else
		response = MHD_create_response_from_buffer(sizeof(missing) - 1, (void *)missing,
							   MHD_RESPMEM_PERSISTENT);
	if (!response)
		return MHD_NO;
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
				page ? type : "text/plain; charset=utf-8");
	result = MHD_queue_response(connection, page ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE,
				    response);
	MHD_destroy_response(response);
	return result;
}
