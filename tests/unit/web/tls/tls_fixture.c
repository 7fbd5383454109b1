// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/web/tls/tls_fixture.h"

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/lib/scratch.h"
#include "web/access/access.h"

#define PATH_MAX_HERE 160

static char directory[SCRATCH_SIZE];
static struct certificate clients[CLIENTS];

static const char *path_of(const char *name)
{
	static char paths[4][PATH_MAX_HERE];
	static int next;
	char *path = paths[next++ % 4];

	snprintf(path, PATH_MAX_HERE, "%s/%s", directory, name);
	return path;
}

static void make_clients(void)
{
	const struct certificate_request ca = {.name = "CA", .is_ca = true};
	const struct certificate_request other_ca = {.name = "Other CA", .is_ca = true};
	const struct certificate_request requests[CLIENTS] = {
		[GOOD] = {.name = "good",
			  .dns = "good.example",
			  .purpose = GNUTLS_KP_TLS_WWW_CLIENT},
		[OTHER_CA] = {.name = "other", .dns = "good.example"},
		[FORGED] = {.name = "forged", .dns = "good.example"},
		[EXPIRED] = {.name = "expired", .dns = "good.example", .has_expired = true},
		[FUTURE] = {.name = "future", .dns = "good.example", .is_early = true},
		[OTHER_SAN] = {.name = "good.example", .dns = "bad.example"},
		[FOR_SERVERS] = {.name = "server",
				 .dns = "good.example",
				 .purpose = GNUTLS_KP_TLS_WWW_SERVER},
		[MAIL] = {.name = "mail", .email = "a@good.example"},
		[URI] = {.name = "uri", .uri = "spiffe://good.example/a"},
		[ADDRESS] = {.name = "address", .ipv4 = "192.0.2.1"},
	};
	struct certificate right = certificate_make(&ca, NULL);
	struct certificate forged = certificate_make(&ca, NULL);
	struct certificate other = certificate_make(&other_ca, NULL);

	for (int i = GOOD; i < CLIENTS; i++)
		clients[i] = certificate_make(&requests[i], i == OTHER_CA ? &other
							    : i == FORGED ? &forged
									  : &right);
	certificate_write(&right, path_of("ca.pem"), NULL);
	certificate_free(&right);
	certificate_free(&forged);
	certificate_free(&other);
}

static void make_servers(void)
{
	const struct certificate_request rsa = {.name = "rsa", .algorithm = GNUTLS_PK_RSA};
	const struct certificate_request ecdsa = {.name = "ecdsa"};
	struct certificate server = certificate_make(&rsa, NULL);

	certificate_write(&server, path_of("rsa.pem"), path_of("rsa.key"));
	certificate_free(&server);
	server = certificate_make(&ecdsa, NULL);
	certificate_write(&server, path_of("ecdsa.pem"), path_of("ecdsa.key"));
	certificate_free(&server);
}

int tls_fixture_make(void)
{
	int error = scratch_make(directory);

	signal(SIGPIPE, SIG_IGN);
	if (error)
		return error;
	make_clients();
	make_servers();
	return 0;
}

void tls_fixture_remove(void)
{
	for (int i = GOOD; i < CLIENTS; i++)
		certificate_free(&clients[i]);
	scratch_remove(directory);
}

const struct certificate *tls_fixture_client(enum which who)
{
	return who ? &clients[who] : NULL;
}

const char *tls_fixture_write(const char *key, const char *lines)
{
	static char name[PATH_MAX_HERE];
	FILE *out;

	snprintf(name, sizeof(name), "%s/%d.yml", directory, (int)getpid());
	out = fopen(name, "w");
	ck_assert_ptr_nonnull(out);
	fprintf(out, "tls_server_config:\n  cert_file: %s.pem\n  key_file: %s.key\n%s", key, key,
		lines);
	fclose(out);
	return name;
}

struct access_file *tls_fixture_open(const char *key, const char *lines)
{
	struct access_file *file;
	char error[ACCESS_ERROR_MAX];

	ck_assert_msg(access_file_open(tls_fixture_write(key, lines), &file, error) == 0, "%s",
		      error);
	return file;
}

struct handshake tls_fixture_try(const char *key, const char *lines, const char *priority,
				 enum which who)
{
	const struct handshake_client client = {.priority = priority,
						.certificate = tls_fixture_client(who)};
	struct access_file *file = tls_fixture_open(key, lines);
	struct access *access = access_file_current(file);
	struct handshake result;

	ck_assert_ptr_nonnull(access);
	ck_assert(access_uses_tls(access));
	result = handshake(access, &client);
	access_unref(access);
	access_file_close(file);
	return result;
}
