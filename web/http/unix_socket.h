/* SPDX-License-Identifier: Apache-2.0 */
/* Opens a UNIX socket to listen on, even if an earlier one was left behind. */
#ifndef UNIX_SOCKET_H
#define UNIX_SOCKET_H

/*
 * Binds and listens; the mode allows only the user and the group. A socket at path on which no
 * process listens is replaced. Returns 0; -EINVAL: path is not absolute; -ENAMETOOLONG;
 * -EADDRINUSE: a process listens there; -ENOTSOCK: path is a file of another kind; or another
 * -errno. The file remains after the socket is closed.
 */
int unix_socket_listen(const char *path, int backlog, int *ret_socket);

#endif
