/* SPDX-License-Identifier: Apache-2.0 */
/* Opens listening sockets for addresses in the form that Prometheus' exporters accept. */
#ifndef LISTENER_H
#define LISTENER_H

#include <stdbool.h>
#include <stdint.h>

#define LISTENER_TEXT_MAX 128

struct listener {
	int socket;     /* non-blocking, listening; the caller that opened it owns it */
	bool inherited; /* another process made it, and may still have it */
	char address[LISTENER_TEXT_MAX];   /* the bound address, with the port that replaced 0:
					      "[::]:10068" */
	char authority[LISTENER_TEXT_MAX]; /* for URLs: "localhost:10068"; "" for UNIX sockets */
};

/*
 * Opens a socket and listens. ":p" listens on IPv4 and IPv6, "0.0.0.0:p" only on IPv4. "host:p",
 * "[::1]:p" and "unix:/path" are also accepted. Returns 0; -EINVAL: not such an address; -ERANGE:
 * the port is above 65535; -ENXIO: the host is unknown; -ENOTSOCK: path is a file of another kind;
 * or another -errno of socket, bind or listen.
 */
int listener_open(const char *address, struct listener *ret_listener);

/*
 * Takes the sockets that systemd listens on for this process: *ret_count of them, at most max.
 * Returns 0; -ENOENT: there are none; -E2BIG: more than max; -ENOTSOCK: not all are stream sockets
 * that listen; or another -errno.
 */
int listeners_inherit(struct listener *ret_listeners, uint32_t max, uint32_t *ret_count);

/*
 * Makes a socket listen again after another program that shares it, or `ss -K`, has shut it down.
 * *ret_revived describes it; if port 0 was requested, the port has changed. Returns 0; -EOPNOTSUPP:
 * the socket is inherited, or is a UNIX socket, which the kernel never lets listen again; or
 * another -errno of listen. Neither bind(2) nor a capability is needed.
 */
int listener_revive(const struct listener *listener, struct listener *ret_revived);

#endif
