/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Applies tls_server_config through GnuTLS: the server's certificate, versions, suites and curves,
 * and the requirements on a client's certificate. The handshake of a client that is refused fails
 * with the alert that Go would send, and with a line in the log.
 */
#ifndef TLS_H
#define TLS_H

#include <gnutls/gnutls.h>
#include <pthread.h>

#include "web/config/web_config.h"
#include "web/limits/line_limit.h"

struct sockaddr;
struct tls;

/* Shared by all sessions, independently of their configuration. */
struct tls_log {
	pthread_mutex_t lock;
	struct line_limit limit; /* protected by lock */
};

/* Must outlive the session, and so must the objects that it points to. */
struct tls_session {
	struct tls *tls;
	struct tls_log *log;
	const struct sockaddr *peer;
};

/*
 * Reads the files that config names. Returns 0, or -errno with one line in ret_error; -EINVAL: a
 * value or a file is refused.
 */
int tls_load(const struct web_config *config, struct tls **ret_tls,
	     char ret_error[WEB_CONFIG_ERROR_MAX]);
void tls_free(struct tls *tls); /* NULL is allowed */

/*
 * Prepares a server's session before its handshake. Sets the session's pointer
 * (gnutls_session_set_ptr()), which must be NULL, to own. Returns 0 or -EIO.
 */
int tls_prepare_session(struct tls_session *own, gnutls_session_t session);

#endif
