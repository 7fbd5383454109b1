/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Implements HTTP basic authentication. bcrypt takes a tenth of a second or more on purpose. One
 * thread does this work, for one password at a time. Other requests wait: peers take turns, and
 * each has a share of the queue, see auth_queue.h. An unknown user costs as much as a known one.
 * Thread-safe.
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

/* Immutable. Used only during the call. */
struct auth_users {
	struct auth_user *users;
	size_t count;
	struct bcrypt_hash decoy; /* for unknown users */
};

/* Returns a hash that no password matches, with the highest cost of all users. */
struct bcrypt_hash basic_auth_decoy(const struct auth_user *users, size_t count);

typedef bool basic_auth_compare(const struct bcrypt_hash *hash, const char *password,
				size_t length);

struct basic_auth;
struct peer;

/*
 * compare: bcrypt_hash_matches(); tests use another function. The thread is started when it is
 * needed. Returns 0; -ENOMEM; -EIO: no random numbers.
 */
int basic_auth_new(basic_auth_compare *compare, struct basic_auth **ret_auth);

/*
 * Answers all waiting requests with AUTH_BUSY. After it returns, done() is not called any more, but
 * a comparison may continue in the background for a while. NULL is allowed.
 */
void basic_auth_free(struct basic_auth *auth);

/*
 * authorization: the header's value, or NULL. After AUTH_PENDING, done is called once, from another
 * thread.
 */
enum auth_answer basic_auth_check(struct basic_auth *auth, const struct auth_users *users,
				  const struct peer *peer, const char *authorization,
				  struct auth_waiter waiter);

#endif
