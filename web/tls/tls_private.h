/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by tls.c (loading) and tls_session.c (handshakes). */
#ifndef TLS_PRIVATE_H
#define TLS_PRIVATE_H

#include "web/tls/tls.h"
#include "web/tls/tls_client.h"
#include "web/tls/tls_priority.h"

struct tls {
	gnutls_certificate_credentials_t credentials;
	struct tls_priority priority;
	struct tls_client client;
};

#endif
