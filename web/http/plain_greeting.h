/* SPDX-License-Identifier: Apache-2.0 */
/* Answers clients that send plain HTTP to a TLS port with a text that they understand. */
#ifndef PLAIN_GREETING_H
#define PLAIN_GREETING_H

#include <gnutls/gnutls.h>

/* Must be called before the handshake of a session whose transport is a socket. */
void plain_greeting_answer(gnutls_session_t session);

#endif
