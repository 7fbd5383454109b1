// SPDX-License-Identifier: Apache-2.0
#include "web/http/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "web/http/unix_socket.h"

#define BACKLOG 1024 /* connections that can wait during a flood */

/* Splits "host:port" into the host without brackets and the port. */
static int split(const char *address, char ret_host[LISTENER_TEXT_MAX], const char **ret_port)
{
	const char *colon = strrchr(address, ':');
	size_t length = colon ? (size_t)(colon - address) : 0;

	if (!colon || length >= LISTENER_TEXT_MAX || !colon[1] ||
	    strspn(colon + 1, "0123456789") != strlen(colon + 1))
		return -EINVAL;
	if (strtoul(colon + 1, /* end= */ NULL, 10) > UINT16_MAX)
		return -ERANGE;
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

/*
 * The IPv6 wildcard address also accepts IPv4. On a machine without IPv6, the IPv4 wildcard is
 * used.
 */
static int listen_everywhere(const char *port, int *ret_socket)
{
	in_port_t number = htons((uint16_t)strtoul(port, /* end= */ NULL, 10));
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
	int error = -ENXIO;

	if (getaddrinfo(host, port, &hints, &found))
		return error;
	/*
	 * The first address that works is taken: a name may resolve to an IPv6 address on a machine
	 * without IPv6.
	 */
	for (const struct addrinfo *one = found; one && error; one = one->ai_next)
		error = bind_and_listen(one->ai_addr, one->ai_addrlen, ret_socket);
	freeaddrinfo(found);
	return error;
}

/* An abstract name begins with a NUL. An unnamed address has no bytes at all. */
static void describe_unix(struct listener *listener, const struct sockaddr_un *bound,
			  socklen_t length)
{
	size_t named = length - offsetof(struct sockaddr_un, sun_path);
	bool abstract = named && !bound->sun_path[0];

	snprintf(listener->address, sizeof(listener->address), "unix:%s%.*s", abstract ? "@" : "",
		 (int)(named - abstract), bound->sun_path + abstract);
}

static void describe_inet(struct listener *listener, const struct sockaddr *bound, socklen_t length)
{
	bool ipv6 = bound->sa_family == AF_INET6, anywhere;
	char host[64] = "", port[8] = "";

	getnameinfo(bound, length, host, sizeof(host), port, sizeof(port),
		    NI_NUMERICHOST | NI_NUMERICSERV);
	anywhere = strcmp(host, ipv6 ? "::" : "0.0.0.0") == 0;
	snprintf(listener->address, sizeof(listener->address), ipv6 ? "[%s]:%s" : "%s:%s", host,
		 port);
	if (anywhere)
		snprintf(listener->authority, sizeof(listener->authority), "localhost:%s", port);
	else
		memcpy(listener->authority, listener->address, sizeof(listener->authority));
}

/* Describes the address that the socket is bound to, and the authority for URLs on this machine. */
static struct listener describe(int socket)
{
	struct listener listener = {.socket = socket};
	struct sockaddr_storage bound = {.ss_family = AF_UNSPEC};
	socklen_t length = sizeof(bound);

	getsockname(socket, (struct sockaddr *)&bound, &length);
	if (bound.ss_family == AF_UNIX)
		describe_unix(&listener, (struct sockaddr_un *)&bound, length);
	else
		describe_inet(&listener, (struct sockaddr *)&bound, length);
	return listener;
}

static int listen_on_inet(const char *address, int *ret_socket)
{
	char host[LISTENER_TEXT_MAX];
	const char *port;
	int error = split(address, host, &port);

	if (error)
		return error;
	return host[0] ? listen_on_host(host, port, ret_socket)
		       : listen_everywhere(port, ret_socket);
}

int listener_open(const char *address, struct listener *ret_listener)
{
	static const char prefix[] = "unix:";
	size_t length = sizeof(prefix) - 1;
	int socket = -1, error;

	if (strncmp(address, prefix, length) == 0)
		error = unix_socket_listen(address + length, BACKLOG, &socket);
	else
		error = listen_on_inet(address, &socket);
	if (!error)
		*ret_listener = describe(socket);
	return error;
}

int listeners_inherit(struct listener *ret_listeners, uint32_t max, uint32_t *ret_count)
{
	int count = sd_listen_fds(1);

	if (count <= 0)
		return count ? count : -ENOENT;
	if ((uint32_t)count > max)
		return -E2BIG;
	for (int i = 0; i < count; i++) {
		int socket = SD_LISTEN_FDS_START + i;

		if (sd_is_socket(socket, AF_UNSPEC, SOCK_STREAM, 1) <= 0)
			return -ENOTSOCK;
		if (fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK))
			return -errno;
		ret_listeners[i] = describe(socket);
		ret_listeners[i].inherited = true;
	}
	*ret_count = (uint32_t)count;
	return 0;
}

/*
 * The socket keeps its port. But after `ss -K` (tcp_abort()), accepted connections would already be
 * shut down, until the kernel disconnects a listening socket (inet_shutdown()).
 */
static int listen_again(int socket)
{
	if (listen(socket, BACKLOG) || shutdown(socket, SHUT_RD) || listen(socket, BACKLOG))
		return -errno;
	return 0;
}

/* Sockets for which listen(2) succeeds do not always listen. */
static bool is_dead(int socket)
{
	struct pollfd polled = {.fd = socket, .events = POLLRDHUP};

	return poll(&polled, 1, 0) != 0;
}

int listener_revive(const struct listener *listener, struct listener *ret_revived)
{
	int error = listener->inherited ? -EOPNOTSUPP : listen_again(listener->socket);

	if (error)
		return error;
	if (is_dead(listener->socket))
		return -EOPNOTSUPP;
	*ret_revived = describe(listener->socket);
	return 0;
}
