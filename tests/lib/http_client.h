/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A minimal HTTP/1.1 client for tests: one request per connection, to loopback
 * addresses only, and no call lasts longer than HTTP_TIMEOUT_MS.
 */
#ifndef LIB_HTTP_CLIENT_H
#define LIB_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HTTP_TIMEOUT_MS 10000

struct http_response {
	int status;
	char *headers; /* as received, status line included, NUL-terminated */
	char *body;    /* NUL-terminated; never NULL in a response that was returned */
	size_t length; /* bytes of the body, without that NUL */
};

/*
 * Sends a request to 127.0.0.1. Returns 0 whatever the status, -errno when there
 * is no answer (-ECONNREFUSED, -ETIMEDOUT), -EPROTO when the answer is not a
 * complete HTTP response or its length is not what it announced.
 */
int http_request(uint16_t port, const char *method, const char *path,
		 struct http_response *ret_response);

/* The same to 127.0.0.1 (AF_INET) or ::1 (AF_INET6). */
int http_request_on(int family, uint16_t port, const char *method, const char *path,
		    struct http_response *ret_response);

/*
 * Sends these bytes as they are and reads until the server closes. bodiless: the
 * request is a HEAD, so that a body would be an error.
 */
int http_exchange(int family, uint16_t port, const char *request, size_t length, bool bodiless,
		  struct http_response *ret_response);

/* A connected socket to the loopback address, or -errno. The caller closes it. */
int http_connect(int family, uint16_t port);

/* The value of a header (name in any case), cut to size; false when there is none. */
bool http_header(const struct http_response *response, const char *name, char *ret_value,
		 size_t size);

/* Frees what the response holds; a zeroed response is fine. */
void http_response_done(struct http_response *response);

#endif
