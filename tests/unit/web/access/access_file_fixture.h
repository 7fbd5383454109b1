/* SPDX-License-Identifier: Apache-2.0 */
/* A web configuration file that is followed, and a log of that. One at a time. */
#ifndef UNIT_ACCESS_FILE_FIXTURE_H
#define UNIT_ACCESS_FILE_FIXTURE_H

#include "tests/lib/certificates.h"
#include "tests/unit/suite.h"
#include "web/access/access.h"

#define PAIR "tls_server_config:\n  cert_file: cert.pem\n  key_file: key.pem\n"
/* alice:secret, at the lowest cost */
#define USERS "basic_auth_users:\n  alice: " HASH "\n"
#define HASH  "$2b$04$CCCCCCCCCCCCCCCCCCCCC.4K7lyz.nKATbsiu/RcZjqWyDNnj87qG"
#define ALICE "Basic YWxpY2U6c2VjcmV0"

#define READ_AGAIN "web configuration reloaded"
#define INVALID    "web configuration is invalid"

extern struct access_file *file;
extern struct certificate first, second; /* with these names */

/* As run_suite(), with the certificates and a directory. */
int run_file_suite(const char *name, const struct unit_test *tests, size_t count);

/* Opens a file of this text. From now on standard error is the log. */
void file_begin(const char *text);
void file_end(void);

/* Path of a file in that directory. Valid until four calls later. */
const char *path_of(const char *name);

void write_config(const char *text);
void write_pair(const struct certificate *certificate);

/* How often the log contains the text. */
int logged(const char *what);

/* The answer to a login by the present file. */
enum auth_answer authenticate(const char *authorization);

#endif
