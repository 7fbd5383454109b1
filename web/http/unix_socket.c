// SPDX-License-Identifier: Apache-2.0
#include "web/http/unix_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define MODE 0660

static int new_socket(void)
{
	int made = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	return made < 0 ? -errno : made;
}

/* Removes the file only if it is a socket that refuses connections. */
static int remove_stale(const struct sockaddr_un *address)
{
	struct stat found;
	int client, error;

	if (lstat(address->sun_path, &found))
		return -errno;
	if (!S_ISSOCK(found.st_mode))
		return -ENOTSOCK;
	client = new_socket();
	if (client < 0)
		return client;
	error = connect(client, (const struct sockaddr *)address, sizeof(*address)) ? errno : 0;
	close(client);
	if (error != ECONNREFUSED)
		return -EADDRINUSE;
	return unlink(address->sun_path) ? -errno : 0;
}

static int bind_socket(int socket, const struct sockaddr_un *address)
{
	int error;

	if (bind(socket, (const struct sockaddr *)address, sizeof(*address)) == 0)
		return 0;
	if (errno != EADDRINUSE)
		return -errno;
	error = remove_stale(address);
	if (error)
		return error;
	return bind(socket, (const struct sockaddr *)address, sizeof(*address)) ? -errno : 0;
}

int unix_socket_listen(const char *path, int backlog, int *ret_socket)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int listening, error;

	if (path[0] != '/')
		return -EINVAL;
	if (strlen(path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, strlen(path));
	listening = new_socket();
	if (listening < 0)
		return listening;
	error = bind_socket(listening, &address);
	/*
	 * No client can connect before listen(2), so the mode is never wider than MODE. A user who
	 * can write to the directory could replace the socket by a symbolic link to a file of root,
	 * so links are not followed.
	 */
	if (!error &&
	    (fchmodat(AT_FDCWD, path, MODE, AT_SYMLINK_NOFOLLOW) || listen(listening, backlog)))
		error = -errno;
	if (error) {
		close(listening);
		return error;
	}
	*ret_socket = listening;
	return 0;
}
