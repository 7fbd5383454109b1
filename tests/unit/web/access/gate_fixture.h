/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP server behind a web configuration file without TLS. One at a time. */
#ifndef UNIT_GATE_FIXTURE_H
#define UNIT_GATE_FIXTURE_H

#include "tests/lib/http_client.h"
#include "tests/unit/web/http/stub_server.h"

#define RIGHT "cHJvbTpzZWNyZXQ=" /* prom:secret */
#define WRONG "cHJvbTp3cm9uZw==" /* prom:wrong */

/* The user, with bcrypt's hash of "secret", quick or slow. */
#define USERS      USER("$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW")
#define SLOW_USERS USER("$2b$12$abcdefghijklmnopqrstuuT1Iwu6o8Wx7BoOyIMHfgVJq6JO/IJhW")
#define USER(hash) "basic_auth_users:\n  prom: " hash "\n"

/* A request with these credentials, on a connection that is kept. */
#define REQUEST(credentials)                   \
	"GET /metrics HTTP/1.1\r\nHost: a\r\n" \
	"Authorization: Basic " credentials "\r\n\r\n"

extern char gate_config[]; /* path of the file */

/* Writes a new file and renames it, as administrators should. */
void gate_write_config(const char *text);

void gate_start(const char *text);
void gate_start_within(const char *text, const struct connection_limits *limits);
void gate_stop(void);

/* credentials: base64, or NULL. */
struct http_response gate_ask(const char *method, const char *target, const char *credentials);

/* The status of a GET. */
int gate_status(const char *target, const char *credentials);

/* Sends all of these bytes. */
void gate_send(int connection, const char *bytes);

#endif
