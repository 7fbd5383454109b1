// SPDX-License-Identifier: Apache-2.0
#include "web/tls/tls_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <gnutls/x509.h>
#include <stdlib.h>
#include <string.h>

#define SAN_MAX 4096 /* bytes; longer names are ignored */

int tls_client_copy_sans(struct tls_client *client, const struct web_tls *config)
{
	client->restricts_sans = config->restricts_sans;
	client->sans = calloc(config->san_count + 1, sizeof(*client->sans));
	if (!client->sans)
		return -ENOMEM;
	for (size_t i = 0; i < config->san_count; i++) {
		client->sans[i] = strdup(config->sans[i]);
		if (!client->sans[i])
			return -ENOMEM;
		client->san_count++;
	}
	return 0;
}

void tls_client_free(struct tls_client *client)
{
	for (size_t i = 0; i < client->san_count; i++)
		free(client->sans[i]);
	free(client->sans);
}

bool tls_client_is_verified(const struct tls_client *client)
{
	return client->auth == WEB_CLIENT_AUTH_VERIFY_IF_GIVEN ||
	       client->auth == WEB_CLIENT_AUTH_REQUIRE_AND_VERIFY;
}

static bool is_required(const struct tls_client *client)
{
	return client->auth == WEB_CLIENT_AUTH_REQUIRE_ANY ||
	       client->auth == WEB_CLIENT_AUTH_REQUIRE_AND_VERIFY;
}

static struct tls_verdict missing_certificate(gnutls_session_t session)
{
	/* TLS 1.2 and older have no alert for a missing certificate. */
	bool has_alert = gnutls_protocol_get_version(session) >= GNUTLS_TLS1_3;

	return (struct tls_verdict){has_alert ? GNUTLS_A_CERTIFICATE_REQUIRED
					      : GNUTLS_A_HANDSHAKE_FAILURE,
				    "the client sent no certificate",
				    "configure a certificate and its key for the client"};
}

static struct tls_verdict verdict_of(unsigned int status)
{
	static const struct {
		unsigned int status; /* one of these flags must be set */
		struct tls_verdict verdict;
	} verdicts[] = {
		{GNUTLS_CERT_EXPIRED,
		 {GNUTLS_A_CERTIFICATE_EXPIRED, "the client's certificate has expired",
		  "renew it, or correct this machine's clock"}},
		{GNUTLS_CERT_NOT_ACTIVATED,
		 {GNUTLS_A_CERTIFICATE_EXPIRED, "the client's certificate is not valid yet",
		  "correct the clock of this machine, or of the certificate authority"}},
		/*
		 * GnuTLS reports a bad signature for a certificate whose issuer has only the name
		 * of a known CA. To clients, that CA is unknown, too.
		 */
		{GNUTLS_CERT_SIGNER_NOT_FOUND | GNUTLS_CERT_SIGNATURE_FAILURE |
			 GNUTLS_CERT_SIGNER_NOT_CA,
		 {GNUTLS_A_UNKNOWN_CA, "the client's certificate is signed by an unknown authority",
		  "add that authority to client_ca_file, or sign the certificate with one that is "
		  "in it"}},
		{GNUTLS_CERT_PURPOSE_MISMATCH,
		 {GNUTLS_A_BAD_CERTIFICATE, "the client's certificate is not for TLS clients",
		  "issue it with the extended key usage clientAuth"}},
		{GNUTLS_CERT_INSECURE_ALGORITHM,
		 {GNUTLS_A_BAD_CERTIFICATE,
		  "the client's certificate is signed with an insecure algorithm",
		  "issue it with a stronger one, such as SHA-256"}},
		{GNUTLS_CERT_SIGNER_CONSTRAINTS_FAILURE,
		 {GNUTLS_A_BAD_CERTIFICATE,
		  "the authority is not allowed to sign the client's certificate",
		  "issue it with an authority whose constraints allow it"}},
	};

	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++)
		if (status & verdicts[i].status)
			return verdicts[i].verdict;
	return (struct tls_verdict){GNUTLS_A_BAD_CERTIFICATE, "the client's certificate is invalid",
				    "check it with openssl verify"};
}

