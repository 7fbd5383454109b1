/* SPDX-License-Identifier: Apache-2.0 */
/* Converts versions, suites and curves of the file to GnuTLS' priorities. */
#ifndef TLS_PRIORITY_H
#define TLS_PRIORITY_H

#include <gnutls/gnutls.h>

#include "web/config/web_config.h"

struct tls_priority {
	gnutls_priority_t all; /* at the start of a session */
	gnutls_priority_t
		older; /* after the client turns out to be older than TLS 1.3; may be NULL */
};

/*
 * key: the type of the server's key. Returns 0, or -EINVAL with one line in ret_error. After a
 * failure, too, tls_priority_free() is required.
 */
int tls_priority_make(const struct web_tls *config, enum tls_key key, struct tls_priority *priority,
		      char ret_error[WEB_CONFIG_ERROR_MAX]);
void tls_priority_free(struct tls_priority *priority);

#endif
