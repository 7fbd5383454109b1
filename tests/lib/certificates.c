// SPDX-License-Identifier: Apache-2.0
#include "tests/lib/certificates.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DAY_S 86400

static void must(int result, const char *what)
{
	if (result >= 0)
		return;
	fprintf(stderr, "%s: %s\n", what, gnutls_strerror(result));
	exit(EXIT_FAILURE);
}

static void add_san(gnutls_x509_crt_t crt, gnutls_x509_subject_alt_name_t type, const void *name,
		    size_t length)
{
	must(gnutls_x509_crt_set_subject_alt_name(crt, type, name, length, GNUTLS_FSAN_APPEND),
	     "alternative name");
}

static void add_sans(gnutls_x509_crt_t crt, const struct certificate_request *request)
{
	struct in_addr address;

	if (request->dns)
		add_san(crt, GNUTLS_SAN_DNSNAME, request->dns, strlen(request->dns));
	if (request->email)
		add_san(crt, GNUTLS_SAN_RFC822NAME, request->email, strlen(request->email));
	if (request->uri)
		add_san(crt, GNUTLS_SAN_URI, request->uri, strlen(request->uri));
	if (request->ipv4 && inet_pton(AF_INET, request->ipv4, &address) == 1)
		add_san(crt, GNUTLS_SAN_IPADDRESS, &address, sizeof(address));
}

/* Three days, the first of which is over. */
static void set_times(gnutls_x509_crt_t crt, const struct certificate_request *request)
{
	time_t from = time(NULL) - DAY_S;

	if (request->has_expired)
		from -= 3 * DAY_S;
	if (request->is_early)
		from += 3 * DAY_S;
	must(gnutls_x509_crt_set_activation_time(crt, from), "activation");
	must(gnutls_x509_crt_set_expiration_time(crt, from + 3 * DAY_S), "expiration");
}

static gnutls_x509_privkey_t make_key(gnutls_pk_algorithm_t algorithm)
{
	gnutls_x509_privkey_t key;
	unsigned int bits = algorithm == GNUTLS_PK_RSA
				    ? 2048
				    : GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1);

	must(gnutls_x509_privkey_init(&key), "key");
	must(gnutls_x509_privkey_generate(key, algorithm, bits, 0), "key");
	return key;
}

struct certificate certificate_make(const struct certificate_request *request,
				    const struct certificate *issuer)
{
	static unsigned char serial;
	struct certificate made;
	const struct certificate *signer = issuer ? issuer : &made;

	made.key = make_key(request->algorithm ? request->algorithm : GNUTLS_PK_ECDSA);
	must(gnutls_x509_crt_init(&made.crt), "certificate");
	serial++;
	must(gnutls_x509_crt_set_version(made.crt, 3), "version");
	must(gnutls_x509_crt_set_serial(made.crt, &serial, sizeof(serial)), "serial");
	must(gnutls_x509_crt_set_dn_by_oid(made.crt, GNUTLS_OID_X520_COMMON_NAME, 0, request->name,
					   strlen(request->name)),
	     "name");
	must(gnutls_x509_crt_set_key(made.crt, made.key), "key");
	must(gnutls_x509_crt_set_ca_status(made.crt, request->is_ca), "CA");
	if (request->purpose)
		must(gnutls_x509_crt_set_key_purpose_oid(made.crt, request->purpose, 0), "purpose");
	set_times(made.crt, request);
	add_sans(made.crt, request);
	must(gnutls_x509_crt_sign2(made.crt, signer->crt, signer->key, GNUTLS_DIG_SHA256, 0),
	     "signature");
	return made;
}

void certificate_free(struct certificate *certificate)
{
	gnutls_x509_crt_deinit(certificate->crt);
	gnutls_x509_privkey_deinit(certificate->key);
}

static void write_file(const char *path, gnutls_datum_t *pem)
{
	FILE *file = fopen(path, "w");

	if (!file || fwrite(pem->data, 1, pem->size, file) != pem->size || fclose(file)) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	gnutls_free(pem->data);
}

void certificate_write(const struct certificate *certificate, const char *cert_path,
		       const char *key_path)
{
	gnutls_datum_t pem;

	if (cert_path) {
		must(gnutls_x509_crt_export2(certificate->crt, GNUTLS_X509_FMT_PEM, &pem), "PEM");
		write_file(cert_path, &pem);
	}
	if (key_path) {
		must(gnutls_x509_privkey_export2(certificate->key, GNUTLS_X509_FMT_PEM, &pem),
		     "PEM");
		write_file(key_path, &pem);
	}
}
