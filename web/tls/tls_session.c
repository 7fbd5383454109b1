// SPDX-License-Identifier: Apache-2.0
/* One session: its requirements, and the reason of a failed handshake. */
#include <dlfcn.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/log.h"
#include "web/tls/tls_private.h"

#define REASON_MAX 192
#define ALERT_NAME "GNUTLS_A_" /* GnuTLS' prefix of alert names */
#define NO_VERSION "no TLS version in common"
#define DISTRUST                                                                                  \
	": the client does not accept the server's certificate" /* follows alerts that reject the \
								   certificate */

/* As in Go, the configured suites apply only to versions before TLS 1.3, which has its own. */
static int after_client_hello(gnutls_session_t session)
{
	const struct tls_session *own = gnutls_session_get_ptr(session);
	const struct tls *tls = own->tls;

	if (gnutls_protocol_get_version(session) < GNUTLS_TLS1_3 && tls->priority.older)
		return gnutls_priority_set(session, tls->priority.older);
	return 0;
}

static int verify_client(gnutls_session_t session)
{
	const struct tls_session *own = gnutls_session_get_ptr(session);

	return tls_client_verify(&own->tls->client, session);
}

int tls_prepare_session(struct tls_session *own, gnutls_session_t session)
{
	struct tls *tls = own->tls;

	if (gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, tls->credentials) ||
	    gnutls_priority_set(session, tls->priority.all))
		return -EIO;
	gnutls_session_set_ptr(session, own);
	gnutls_handshake_set_post_client_hello_function(session, after_client_hello);
	/*
	 * Not GNUTLS_CERT_REQUIRE: verify_client() refuses a client without a certificate, with an
	 * alert.
	 */
	gnutls_certificate_server_set_request(session, tls->client.auth == WEB_CLIENT_AUTH_NONE
							       ? GNUTLS_CERT_IGNORE
							       : GNUTLS_CERT_REQUEST);
	gnutls_session_set_verify_function(session, verify_client);
	return 0;
}

static bool is_distrust(gnutls_alert_description_t alert)
{
	return alert == GNUTLS_A_BAD_CERTIFICATE || alert == GNUTLS_A_CERTIFICATE_EXPIRED ||
	       alert == GNUTLS_A_CERTIFICATE_UNKNOWN || alert == GNUTLS_A_UNKNOWN_CA;
}

/* The standards' name of an alert is GnuTLS' name in lower case. */
static void describe_alert(gnutls_alert_description_t alert, char ret_reason[REASON_MAX])
{
	const char *name = gnutls_alert_get_strname(alert), *meaning = gnutls_alert_get_name(alert);
	char small[64] = "";

	if (name && strncmp(name, ALERT_NAME, strlen(ALERT_NAME)) == 0)
		name += strlen(ALERT_NAME);
	for (size_t i = 0; name && name[i] && i < sizeof(small) - 1; i++)
		small[i] = (char)(name[i] >= 'A' && name[i] <= 'Z' ? name[i] - 'A' + 'a' : name[i]);
	snprintf(ret_reason, REASON_MAX, "the client sent alert %d, %s: %s%s", (int)alert, small,
		 meaning ? meaning : "unknown", is_distrust(alert) ? DISTRUST : "");
}

static bool offers(const struct tls *tls, gnutls_protocol_t version)
{
	const unsigned int *versions;
	int count = gnutls_priority_protocol_list(tls->priority.all, &versions);

	for (int i = 0; i < count; i++)
		if (versions[i] == version)
			return true;
	return false;
}

/*
 * GnuTLS looks for a suite of TLS 1.2 even if the file or the client does not allow that version.
 * The client may support only TLS 1.3, which is then not offered here.
 */
static void describe_mismatch(const struct tls *tls, gnutls_session_t session,
			      char ret_reason[REASON_MAX])
{
	gnutls_protocol_t version = gnutls_protocol_get_version(session);

	if (!offers(tls, version))
		snprintf(ret_reason, REASON_MAX, NO_VERSION);
	else if (!offers(tls, GNUTLS_TLS1_3))
		snprintf(ret_reason, REASON_MAX, "no TLS version or cipher suite in common");
	else
		snprintf(ret_reason, REASON_MAX, "no cipher suite of %s in common",
			 gnutls_protocol_get_name(version));
}

