/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What tls_server_config means, as GnuTLS has it: the server's certificate, versions,
 * suites and curves, and what is asked of a client's certificate. A client that is not
 * let in fails in the handshake, with the alert that Go would send, and a line in the log.
 */
#ifndef TLS_H
#define TLS_H

#include <gnutls/gnutls.h>
#include <pthread.h>

#include "web/config/web_config.h"
#include "web/limits/line_limit.h"

struct sockaddr;
struct tls;

/* Of all sessions, whatever they ask for. */
struct tls_log {
	pthread_mutex_t lock;
	struct line_limit limit; /* with the lock */
};

/* Outlives the session, as what it points to does. */
struct tls_session {
	struct tls *tls;
	struct tls_log *log;
	const struct sockaddr *peer;
};

/* Reads the files that config names. 0; -EINVAL or -errno with one line in ret_error. */
int tls_load(const struct web_config *config, struct tls **ret_tls,
	     char ret_error[WEB_CONFIG_ERROR_MAX]);
void tls_free(struct tls *tls); /* NULL is allowed */

/*
 * Before the handshake of a server's session. Takes the session's pointer, see
 * gnutls_session_set_ptr(), which was NULL, for own. 0 or -EIO.
 */
int tls_prepare_session(struct tls_session *own, gnutls_session_t session);

#endif
