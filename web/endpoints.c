// SPDX-License-Identifier: Apache-2.0
/* What is served under which path. */
#include <stdio.h>
#include <string.h>

#include "exposition.h"
#include "http_server_private.h"
#include "page.h"
#include "policy.h"

#define PLAIN_TEXT "text/plain; charset=utf-8"

/* The file's take the place of those that are there. */
static void add_headers(struct MHD_Response *response, const struct policy *policy)
{
	size_t count;
	const struct policy_header *headers = policy_headers(policy, &count);

	for (size_t i = 0; i < count; i++) {
		const char *own = MHD_get_response_header(response, headers[i].name);

		if (own)
			MHD_del_response_header(response, headers[i].name, own);
		MHD_add_response_header(response, headers[i].name, headers[i].value);
	}
}

/* Takes over response. NULL: out of memory, which closes the connection. */
static enum MHD_Result respond(struct request *request, unsigned int status,
			       struct MHD_Response *response, const char *content_type)
{
	enum MHD_Result result;

	if (!response)
		return MHD_NO;
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, content_type);
	if (request->passage.policy)
		add_headers(response, request->passage.policy);
	result = MHD_queue_response(request->connection, status, response);
	MHD_destroy_response(response);
	return result;
}

/* name: of another header, or NULL. Refusals are as Go's http.Error() writes them. */
static enum MHD_Result respond_with(struct request *request, unsigned int status, const char *text,
				    const char *name, const char *value)
{
	struct MHD_Response *response =
		MHD_create_response_from_buffer(strlen(text), (void *)text, MHD_RESPMEM_MUST_COPY);

	if (response && status != MHD_HTTP_OK)
		MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	if (response && name)
		MHD_add_response_header(response, name, value);
	return respond(request, status, response, PLAIN_TEXT);
}

static enum MHD_Result respond_text(struct request *request, unsigned int status, const char *text)
{
	return respond_with(request, status, text, NULL, NULL);
}

static void release_page(void *page)
{
	page_unref(page);
}

/* The page is sent from where it was published, without a copy. */
static enum MHD_Result serve_page(struct request *request)
{
	struct http_server *server = request->server;
	unsigned int limit = server->config.max_requests;
	struct MHD_Response *response;
	struct page *page;
	char busy[96];

	request->counted = true;
	if (atomic_fetch_add(&server->in_flight, 1) >= limit && limit) {
		snprintf(busy, sizeof(busy),
			 "Limit of concurrent requests reached (%u), try again later.\n", limit);
		return respond_text(request, MHD_HTTP_SERVICE_UNAVAILABLE, busy);
	}
	page = server->config.source.page(server->config.source.context);
	response = MHD_create_response_from_buffer_with_free_callback_cls(
		page_length(page), (void *)page_data(page), release_page, page);
	if (!response)
		page_unref(page);
	return respond(request, MHD_HTTP_OK, response, EXPOSITION_CONTENT_TYPE);
}

static enum MHD_Result serve_landing(struct request *request)
{
	const struct text *landing = &request->server->landing;

	return respond(request, MHD_HTTP_OK,
		       MHD_create_response_from_buffer(landing->length, landing->data,
						       MHD_RESPMEM_PERSISTENT),
		       "text/html; charset=utf-8");
}

static enum MHD_Result serve_healthy(struct request *request)
{
	return respond_text(request, MHD_HTTP_OK, "Healthy\n");
}

static enum MHD_Result serve_ready(struct request *request)
{
	const struct http_source *source = &request->server->config.source;
	const char *reason = source->unready(source->context);
	char text[160];

	if (!reason)
		return respond_text(request, MHD_HTTP_OK, "Ready\n");
	snprintf(text, sizeof(text), "Not ready: %s\n", reason);
	return respond_text(request, MHD_HTTP_SERVICE_UNAVAILABLE, text);
}

struct endpoint {
	const char *path;
	enum MHD_Result (*serve)(struct request *request);
	bool guarded; /* by the web configuration file */
};

/* NULL: there is none. The telemetry path comes first: it may be "/". */
static const struct endpoint *find_endpoint(const struct http_server *server, const char *path)
{
	static const struct endpoint page = {NULL, serve_page, true};
	static const struct endpoint others[] = {
		{"/", serve_landing, true},
		{"/-/healthy", serve_healthy, false},
		{"/-/ready", serve_ready, false},
	};

	if (strcmp(path, server->config.telemetry_path) == 0)
		return &page;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(path, others[i].path) == 0)
			return &others[i];
	return NULL;
}

static enum MHD_Result serve(struct request *request, const struct endpoint *endpoint,
			     const char *method)
{
	if (!endpoint)
		return respond_text(request, MHD_HTTP_NOT_FOUND, "404 page not found\n");
	if (strcmp(method, MHD_HTTP_METHOD_GET) != 0 && strcmp(method, MHD_HTTP_METHOD_HEAD) != 0)
		return respond_with(request, MHD_HTTP_METHOD_NOT_ALLOWED, "Method not allowed\n",
				    MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	return endpoint->serve(request);
}

enum MHD_Result endpoint_answer(struct request *request, const char *path, const char *method)
{
	const struct endpoint *endpoint = find_endpoint(request->server, path);

	switch (gate_ask(&request->passage, !endpoint || endpoint->guarded)) {
	case GATE_PASSED:
		return serve(request, endpoint, method);
	case GATE_PENDING:
		return MHD_YES;
	case GATE_LIMITED:
		return respond_text(request, MHD_HTTP_TOO_MANY_REQUESTS, "Too Many Requests\n");
	case GATE_DENIED:
		return respond_with(request, MHD_HTTP_UNAUTHORIZED, "Unauthorized\n",
				    MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Basic");
	case GATE_BUSY:
		return respond_text(request, MHD_HTTP_SERVICE_UNAVAILABLE, "Service Unavailable\n");
	default:
		return respond_text(request, MHD_HTTP_INTERNAL_SERVER_ERROR,
				    "Internal Server Error\n");
	}
}

void endpoint_write_landing(struct text *text, const struct http_config *config)
{
	const char *const parts[] = {
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<title>socket_bind_exporter</title>\n</head>\n<body>\n"
		"<h1>socket_bind_exporter</h1>\n"
		"<p>Prometheus exporter of socket bind attempts. Version ",
		config->version,
		"</p>\n<ul>\n<li><a href=\"",
		config->telemetry_path,
		"\">Metrics</a></li>\n<li><a href=\"/-/healthy\">Healthy</a></li>\n"
		"<li><a href=\"/-/ready\">Ready</a></li>\n</ul>\n</body>\n</html>\n",
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		text_append_string(text, parts[i]);
}