/* Returns the reason of errors that always have the same one, or NULL. */
static const char *reason_of(int error)
{
	switch (error) {
	case GNUTLS_E_UNSUPPORTED_VERSION_PACKET:
		return NO_VERSION;
	case GNUTLS_E_NO_COMMON_KEY_SHARE:
		return "no curve in common";
	case GNUTLS_E_PREMATURE_TERMINATION:
	case GNUTLS_E_PULL_ERROR:
		return "the connection ended during the handshake";
	case GNUTLS_E_UNEXPECTED_PACKET:
	case GNUTLS_E_UNEXPECTED_PACKET_LENGTH:
		return "plain HTTP, or something else that is not TLS";
	case GNUTLS_E_DECRYPTION_FAILED: /* an unencrypted alert where encryption is required */
		return "the client's message cannot be decrypted; OpenSSL clients send such an "
		       "alert when they do not accept the server's certificate";
	default:
		return NULL;
	}
}

/* Returns the cure, or NULL if there is none. */
static const char *describe(const struct tls *tls, gnutls_session_t session, int error,
			    char ret_reason[REASON_MAX])
{
	struct tls_verdict verdict = {.reason = NULL};

	switch (error) {
	case GNUTLS_E_FATAL_ALERT_RECEIVED:
	case GNUTLS_E_WARNING_ALERT_RECEIVED:
		describe_alert(gnutls_alert_get(session), ret_reason);
		return NULL;
	case GNUTLS_E_NO_CIPHER_SUITES:
		describe_mismatch(tls, session, ret_reason);
		return NULL;
	case GNUTLS_E_CERTIFICATE_ERROR: /* the result of verify_client() */
		verdict = tls_client_judge(&tls->client, session);
		break;
	default:
		verdict.reason = reason_of(error);
		break;
	}
	snprintf(ret_reason, REASON_MAX, "%s",
		 verdict.reason ? verdict.reason : gnutls_strerror(error));
	return verdict.cure;
}

/*
 * A connection without any data is a check of a load balancer, for example, and not a TLS client.
 */
static bool has_said_nothing(gnutls_session_t session, int error)
{
	return (error == GNUTLS_E_PREMATURE_TERMINATION || error == GNUTLS_E_PULL_ERROR) &&
	       (int)gnutls_handshake_get_last_in(session) == -1;
}

static void log_failure(const struct tls_session *own, gnutls_session_t session, int error)
{
	const struct peer peer = peer_of(own->peer);
	char address[PEER_NAME_MAX], reason[REASON_MAX], count[24];
	const char *cure, *others;
	uint64_t silent = 0;
	bool is_due;

	if (has_said_nothing(session, error))
		return;
	pthread_mutex_lock(&own->log->lock);
	is_due = line_limit_admits(&own->log->limit, &peer, clock_ns(CLOCK_MONOTONIC), &silent);
	pthread_mutex_unlock(&own->log->lock);
	if (!is_due)
		return;
	peer_name(own->peer, address);
	cure = describe(own->tls, session, error, reason);
	others = silent ? "others" : NULL;
	snprintf(count, sizeof(count), "%" PRIu64, silent);
	log_event(LOG_LEVEL_INFO, "TLS handshake failed", "peer", address, "reason", reason,
		  cure ? "cure" : others, cure ? cure : count, cure ? others : NULL, count, NULL);
}

static __typeof__(gnutls_handshake) *next; /* GnuTLS' function; NULL: not found */

static void find_next(void)
{
	next = dlsym(RTLD_NEXT, "gnutls_handshake");
}

/*
 * libmicrohttpd calls this function, hides its result, and ends the session; GnuTLS has no other
 * way to report a failure. The program therefore has its own function of this name, which the
 * dynamic linker finds first and which calls GnuTLS'.
 */
int gnutls_handshake(gnutls_session_t session)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	const struct tls_session *own = gnutls_session_get_ptr(session);
	int result;

	pthread_once(&once, find_next);
	result = next ? next(session) : GNUTLS_E_INTERNAL_ERROR;
	if (own && result < 0 && result != GNUTLS_E_AGAIN && result != GNUTLS_E_INTERRUPTED)
		log_failure(own, session, result);
	return result;
}
