/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a client's certificate lets it in. */
#ifndef TLS_CLIENT_H
#define TLS_CLIENT_H

#include <gnutls/gnutls.h>
#include <stdbool.h>

#include "web/config/web_config.h"

struct tls_client {
	enum web_client_auth auth;
	bool restricts_sans;
	char **sans; /* one of which the certificate must have; owned */
	size_t san_count;
};

/* 0 or -ENOMEM. */
int tls_client_copy_sans(struct tls_client *client, const struct web_tls *config);
void tls_client_free(struct tls_client *client);

/* Whether certificates are held against the CAs of the credentials. */
bool tls_client_is_verified(const struct tls_client *client);

struct tls_verdict {
	gnutls_alert_description_t alert;
	const char *reason; /* NULL: it is let in */
	const char *cure;
};

/* Once the client has sent its certificate, or that it has none. */
struct tls_verdict tls_client_judge(const struct tls_client *client, gnutls_session_t session);

/* For gnutls_session_set_verify_function(): 0, or -1 after it has sent an alert. */
int tls_client_verify(const struct tls_client *client, gnutls_session_t session);

#endif
