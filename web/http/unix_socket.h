/* SPDX-License-Identifier: Apache-2.0 */
/* A UNIX socket to listen on, where one of before may have been left behind. */
#ifndef UNIX_SOCKET_H
#define UNIX_SOCKET_H

/*
 * Binds and listens, for the user and the group only. A socket at path that nobody listens on is
 * replaced. 0; -EINVAL: path is not absolute; -ENAMETOOLONG; -EADDRINUSE: somebody listens;
 * -ENOTSOCK: there is another kind of file; or another -errno. The file stays when it is closed.
 */
int unix_socket_listen(const char *path, int backlog, int *ret_socket);

#endif
