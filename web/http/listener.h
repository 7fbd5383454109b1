/* SPDX-License-Identifier: Apache-2.0 */
/* Listening sockets from addresses as Prometheus' exporters take them. */
#ifndef LISTENER_H
#define LISTENER_H

#include <stdbool.h>
#include <stdint.h>

#define LISTENER_TEXT_MAX 128

struct listener {
	int socket;                        /* non-blocking, listening; owned by who opened it */
	bool inherited;                    /* another made it, and may have it still */
	char address[LISTENER_TEXT_MAX];   /* as bound, port 0 resolved: "[::]:10068" */
	char authority[LISTENER_TEXT_MAX]; /* for a URL: "localhost:10068"; "" of a UNIX socket */
};

/*
 * ":p" listens on IPv4 and IPv6, "0.0.0.0:p" on IPv4 only; also "host:p", "[::1]:p" and
 * "unix:/path". 0; -EINVAL: not such an address; -ERANGE: no port is as high; -ENXIO: the
 * host is unknown; -ENOTSOCK: there is another kind of file; or another -errno of socket, bind or
 * listen.
 */
int listener_open(const char *address, struct listener *ret_listener);

/*
 * The sockets that systemd listens on for this process, *ret_count of them, not more than max.
 * 0; -ENOENT: there are none; -E2BIG: more than max; -ENOTSOCK: not all are streams that listen.
 */
int listeners_inherit(struct listener *ret_listeners, uint32_t max, uint32_t *ret_count);

/*
 * Of a socket that was shut down, by who shares it or by `ss -K`: 0 and as what it listens again,
 * which after port 0 is another port. -EOPNOTSUPP: it is inherited, or a UNIX socket, which the
 * kernel never lets listen again; or another -errno of listen. Neither bind(2) nor a capability is
 * needed.
 */
int listener_revive(const struct listener *listener, struct listener *ret_revived);

#endif
