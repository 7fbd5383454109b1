/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What --web.config.file asks of connections and requests. A policy is one reading of the
 * file, and of the files that it names; a access_file follows them as they change.
 * Thread-safe.
 */
#ifndef POLICY_H
#define POLICY_H

#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <stddef.h>

#include "web/access/basic_auth.h"
#include "web/tls/tls.h"

#define POLICY_ERROR_MAX 1024

struct access;      /* reference-counted, immutable */
struct access_file; /* outlived by policies that are still referenced */

struct access_header {
	const char *name, *value;
};

/*
 * Reads it for the first time. 0, or -errno with one line in ret_error that names the file,
 * mostly the line in it, and the cause in the words of Prometheus' exporter-toolkit.
 */
int access_file_open(const char *path, struct access_file **ret_file,
		     char ret_error[POLICY_ERROR_MAX]);

/* Before privileges are dropped or not: only whether it could be opened. */
int access_file_check(const char *path, char ret_error[POLICY_ERROR_MAX]);

/* Answers who waits for bcrypt with AUTH_BUSY; after that done() is not called. NULL is allowed. */
void access_file_close(struct access_file *file);

/*
 * As it is now, with a reference: stat()s all files, and reads again when one has changed.
 * NULL: what is there now is invalid. The answer is 500 then. Logs every change once, with its
 * reason where it is invalid. What asks for less of clients than before is taken after a second
 * only: it may be half written.
 */
struct access *access_file_current(struct access_file *file);

/* The next access_file_current() reads again, whatever stat() says. */
void access_file_reload(struct access_file *file);

struct access *access_ref(struct access *policy);
void access_unref(struct access *policy); /* NULL is allowed */

bool access_uses_tls(const struct access *policy);

/*
 * Before the handshake: credentials, versions, suites, and what is asked of the client's
 * certificate. Why it fails is logged, for some. The caller keeps its reference, peer and
 * ret_own until the connection is closed, and leaves gnutls_session_set_ptr() alone. 0 or -EIO.
 */
int access_prepare_session(struct access *policy, gnutls_session_t session,
			   const struct sockaddr *peer, struct tls_session *ret_own);

/* The rate limit, of all clients together: false is answered with 429. */
bool access_admits(struct access *policy);

/* For every answer after that. They live as long as the reference. */
const struct access_header *access_headers(const struct access *policy, size_t *ret_count);

bool access_needs_credentials(const struct access *policy);

/*
 * authorization: the header's value, or NULL. AUTH_PENDING: bcrypt runs in a thread of its
 * own, which calls done(context, answer) once. AUTH_BUSY is answered with 503.
 */
enum auth_answer access_authenticate(struct access *policy, const struct peer *peer,
				     const char *authorization, basic_auth_done *done,
				     void *context);

#endif
