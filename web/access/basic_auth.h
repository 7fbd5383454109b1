/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP basic authentication. bcrypt takes a tenth of a second and more, and that is its
 * purpose: one thread of its own does it, for one password at a time; others wait,
 * in turns of peers and with a share for each, see auth_queue.h. Unknown users cost what
 * known ones cost. Thread-safe.
 */
#ifndef BASIC_AUTH_H
#define BASIC_AUTH_H

#include <stdbool.h>
#include <stddef.h>

#include "web/access/auth_answer.h"
#include "web/config/bcrypt_hash.h"

struct auth_user {
	const char *name;
	struct bcrypt_hash hash;
};

/* Immutable; only looked at during the call. */
struct auth_users {
	struct auth_user *users;
	size_t count;
	struct bcrypt_hash decoy; /* for unknown users */
};

/* A hash that no password matches, with the highest cost among users. */
struct bcrypt_hash basic_auth_decoy(const struct auth_user *users, size_t count);

typedef bool basic_auth_compare(const struct bcrypt_hash *hash, const char *password,
				size_t length);

struct basic_auth;
struct peer;

/* compare: bcrypt_hash_matches(), but in tests. The thread starts when it is needed. */
int basic_auth_new(basic_auth_compare *compare, struct basic_auth **ret_auth);

/*
 * Answers what still waits with AUTH_BUSY. When it returns, done() is not called any more,
 * though a comparison may go on in the background for a while. NULL is allowed.
 */
void basic_auth_free(struct basic_auth *auth);

/* authorization: the header's value, or NULL. done: called once, from another thread. */
enum auth_answer basic_auth_check(struct basic_auth *auth, const struct auth_users *users,
				  const struct peer *peer, const char *authorization,
				  basic_auth_done *done, void *context);

#endif