/* Verifies the certificate chain with the credentials' CAs, for the purpose of a TLS client. */
static unsigned int verify_chain(gnutls_session_t session)
{
	gnutls_typed_vdata_st purpose = {
		.type = GNUTLS_DT_KEY_PURPOSE_OID,
		.data = (unsigned char *)GNUTLS_KP_TLS_WWW_CLIENT,
	};
	unsigned int status;

	if (gnutls_certificate_verify_peers(session, &purpose, 1, &status))
		return GNUTLS_CERT_INVALID;
	return status;
}

static bool is_allowed(const struct tls_client *client, const char *san, size_t length)
{
	for (size_t i = 0; i < client->san_count; i++)
		if (strlen(client->sans[i]) == length && memcmp(client->sans[i], san, length) == 0)
			return true;
	return false;
}

/*
 * Compares the address as Go prints it: an IPv4 address that is encoded as IPv6 is printed as IPv4.
 */
static bool is_allowed_address(const struct tls_client *client, const unsigned char *bytes,
			       size_t length)
{
	static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
	char text[INET6_ADDRSTRLEN];

	if (length == 16 && memcmp(bytes, mapped, sizeof(mapped)) == 0) {
		bytes += sizeof(mapped);
		length = 4;
	}
	if ((length != 4 && length != 16) ||
	    !inet_ntop(length == 4 ? AF_INET : AF_INET6, bytes, text, sizeof(text)))
		return false;
	return is_allowed(client, text, strlen(text));
}

static bool has_allowed_san(const struct tls_client *client, gnutls_x509_crt_t certificate)
{
	unsigned char san[SAN_MAX];

	for (unsigned int i = 0;; i++) {
		size_t length = sizeof(san);
		int type = gnutls_x509_crt_get_subject_alt_name(certificate, i, san, &length,
								/* critical= */ NULL);

		if (type == GNUTLS_E_SHORT_MEMORY_BUFFER)
			continue; /* too long to be an allowed one */
		if (type < 0)
			return false;
		if (type == GNUTLS_SAN_IPADDRESS && is_allowed_address(client, san, length))
			return true;
		if ((type == GNUTLS_SAN_DNSNAME || type == GNUTLS_SAN_RFC822NAME ||
		     type == GNUTLS_SAN_URI) &&
		    is_allowed(client, (const char *)san, length))
			return true;
	}
}

static bool passes_sans(const struct tls_client *client, const gnutls_datum_t *der)
{
	gnutls_x509_crt_t certificate;
	bool passes;

	if (gnutls_x509_crt_init(&certificate))
		return false;
	passes = gnutls_x509_crt_import(certificate, der, GNUTLS_X509_FMT_DER) == 0 &&
		 (!client->restricts_sans || has_allowed_san(client, certificate));
	gnutls_x509_crt_deinit(certificate);
	return passes;
}

struct tls_verdict tls_client_judge(const struct tls_client *client, gnutls_session_t session)
{
	static const struct tls_verdict let_in;
	unsigned int count = 0, status;
	const gnutls_datum_t *chain = gnutls_certificate_get_peers(session, &count);

	if (client->auth == WEB_CLIENT_AUTH_NONE)
		return let_in;
	if (!chain || !count)
		return is_required(client) ? missing_certificate(session) : let_in;
	status = tls_client_is_verified(client) ? verify_chain(session) : 0;
	if (status)
		return verdict_of(status);
	/* The client's own certificate comes first. */
	if (!passes_sans(client, &chain[0]))
		return (struct tls_verdict){
			GNUTLS_A_BAD_CERTIFICATE,
			"none of the names in the client's certificate is in client_allowed_sans",
			"add one of them to client_allowed_sans, or issue a certificate with an "
			"allowed name"};
	return let_in;
}

int tls_client_verify(const struct tls_client *client, gnutls_session_t session)
{
	struct tls_verdict verdict = tls_client_judge(client, session);

	if (!verdict.reason)
		return 0;
	/* Without an alert, the client would only see a closed connection. */
	gnutls_alert_send(session, GNUTLS_AL_FATAL, verdict.alert);
	return -1;
}
