/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/manager.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

int manager_listen(const char *address)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	size_t length = strlen(address);
	bool abstract = *address == '@';
	int listening, error;

	if (length >= sizeof(name.sun_path))
		return -ENAMETOOLONG;
	memcpy(name.sun_path, address, length);
	if (abstract)
		name.sun_path[0] = '\0';
	length += offsetof(struct sockaddr_un, sun_path);
	listening = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (listening < 0)
		return -errno;
	if (bind(listening, (struct sockaddr *)&name, (socklen_t)length) ||
	    (!abstract && chmod(address, 0777))) {
		error = -errno;
		close(listening);
		return error;
	}
	return listening;
}

int manager_hear(int socket, int timeout_ms, char ret_message[MANAGER_MESSAGE_MAX])
{
	struct pollfd ready = {.fd = socket, .events = POLLIN};
	ssize_t length;

	if (poll(&ready, 1, timeout_ms) <= 0)
		return -ETIMEDOUT;
	length = recv(socket, ret_message, MANAGER_MESSAGE_MAX - 1, 0);
	if (length < 0)
		return -errno;
	ret_message[length] = '\0';
	return 0;
}

static bool has_line(const char *message, const char *line)
{
	size_t length = strlen(line);

	for (; message; message = strchr(message, '\n'), message += message != NULL)
		if (!strncmp(message, line, length) &&
		    (message[length] == '\n' || !message[length]))
			return true;
	return false;
}

static int now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int)(now.tv_sec % 1000000 * 1000 + now.tv_nsec / 1000000);
}

int manager_await(int socket, const char *line, int timeout_ms,
		  char ret_message[MANAGER_MESSAGE_MAX])
{
	int end = now_ms() + timeout_ms;
	int error, left;

	while ((left = end - now_ms()) > 0) {
		error = manager_hear(socket, left, ret_message);
		if (error || has_line(ret_message, line))
			return error;
	}
	return -ETIMEDOUT;
}
