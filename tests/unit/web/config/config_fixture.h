/* SPDX-License-Identifier: Apache-2.0 */
/* A directory with a web configuration file, and with what it can name. */
#ifndef UNIT_CONFIG_FIXTURE_H
#define UNIT_CONFIG_FIXTURE_H

#include "tests/lib/scratch.h"
#include "tests/unit/suite.h"

#define TLS     "tls_server_config:\n"
#define PAIR    TLS "  cert_file: server.pem\n  key_file: server.key\n"
#define HEADERS "http_server_config:\n  headers:\n"
#define USERS   "basic_auth_users:\n"
#define BCRYPT  "$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi"

extern char config_directory[SCRATCH_SIZE];

/* As run_suite(), with the directory. In it are server.pem, server.key and ca.pem. */
int run_config_suite(const char *name, const struct unit_test *tests, size_t count);

/* The path of a file there, until the next call. */
const char *path_of(const char *name);

/* Writes web.yml. Returns its path, until the next call of path_of(). */
const char *write_config(const char *text);

#endif
