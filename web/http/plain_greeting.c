// SPDX-License-Identifier: Apache-2.0
#include "web/http/plain_greeting.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#define GREETING_SIZE 5 /* the size of a TLS record's header, which GnuTLS reads first */

static bool is_http(const char *bytes)
{
	static const char methods[][GREETING_SIZE + 1] = {"GET /", "HEAD ", "POST ", "PUT /",
							  "OPTIO"};

	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (memcmp(bytes, methods[i], GREETING_SIZE) == 0)
			return true;
	return false;
}

/*
 * The rest of the request is read as well, because closing a socket with unread bytes would reset
 * the connection.
 */
static void answer(int client)
{
	static const char text[] = "HTTP/1.0 400 Bad Request\r\n\r\n"
				   "Client sent an HTTP request to an HTTPS server.\n";
	char rest[4096];

	recv(client, rest, sizeof(rest), MSG_DONTWAIT);
	send(client, text, sizeof(text) - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/*
 * Reads as GnuTLS does. TLS records begin with a small number, so that none of them looks like a
 * method.
 */
static ssize_t pull(gnutls_transport_ptr_t transport, void *bytes, size_t size)
{
	int client = (int)(intptr_t)transport;
	ssize_t got = recv(client, bytes, size, 0);

	if (got == GREETING_SIZE && is_http(bytes))
		answer(client);
	return got;
}

void plain_greeting_answer(gnutls_session_t session)
{
	gnutls_transport_set_pull_function(session, pull);
}
