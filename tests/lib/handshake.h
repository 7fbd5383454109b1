/* SPDX-License-Identifier: Apache-2.0 */
/* A TLS handshake inside this process, over a pair of sockets. */
#ifndef LIB_HANDSHAKE_H
#define LIB_HANDSHAKE_H

#include <gnutls/gnutls.h>
#include <stdbool.h>

#include "tests/lib/certificates.h"

#define HANDSHAKE_TEXT_MAX 128

struct access;
struct sockaddr;

struct handshake_client {
	const char *priority;                  /* GnuTLS'; NULL: NORMAL */
	const struct certificate *certificate; /* NULL: none */
	gnutls_datum_t *session;               /* to be resumed, unless empty, then the new one */
	gnutls_alert_description_t distrust; /* what it says to the server's certificate; 0: fine */
	const struct sockaddr *peer;         /* whose address it has, for the server; NULL: none */
};

struct handshake {
	bool served; /* a byte came through, so that both sides agree */
	bool resumed;
	int alert; /* that the client received; -1: none */
	char suite[HANDSHAKE_TEXT_MAX];
	char version[HANDSHAKE_TEXT_MAX];
	char group[HANDSHAKE_TEXT_MAX];
	char server_name[HANDSHAKE_TEXT_MAX]; /* common name of the certificate served */
};

/* The server's session is prepared by policy. */
struct handshake handshake(struct access *policy, const struct handshake_client *client);

/* Over these ends of a pair of sockets, which it closes: for who may make none any more. */
struct handshake handshake_over(int ends[2], struct access *policy,
				const struct handshake_client *client);

/* With a server that listens elsewhere, over this connected socket, which it closes. */
struct handshake handshake_with(int server, const struct handshake_client *client);

#endif
