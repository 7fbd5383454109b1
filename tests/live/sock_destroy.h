/* SPDX-License-Identifier: Apache-2.0 */
/* Destroys a listening socket of any process, like `ss -K`. */
#ifndef LIVE_SOCK_DESTROY_H
#define LIVE_SOCK_DESTROY_H

#include <stdint.h>

/*
 * Destroys the socket that listens on 127.0.0.1 in this network namespace. 0; -ENOENT: there is
 * none; -EOPNOTSUPP: this kernel destroys no sockets (CONFIG_INET_DIAG_DESTROY); or another -errno.
 */
int sock_destroy(uint16_t port);

#endif
