/* SPDX-License-Identifier: Apache-2.0 */
/* For a client that speaks HTTP where TLS is spoken: an answer that it understands. */
#ifndef PLAIN_GREETING_H
#define PLAIN_GREETING_H

#include <gnutls/gnutls.h>

/* Before the handshake of a session whose transport is a socket. */
void plain_greeting_answer(gnutls_session_t session);

#endif
