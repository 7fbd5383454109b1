/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verifies bcrypt hashes, and no other kind of hash that crypt(3) accepts: libcrypt would silently
 * treat a setting that it does not recognise as bcrypt as DES.
 */
#ifndef BCRYPT_HASH_H
#define BCRYPT_HASH_H

#include <stdbool.h>
#include <stddef.h>

#define BCRYPT_COST_MIN     4
#define BCRYPT_COST_MAX     31
#define BCRYPT_SALT_LENGTH  22
#define BCRYPT_CHECK_LENGTH 31
#define BCRYPT_PASSWORD_MAX 72 /* bytes; bcrypt ignores the rest */
#define BCRYPT_ERROR_MAX    160

struct bcrypt_hash {
	int cost; /* an increment doubles the work */
	char salt[BCRYPT_SALT_LENGTH + 1];
	char check[BCRYPT_CHECK_LENGTH + 1];
	bool whole; /* false: too short, too long or with an invalid salt; no password matches */
};

/*
 * Accepts the same hashes as Go's bcrypt package: at least 59 bytes, "$2" with any minor version or
 * none, cost 4 to 31. Returns 0, or -EINVAL with one line in Go's words in ret_error.
 */
int bcrypt_hash_parse(const char *text, struct bcrypt_hash *ret_hash,
		      char ret_error[BCRYPT_ERROR_MAX]);

/*
 * Takes the time that the hash's cost implies, for any password and any hash. length: bytes of the
 * password, which may contain any byte; a password with a NUL never matches.
 */
bool bcrypt_hash_matches(const struct bcrypt_hash *hash, const char *password, size_t length);

#endif
