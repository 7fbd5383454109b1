/* SPDX-License-Identifier: Apache-2.0 */
/* Makes certificates of every kind for servers and clients once, and handshakes with them. */
#ifndef UNIT_TLS_FIXTURE_H
#define UNIT_TLS_FIXTURE_H

#include "tests/lib/handshake.h"

#define TLS12 "NORMAL:-VERS-ALL:+VERS-TLS1.2"
#define TLS13 "NORMAL:-VERS-ALL:+VERS-TLS1.3"

struct access_file;

/* A client's certificate. */
enum which {
	NONE,
	GOOD,
	OTHER_CA,
	FORGED,
	EXPIRED,
	FUTURE,
	OTHER_SAN,
	FOR_SERVERS,
	MAIL,
	URI,
	ADDRESS,
	CLIENTS
};

/* Called before and after the suite. Returns 0 or -errno. */
int tls_fixture_make(void);
void tls_fixture_remove(void);

/* Returns NULL for NONE. */
const struct certificate *tls_fixture_client(enum which who);

/*
 * Writes a web configuration file for a server with this key and these additional lines. Returns
 * its path.
 */
const char *tls_fixture_write(const char *key, const char *lines);
struct access_file *tls_fixture_open(const char *key, const char *lines);

/* Makes one handshake with such a server. */
struct handshake tls_fixture_try(const char *key, const char *lines, const char *priority,
				 enum which who);

#endif
