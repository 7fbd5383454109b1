/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bcrypt, and nothing else that crypt(3) might take a string for: a setting that libcrypt
 * does not know as bcrypt would silently be DES.
 */
#ifndef BCRYPT_HASH_H
#define BCRYPT_HASH_H

#include <stdbool.h>
#include <stddef.h>

#define BCRYPT_COST_MIN     4
#define BCRYPT_COST_MAX     31
#define BCRYPT_SALT_LENGTH  22
#define BCRYPT_CHECK_LENGTH 31
#define BCRYPT_PASSWORD_MAX 72 /* bytes: bcrypt looks at no more */
#define BCRYPT_ERROR_MAX    160

struct bcrypt_hash {
	int cost; /* each one more doubles the work */
	char salt[BCRYPT_SALT_LENGTH + 1];
	char check[BCRYPT_CHECK_LENGTH + 1];
	bool whole; /* false: truncated or overlong; no password matches */
};

/*
 * Accepts what Go's bcrypt accepts: 59 bytes at least, "$2", any minor version or none,
 * cost 4 to 31. 0, or -EINVAL with a line in Go's words.
 */
int bcrypt_hash_parse(const char *text, struct bcrypt_hash *ret_hash,
		      char ret_error[BCRYPT_ERROR_MAX]);

/*
 * Takes as long as the hash's cost says, whatever the password and the hash are like.
 * length: bytes of password, which may hold anything; one with a NUL matches nothing.
 */
bool bcrypt_hash_matches(const struct bcrypt_hash *hash, const char *password, size_t length);

#endif
