/* SPDX-License-Identifier: Apache-2.0 */
/* Listening sockets from addresses as Prometheus' exporters take them. */
#ifndef LISTENER_H
#define LISTENER_H

#define LISTENER_TEXT_MAX 96

struct listener {
	int socket;                        /* non-blocking, listening; owned by who opened it */
	char address[LISTENER_TEXT_MAX];   /* as bound, port 0 resolved: "[::]:10068" */
	char authority[LISTENER_TEXT_MAX]; /* for a URL: "localhost:10068" */
};

/*
 * ":p" listens on IPv4 and IPv6, "0.0.0.0:p" on IPv4 only; also "host:p" and
 * "[::1]:p". 0; -EINVAL: not such an address; -EADDRNOTAVAIL: the host is
 * unknown; or another -errno of socket, bind or listen.
 */
int listener_open(const char *address, struct listener *ret_listener);

#endif
