/* SPDX-License-Identifier: Apache-2.0 */
/* The part of a service manager that services talk to: sd_notify(3)'s other end. */
#ifndef LIB_MANAGER_H
#define LIB_MANAGER_H

#define MANAGER_MESSAGE_MAX 512

/*
 * Listens at an absolute path, or "@NAME" in the abstract namespace; anybody may send.
 * The socket, or -errno.
 */
int manager_listen(const char *address);

/* The next message. 0, or -ETIMEDOUT after so long without one. */
int manager_hear(int socket, int timeout_ms, char ret_message[MANAGER_MESSAGE_MAX]);

/* Waits for a message with this line; those before it are dropped. As manager_hear(). */
int manager_await(int socket, const char *line, int timeout_ms,
		  char ret_message[MANAGER_MESSAGE_MAX]);

#endif
