/* SPDX-License-Identifier: Apache-2.0 */
/* Servers' and clients' certificates of every kind, made once, and handshakes with them. */
#ifndef UNIT_TLS_FIXTURE_H
#define UNIT_TLS_FIXTURE_H

#include "handshake.h"

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

/* 0 or -errno. Before the suite, and after it. */
int tls_fixture_make(void);
void tls_fixture_remove(void);

/* NULL for NONE. */
const struct certificate *tls_fixture_client(enum which who);

/* The path of a web configuration file: a server of this key, with these further lines. */
const char *tls_fixture_write(const char *key, const char *lines);
struct access_file *tls_fixture_open(const char *key, const char *lines);

/* One handshake with it. */
struct handshake tls_fixture_try(const char *key, const char *lines, const char *priority,
				 enum which who);

#endif
