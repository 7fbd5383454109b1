// SPDX-License-Identifier: Apache-2.0
#include "web/tls/tls_private.h"

#include <errno.h>
#include <gnutls/x509.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/yaml/whole_file.h"

#define PEM_MAX (1024 * 1024) /* bytes; enough for all CAs of a machine */

/* The content of a file (owned), or inline text (not owned). */
struct pem {
	char *owned;
	const char *text;
	size_t length;
};

static __attribute__((format(printf, 2, 3))) int refuse(char *error, const char *cause, ...)
{
	va_list arguments;

	va_start(arguments, cause);
	vsnprintf(error, WEB_CONFIG_ERROR_MAX, cause, arguments);
	va_end(arguments);
	return -EINVAL;
}

static void forget_pem(struct pem *pem)
{
	whole_file_forget(pem->owned, pem->length);
}

/*
 * what: the key for the refusal, such as "cert_file"; NULL: the toolkit's words do not name a key.
 */
static int get_pem(const char *path, const char *text, const char *what, struct pem *ret_pem,
		   char *ret_error)
{
	struct pem pem = {.text = text ? text : "", .length = text ? strlen(text) : 0};
	char reason[64];
	int error;

	if (!path || !*path) {
		*ret_pem = pem;
		return 0;
	}
	error = whole_file_read(path, PEM_MAX, &pem.owned, &pem.length);
	if (!error) {
		pem.text = pem.owned;
		*ret_pem = pem;
		return 0;
	}
	web_config_reason(-error, reason);
	if (what)
		refuse(ret_error, "failed to read %s (%.300s): open %.300s: %s", what, path, path,
		       reason);
	else
		refuse(ret_error, "open %.300s: %s", path, reason);
	return error;
}

static gnutls_datum_t datum_of(const struct pem *pem)
{
	return (gnutls_datum_t){(unsigned char *)pem->text, (unsigned int)pem->length};
}

static int load_key_pair(struct tls *tls, const struct web_tls *config, char *ret_error)
{
	struct pem cert = {.owned = NULL}, key = {.owned = NULL};
	gnutls_datum_t cert_datum, key_datum;
	int error = get_pem(config->cert_file, config->cert, "cert_file", &cert, ret_error);

	if (!error)
		error = get_pem(config->key_file, config->key, "key_file", &key, ret_error);
	if (!error) {
		cert_datum = datum_of(&cert);
		key_datum = datum_of(&key);
		error = gnutls_certificate_set_x509_key_mem(tls->credentials, &cert_datum,
							    &key_datum, GNUTLS_X509_FMT_PEM);
		if (error < 0)
			error = refuse(ret_error, "line %d: failed to load X509KeyPair: %s",
				       config->line, gnutls_strerror(error));
	}
	forget_pem(&cert);
	forget_pem(&key);
	return error < 0 ? error : 0;
}

/*
 * If clients are to be verified and no CA is configured, the machine's CAs are trusted, as in Go.
 */
static int load_client_ca(struct tls *tls, const struct web_tls *config, char *ret_error)
{
	const char *file = config->client_ca_file;
	struct pem ca = {.owned = NULL};
	gnutls_datum_t datum;
	int error = get_pem(file, config->client_ca, /* what= */ NULL, &ca, ret_error);
	int count;

	if (error)
		return error;
	if (!ca.owned && !ca.length) {
		if (tls_client_is_verified(&tls->client))
			gnutls_certificate_set_x509_system_trust(tls->credentials);
		return 0;
	}
	datum = datum_of(&ca);
	count = gnutls_certificate_set_x509_trust_mem(tls->credentials, &datum,
						      GNUTLS_X509_FMT_PEM);
	if (count <= 0)
		error = refuse(ret_error, "line %d: no client CA certificate in %.300s",
			       config->line, ca.owned ? file : "client_ca");
	forget_pem(&ca);
	return error;
}

static enum tls_key key_of(const struct tls *tls)
{
	gnutls_x509_crt_t *chain = NULL;
	unsigned int length = 0;
	int algorithm = GNUTLS_PK_UNKNOWN;

	if (gnutls_certificate_get_x509_crt(tls->credentials, 0, &chain, &length))
		return TLS_KEY_ANY;
	if (length)
		algorithm = gnutls_x509_crt_get_pk_algorithm(chain[0], NULL);
	for (unsigned int i = 0; i < length; i++)
		gnutls_x509_crt_deinit(chain[i]);
	gnutls_free(chain);
	return algorithm == GNUTLS_PK_RSA || algorithm == GNUTLS_PK_RSA_PSS ? TLS_KEY_RSA
									    : TLS_KEY_ECDSA;
}

static int load(struct tls *tls, const struct web_config *config, char *ret_error)
{
	const struct web_tls *wanted = &config->tls;
	int error;

	if (gnutls_certificate_allocate_credentials(&tls->credentials))
		return -ENOMEM;
	error = load_key_pair(tls, wanted, ret_error);
	if (error)
		return error;
	error = web_config_client_auth(config, &tls->client.auth, ret_error);
	if (!error)
		error = load_client_ca(tls, wanted, ret_error);
	if (!error)
		error = tls_client_copy_sans(&tls->client, wanted);
	if (!error)
		error = tls_priority_make(wanted, key_of(tls), &tls->priority, ret_error);
	return error;
}

int tls_load(const struct web_config *config, struct tls **ret_tls,
	     char ret_error[WEB_CONFIG_ERROR_MAX])
{
	struct tls *tls = calloc(1, sizeof(*tls));
	int error;

	/* This is the reason of all failures that set no other. */
	refuse(ret_error, "out of memory");
	if (!tls)
		return -ENOMEM;
	error = load(tls, config, ret_error);
	if (error)
		tls_free(tls);
	else
		*ret_tls = tls;
	return error;
}

void tls_free(struct tls *tls)
{
	if (!tls)
		return;
	if (tls->credentials)
		gnutls_certificate_free_credentials(tls->credentials);
	tls_priority_free(&tls->priority);
	tls_client_free(&tls->client);
	free(tls);
}
