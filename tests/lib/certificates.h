/* SPDX-License-Identifier: Apache-2.0 */
/* Keys and certificates, made when a test needs them. Failures end the test program. */
#ifndef LIB_CERTIFICATES_H
#define LIB_CERTIFICATES_H

#include <gnutls/x509.h>
#include <stdbool.h>

struct certificate {
	gnutls_x509_privkey_t key;
	gnutls_x509_crt_t crt;
};

struct certificate_request {
	const char *name;
	gnutls_pk_algorithm_t algorithm; /* 0: ECDSA, which is quick */
	bool is_ca;
	bool has_expired, is_early;           /* not valid any more, not valid yet */
	const char *purpose;                  /* its OID; NULL: any */
	const char *dns, *email, *uri, *ipv4; /* alternative names; NULL: none */
};

/* issuer NULL: signed by itself. */
struct certificate certificate_make(const struct certificate_request *request,
				    const struct certificate *issuer);
void certificate_free(struct certificate *certificate);

/* Over what is there, so that a file's inode stays. path NULL: not that one. */
void certificate_write(const struct certificate *certificate, const char *cert_path,
		       const char *key_path);

#endif
