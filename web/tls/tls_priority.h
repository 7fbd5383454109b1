/* SPDX-License-Identifier: Apache-2.0 */
/* Versions, suites and curves of the file -> what GnuTLS negotiates. */
#ifndef TLS_PRIORITY_H
#define TLS_PRIORITY_H

#include <gnutls/gnutls.h>

#include "web/config/web_config.h"

struct tls_priority {
	gnutls_priority_t all;   /* what the session begins with */
	gnutls_priority_t older; /* once it is known that it is older than TLS 1.3; may be NULL */
};

/* key: the server's. 0, or -EINVAL with one line in ret_error; fills what is to be freed anyway. */
int tls_priority_make(const struct web_tls *config, enum tls_key key, struct tls_priority *priority,
		      char ret_error[WEB_CONFIG_ERROR_MAX]);
void tls_priority_free(struct tls_priority *priority);

#endif
