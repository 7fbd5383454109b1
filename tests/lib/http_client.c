/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/http_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct buffer {
	char *bytes;
	size_t length;
	size_t size;
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int wait_for(int fd, short events, int64_t deadline)
{
	struct pollfd poll_fd = {.fd = fd, .events = events};
	int64_t left = deadline - now_ms();
	int n = poll(&poll_fd, 1, left > 0 ? (int)left : 0);

	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	return n ? 0 : -ETIMEDOUT;
}

static socklen_t loopback(int family, uint16_t port, struct sockaddr_storage *ret_address)
{
	struct sockaddr_in *in = (struct sockaddr_in *)ret_address;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ret_address;

	memset(ret_address, 0, sizeof(*ret_address));
	if (family == AF_INET6) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(port);
		in6->sin6_addr = in6addr_loopback;
		return sizeof(*in6);
	}
	in->sin_family = AF_INET;
	in->sin_port = htons(port);
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return sizeof(*in);
}

int http_connect(int family, uint16_t port)
{
	/* Linux bounds connect() by the send timeout; a full accept queue blocks it otherwise. */
	struct timeval limit = {.tv_sec = HTTP_TIMEOUT_MS / 1000};
	struct sockaddr_storage address;
	socklen_t length = loopback(family, port, &address);
	int fd, error;

	fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) ||
	    connect(fd, (struct sockaddr *)&address, length)) {
		error = errno == EINPROGRESS ? ETIMEDOUT : errno;
		close(fd);
		return -error;
	}
	return fd;
}

static int send_all(int fd, const char *bytes, size_t length, int64_t deadline)
{
	while (length) {
		ssize_t n = send(fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
		int error = 0;

		if (n >= 0) {
			bytes += n;
			length -= (size_t)n;
		} else if (errno == EAGAIN) {
			error = wait_for(fd, POLLOUT, deadline);
		} else if (errno != EINTR) {
			error = -errno;
		}
		if (error)
			return error;
	}
	return 0;
}

/* One byte stays free for the NUL that response_parse() relies on. */
static int buffer_reserve(struct buffer *buffer, size_t room)
{
	size_t size = buffer->size ? buffer->size : 4096;
	char *bytes;

	while (size < buffer->length + room + 1)
		size *= 2;
	if (size == buffer->size)
		return 0;
	bytes = realloc(buffer->bytes, size);
	if (!bytes)
		return -ENOMEM;
	buffer->bytes = bytes;
	buffer->size = size;
	return 0;
}

static int read_to_end(int fd, struct buffer *buffer, int64_t deadline)
{
	for (;;) {
		ssize_t n;
		int error = buffer_reserve(buffer, 16384);

		if (!error)
			error = wait_for(fd, POLLIN, deadline);
		if (error)
			return error;
		n = recv(fd, buffer->bytes + buffer->length, 16384, MSG_DONTWAIT);
		if (n == 0) {
			buffer->bytes[buffer->length] = '\0';
			return 0;
		}
		if (n > 0)
			buffer->length += (size_t)n;
		else if (errno != EAGAIN && errno != EINTR)
			return -errno;
	}
}

/* A page of known length is sent with that length: no chunked coding is understood here. */
static int check_length(const struct http_response *response, bool bodiless)
{
	char value[32];

	if (http_header(response, "Transfer-Encoding", value, sizeof(value)))
		return -EPROTO;
	if (bodiless)
		return response->length ? -EPROTO : 0;
	if (!http_header(response, "Content-Length", value, sizeof(value)))
		return 0;
	return strtoull(value, NULL, 10) == response->length ? 0 : -EPROTO;
}

static int response_parse(const struct buffer *buffer, bool bodiless,
			  struct http_response *ret_response)
{
	struct http_response response = {0};
	const char *end = strstr(buffer->bytes, "\r\n\r\n");
	int error = -EPROTO;

	if (!end || sscanf(buffer->bytes, "HTTP/1.%*1[01] %3d ", &response.status) != 1)
		return -EPROTO;
	response.headers = strndup(buffer->bytes, (size_t)(end + 2 - buffer->bytes));
	response.length = buffer->length - (size_t)(end + 4 - buffer->bytes);
	response.body = malloc(response.length + 1);
	if (response.headers && response.body) {
		memcpy(response.body, end + 4, response.length + 1);
		error = check_length(&response, bodiless);
	} else {
		error = -ENOMEM;
	}
	if (error)
		http_response_done(&response);
	else
		*ret_response = response;
	return error;
}

int http_exchange(int family, uint16_t port, const char *request, size_t length, bool bodiless,
		  struct http_response *ret_response)
{
	int64_t deadline = now_ms() + HTTP_TIMEOUT_MS;
	struct buffer buffer = {0};
	int fd = http_connect(family, port);
	int error;

	if (fd < 0)
		return fd;
	error = send_all(fd, request, length, deadline);
	if (!error)
		error = read_to_end(fd, &buffer, deadline);
	if (!error)
		error = response_parse(&buffer, bodiless, ret_response);
	free(buffer.bytes);
	close(fd);
	return error;
}

int http_request_on(int family, uint16_t port, const char *method, const char *path,
		    struct http_response *ret_response)
{
	char request[1024];
	int length = snprintf(request, sizeof(request),
			      "%s %s HTTP/1.1\r\nHost: localhost:%u\r\nConnection: close\r\n\r\n",
			      method, path, port);

	if (length < 0 || (size_t)length >= sizeof(request))
		return -E2BIG;
	return http_exchange(family, port, request, (size_t)length, !strcmp(method, "HEAD"),
			     ret_response);
}

int http_request(uint16_t port, const char *method, const char *path,
		 struct http_response *ret_response)
{
	return http_request_on(AF_INET, port, method, path, ret_response);
}

bool http_header(const struct http_response *response, const char *name, char *ret_value,
		 size_t size)
{
	size_t length = strlen(name);
	const char *line;

	for (line = strstr(response->headers, "\r\n"); line; line = strstr(line, "\r\n")) {
		line += 2;
		if (strncasecmp(line, name, length) || line[length] != ':')
			continue;
		line += length + 1;
		line += strspn(line, " \t");
		snprintf(ret_value, size, "%.*s", (int)strcspn(line, "\r"), line);
		return true;
	}
	return false;
}

void http_response_done(struct http_response *response)
{
	free(response->headers);
	free(response->body);
	memset(response, 0, sizeof(*response));
}
