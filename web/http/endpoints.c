// SPDX-License-Identifier: Apache-2.0
/* Maps paths to answers. */
#include <stdio.h>
#include <string.h>

#include "web/access/access.h"
#include "web/http/assets.h"
#include "web/http/page_response.h"
#include "web/http/server_private.h"

#define PLAIN_TEXT "text/plain; charset=utf-8"

/* A header of the file replaces the response's own header of the same name. */
static void add_headers(struct MHD_Response *response, const struct access *access)
{
	size_t count;
	const struct access_header *headers = access_headers(access, &count);

	for (size_t i = 0; i < count; i++) {
		const char *own = MHD_get_response_header(response, headers[i].name);

		if (own)
			MHD_del_response_header(response, headers[i].name, own);
		MHD_add_response_header(response, headers[i].name, headers[i].value);
	}
}

/*
 * Takes over response. NULL: memory is missing, and the connection is closed. content_type NULL:
 * the response already has one.
 */
static enum MHD_Result respond(struct request *request, unsigned int status,
			       struct MHD_Response *response, const char *content_type)
{
	enum MHD_Result result;

	if (!response)
		return MHD_NO;
	if (content_type)
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, content_type);
	if (request->last)
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
	if (request->gate_request.access)
		add_headers(response, request->gate_request.access);
	result = MHD_queue_response(request->connection, status, response);
	MHD_destroy_response(response);
	return result;
}

/* name: another header, or NULL. Refusals have the same form as those of Go's http.Error(). */
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
	return respond_with(request, status, text, /* name= */ NULL, /* value= */ NULL);
}

static enum MHD_Result serve_page(struct request *request)
{
	struct http_server *server = request->server;
	unsigned int limit = server->config.max_requests, status = 0;
	struct MHD_Response *response;
	char busy[96];

	request->counted = true;
	if (atomic_fetch_add(&server->in_flight, 1) >= limit && limit) {
		snprintf(busy, sizeof(busy),
			 "Limit of concurrent requests reached (%u), try again later.\n", limit);
		return respond_text(request, MHD_HTTP_SERVICE_UNAVAILABLE, busy);
	}
	response = page_response(request->connection, &server->config.source, &status);
	return respond(request, status, response, /* content_type= */ NULL);
}

static enum MHD_Result serve_status(struct request *request)
{
	unsigned int status = 0;
	struct MHD_Response *response =
		page_status_response(request->connection, &request->server->config.source, &status);

	return respond(request, status, response, /* content_type= */ NULL);
}

static enum MHD_Result serve_style(struct request *request)
{
	return respond(request, MHD_HTTP_OK, asset_response(&asset_style),
		       "text/css; charset=utf-8");
}

static enum MHD_Result serve_script(struct request *request)
{
	return respond(request, MHD_HTTP_OK, asset_response(&asset_script),
		       "text/javascript; charset=utf-8");
}

static enum MHD_Result serve_icon(struct request *request)
{
	return respond(request, MHD_HTTP_OK, asset_response(&asset_icon), "image/svg+xml");
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

enum MHD_Result endpoint_refuse(struct request *request)
{
	char text[96];

	request->last = true;
	snprintf(text, sizeof(text), "400 Bad Request: %s\n", request->refusal);
	return respond_text(request, MHD_HTTP_BAD_REQUEST, text);
}

struct endpoint {
	const char *path;
	enum MHD_Result (*serve)(struct request *request);
	bool guarded; /* the web configuration file protects it */
};

/* Returns NULL if there is none. The telemetry path is compared first, because it may be "/". */
static const struct endpoint *find_endpoint(const struct http_server *server, const char *path)
{
	static const struct endpoint page = {NULL, serve_page, true};
	static const struct endpoint others[] = {
		{"/", serve_status, true},
		{"/-/healthy", serve_healthy, false},
		{"/-/ready", serve_ready, false},
		{"/static/icon.svg", serve_icon, true},
		{"/static/refresh.js", serve_script, true},
		{"/static/style.css", serve_style, true},
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

	switch (gate_check(&request->gate_request, !endpoint || endpoint->guarded)) {
	case GATE_PASSED:
		return serve(request, endpoint, method);
	case GATE_PENDING:
		request_hold(request);
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
