// SPDX-License-Identifier: Apache-2.0
#include "tests/lib/handshake.h"

#include <gnutls/gnutls.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "web/access/access.h"

#define TIMEOUT_MS 10000

struct server {
	struct access *policy;
	const struct sockaddr *peer;
	int socket;
};

static int shake(gnutls_session_t session)
{
	int result;

	gnutls_handshake_set_timeout(session, TIMEOUT_MS);
	do
		result = gnutls_handshake(session);
	while (result < 0 && !gnutls_error_is_fatal(result));
	return result;
}

/* As the HTTP server does: it sends no alert of its own. */
static void *serve(void *argument)
{
	struct server *server = argument;
	struct tls_session own;
	gnutls_session_t session;

	gnutls_init(&session, GNUTLS_SERVER);
	gnutls_transport_set_int(session, server->socket);
	if (access_prepare_session(server->policy, session, server->peer, &own) == 0 &&
	    shake(session) == 0) {
		gnutls_record_send(session, "k", 1);
		gnutls_bye(session, GNUTLS_SHUT_WR);
	}
	gnutls_deinit(session);
	close(server->socket);
	return NULL;
}

static void copy(char out[HANDSHAKE_TEXT_MAX], const char *text)
{
	snprintf(out, HANDSHAKE_TEXT_MAX, "%s", text ? text : "");
}

static void read_server_name(gnutls_session_t session, char out[HANDSHAKE_TEXT_MAX])
{
	unsigned int count = 0;
	const gnutls_datum_t *chain = gnutls_certificate_get_peers(session, &count);
	size_t size = HANDSHAKE_TEXT_MAX;
	gnutls_x509_crt_t crt;

	if (!count || gnutls_x509_crt_init(&crt))
		return;
	if (gnutls_x509_crt_import(crt, &chain[0], GNUTLS_X509_FMT_DER) == 0)
		gnutls_x509_crt_get_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, 0, out, &size);
	gnutls_x509_crt_deinit(crt);
}

/* In TLS 1.3 the client is through before the server has looked at its certificate. */
static void ask(gnutls_session_t session, const struct handshake_client *client,
		struct handshake *ret)
{
	char byte = 0;
	ssize_t got = shake(session);

	if (got == GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR)
		gnutls_alert_send(session, GNUTLS_AL_FATAL, client->distrust);

	if (got == 0) {
		copy(ret->suite, gnutls_ciphersuite_get(session));
		copy(ret->version, gnutls_protocol_get_name(gnutls_protocol_get_version(session)));
		copy(ret->group, gnutls_group_get_name(gnutls_group_get(session)));
		read_server_name(session, ret->server_name);
		ret->resumed = gnutls_session_is_resumed(session);
		got = gnutls_record_recv(session, &byte, 1);
	}
	if (got == GNUTLS_E_FATAL_ALERT_RECEIVED)
		ret->alert = (int)gnutls_alert_get(session);
	ret->served = got == 1 && byte == 'k';
}

static gnutls_certificate_credentials_t credentials_of(const struct certificate *certificate)
{
	gnutls_certificate_credentials_t credentials;
	gnutls_x509_crt_t chain[1];

	gnutls_certificate_allocate_credentials(&credentials);
	if (certificate) {
		chain[0] = certificate->crt;
		gnutls_certificate_set_x509_key(credentials, chain, 1, certificate->key);
	}
	return credentials;
}

static void offer_session(gnutls_session_t session, const gnutls_datum_t *before)
{
	if (before && before->size && gnutls_session_set_data(session, before->data, before->size))
		abort();
}

/* Owned by who asked for it. */
static void keep_session(gnutls_session_t session, gnutls_datum_t *ret_session)
{
	if (!ret_session)
		return;
	gnutls_free(ret_session->data);
	if (gnutls_session_get_data2(session, ret_session))
		*ret_session = (gnutls_datum_t){NULL, 0};
}

struct handshake handshake_with(int server, const struct handshake_client *client)
{
	struct handshake result = {.alert = -1};
	gnutls_certificate_credentials_t credentials = credentials_of(client->certificate);
	gnutls_session_t session;

	/* Forced: it would not send one that no CA of the server's has signed. */
	gnutls_init(&session, GNUTLS_CLIENT | GNUTLS_FORCE_CLIENT_CERT);
	gnutls_transport_set_int(session, server);
	gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials);
	if (gnutls_priority_set_direct(session, client->priority ? client->priority : "NORMAL",
				       NULL))
		abort();
	if (client->distrust) /* it knows no authority */
		gnutls_session_set_verify_cert(session, NULL, 0);
	offer_session(session, client->session);
	ask(session, client, &result);
	keep_session(session, client->session);
	gnutls_deinit(session);
	close(server);
	gnutls_certificate_free_credentials(credentials);
	return result;
}

struct handshake handshake_over(int ends[2], struct access *policy,
				const struct handshake_client *client)
{
	struct server server = {policy, client->peer, ends[1]};
	struct handshake result;
	pthread_t thread;

	pthread_create(&thread, NULL, serve, &server);
	result = handshake_with(ends[0], client);
	pthread_join(thread, NULL);
	return result;
}

struct handshake handshake(struct access *policy, const struct handshake_client *client)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		abort();
	return handshake_over(ends, policy, client);
}
