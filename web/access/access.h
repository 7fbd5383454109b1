/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Applies --web.config.file to connections and requests. A struct access is one reading of the file
 * and of the files that it names. A struct access_file follows these files as they change.
 * Thread-safe.
 */
#ifndef ACCESS_H
#define ACCESS_H

#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <stddef.h>

#include "web/access/basic_auth.h"
#include "web/tls/tls.h"

#define ACCESS_ERROR_MAX 1024

struct access;      /* reference-counted, immutable */
struct access_file; /* may be closed while a struct access from it is still referenced */

struct access_header {
	const char *name, *value;
};

/*
 * Reads the file for the first time. Returns 0, or -errno with one line in ret_error. The line
 * names the file, in most cases the line in it, and the cause in the words of Prometheus'
 * exporter-toolkit.
 */
int access_file_open(const char *path, struct access_file **ret_file,
		     char ret_error[ACCESS_ERROR_MAX]);

/* Checks whether access_file_open() would succeed. Privileges may or may not have been dropped. */
int access_file_check(const char *path, char ret_error[ACCESS_ERROR_MAX]);

/*
 * Answers all requests that wait for bcrypt with AUTH_BUSY. Afterwards done() is not called any
 * more. NULL is allowed.
 */
void access_file_close(struct access_file *file);

/*
 * Returns the current access, with a reference. Calls stat() for all files, and reads them again if
 * one has changed. Returns NULL if the files are invalid; requests are then answered with 500. Each
 * change is logged once, with the reason if it is invalid. A change that requires less of clients
 * than before takes effect only after one second: the file may be half written.
 */
struct access *access_file_current(struct access_file *file);

/* Makes the next access_file_current() read the files again, whatever stat() returns. */
void access_file_reload(struct access_file *file);

struct access *access_ref(struct access *access);
void access_unref(struct access *access); /* NULL is allowed */

bool access_uses_tls(const struct access *access);

/*
 * Prepares a session before its handshake: credentials, versions, suites, and the requirements on
 * the client's certificate. Some failed handshakes are logged, with the reason. The caller keeps
 * its reference, peer and ret_own until the connection is closed, and does not call
 * gnutls_session_set_ptr(). Returns 0 or -EIO.
 */
int access_prepare_session(struct access *access, gnutls_session_t session,
			   const struct sockaddr *peer, struct tls_session *ret_own);

/* Applies the rate limit, which all clients share. false: answer with 429. */
bool access_admits(struct access *access);

/* Returns the headers of every answer after access_admits(). They live as long as the reference. */
const struct access_header *access_headers(const struct access *access, size_t *ret_count);

/*
 * Grants every request if the file names no users. authorization: the header's value, or NULL.
 * AUTH_PENDING: bcrypt runs in another thread, which calls waiter.done() once. AUTH_BUSY: answer
 * with 503.
 */
enum auth_answer access_authenticate(struct access *access, const struct peer *peer,
				     const char *authorization, struct auth_waiter waiter);

#endif
