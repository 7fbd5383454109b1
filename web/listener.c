// SPDX-License-Identifier: Apache-2.0
#include "listener.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG 128

/* "host:port" -> host without brackets, port. */
static int split(const char *address, char ret_host[LISTENER_TEXT_MAX], const char **ret_port)
{
	const char *colon = strrchr(address, ':');
	size_t length = colon ? (size_t)(colon - address) : 0;

	if (!colon || length >= LISTENER_TEXT_MAX || !colon[1] ||
	    strspn(colon + 1, "0123456789") != strlen(colon + 1) ||
	    strtoul(colon + 1, NULL, 10) > UINT16_MAX)
		return -EINVAL;
	if (length >= 2 && address[0] == '[' && colon[-1] == ']') {
		address++;
		length -= 2;
	} else if (memchr(address, ':', length)) {
		return -EINVAL; /* an IPv6 address without brackets is ambiguous */
	}
	memcpy(ret_host, address, length);
	ret_host[length] = '\0';
	*ret_port = colon + 1;
	return 0;
}

static int bind_and_listen(const struct sockaddr *address, socklen_t length, int *ret_socket)
{
	int on = 1, off = 0, error;
	int listening = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (listening < 0)
		return -errno;
	setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (address->sa_family == AF_INET6)
		setsockopt(listening, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (bind(listening, address, length) || listen(listening, BACKLOG)) {
		error = -errno;
		close(listening);
		return error;
	}
	*ret_socket = listening;
	return 0;
}

/* IPv6's wildcard takes IPv4 too; a machine without IPv6 has IPv4's. */
static int listen_everywhere(const char *port, int *ret_socket)
{
	in_port_t number = htons((uint16_t)strtoul(port, NULL, 10));
	struct sockaddr_in6 both = {.sin6_family = AF_INET6, .sin6_port = number};
	struct sockaddr_in ipv4 = {.sin_family = AF_INET, .sin_port = number};
	int error = bind_and_listen((struct sockaddr *)&both, sizeof(both), ret_socket);

	if (error == -EAFNOSUPPORT || error == -EADDRNOTAVAIL)
		error = bind_and_listen((struct sockaddr *)&ipv4, sizeof(ipv4), ret_socket);
	return error;
}

static int listen_on_host(const char *host, const char *port, int *ret_socket)
{
	const struct addrinfo hints = {
		.ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV,
	};
	struct addrinfo *found;
	int error = -EADDRNOTAVAIL;

	if (getaddrinfo(host, port, &hints, &found))
		return error;
	/* The first that works: a name may stand for IPv6 on a machine without it. */
	for (const struct addrinfo *one = found; one && error; one = one->ai_next)
		error = bind_and_listen(one->ai_addr, one->ai_addrlen, ret_socket);
	freeaddrinfo(found);
	return error;
}

/* How it is bound, and how a person on this machine reaches it. */
static void describe(struct listener *listener)
{
	struct sockaddr_storage bound = {.ss_family = AF_UNSPEC};
	socklen_t length = sizeof(bound);
	char host[64] = "", port[8] = "";
	bool ipv6, anywhere;

	getsockname(listener->socket, (struct sockaddr *)&bound, &length);
	getnameinfo((struct sockaddr *)&bound, length, host, sizeof(host), port, sizeof(port),
		    NI_NUMERICHOST | NI_NUMERICSERV);
	ipv6 = bound.ss_family == AF_INET6;
	anywhere = strcmp(host, ipv6 ? "::" : "0.0.0.0") == 0;
	snprintf(listener->address, sizeof(listener->address), ipv6 ? "[%s]:%s" : "%s:%s", host,
		 port);
	if (anywhere)
		snprintf(listener->authority, sizeof(listener->authority), "localhost:%s", port);
	else
		memcpy(listener->authority, listener->address, sizeof(listener->authority));
}

int listener_open(const char *address, struct listener *ret_listener)
{
	char host[LISTENER_TEXT_MAX];
	struct listener listener = {.socket = -1};
	const char *port;
	int error = split(address, host, &port);

	if (error)
		return error;
	if (host[0])
		error = listen_on_host(host, port, &listener.socket);
	else
		error = listen_everywhere(port, &listener.socket);
	if (error)
		return error;
	describe(&listener);
	*ret_listener = listener;
	return 0;
}
