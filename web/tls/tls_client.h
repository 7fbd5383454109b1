/* SPDX-License-Identifier: Apache-2.0 */
/* Decides whether a client's certificate lets it in. */
#ifndef TLS_CLIENT_H
#define TLS_CLIENT_H

#include <gnutls/gnutls.h>
#include <stdbool.h>

#include "web/config/web_config.h"

struct tls_client {
	enum web_client_auth auth;
	bool restricts_sans;
	char **sans; /* the certificate must have one of them; owned */
	size_t san_count;
};

/* Returns 0 or -ENOMEM; after a failure, too, tls_client_free() is required. */
int tls_client_copy_sans(struct tls_client *client, const struct web_tls *config);
void tls_client_free(struct tls_client *client);

/* Returns whether certificates are verified with the CAs of the credentials. */
bool tls_client_is_verified(const struct tls_client *client);

struct tls_verdict {
	gnutls_alert_description_t alert;
	const char *reason; /* NULL: the client is let in */
	const char *cure;
};

/* Call it after the client has sent its certificate, or a message without one. */
struct tls_verdict tls_client_judge(const struct tls_client *client, gnutls_session_t session);

/* Suits gnutls_session_set_verify_function(): returns 0, or -1 after sending an alert. */
int tls_client_verify(const struct tls_client *client, gnutls_session_t session);

#endif
