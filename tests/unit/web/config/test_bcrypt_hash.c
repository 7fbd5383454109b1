// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <string.h>

#include "tests/unit/suite.h"
#include "web/config/bcrypt_hash.h"

#define SALT  "abcdefghijklmnopqrstuu"
#define CHECK "5s2v8.iXieOjg/.AySBTTZIIVFJeBui"

/* Published vectors of other implementations. */
static const struct {
	const char *hash;
	const char *password;
	bool matches;
} vectors[] = {
	{"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U", true},
	{"$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK", "U*U*", true},
	{"$2a$05$XXXXXXXXXXXXXXXXXXXXXOAcXxm9kjPGEMsLznoKqmqw7tc8WCx4a", "U*U*U", true},
	{"$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy", "", true},
	{"$2y$05$/OK.fbVrR/bpIqNJ5ianF.Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq", "\xa3", true},
	{"$2b$05$/OK.fbVrR/bpIqNJ5ianF.Sa7shbm4.OzKpvFnX1pQLmQW96oUlCq", "\xa3", true},
	{"$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi", "fakepassword", true},
	{"$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi", "fakepasswore", false},
	{"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U*", false},
	{"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "", false},
	{"$2z$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U", true},
	{"$2$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U", true},
	/* one byte too few, one too many, one changed, an invalid salt */
	{"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe", "U*U", false},
	{"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeWW", "U*U", false},
	{"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeX", "U*U", false},
	{"$2a$05$CCCCCCCCCC$CCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U", false},
	{"$2a$06$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U", false},
};

START_TEST(compares)
{
	char reason[BCRYPT_ERROR_MAX];
	struct bcrypt_hash hash;

	ck_assert_int_eq(bcrypt_hash_parse(vectors[_i].hash, &hash, reason), 0);
	ck_assert(bcrypt_hash_matches(&hash, vectors[_i].password, strlen(vectors[_i].password)) ==
		  vectors[_i].matches);
}
END_TEST

/* bcrypt reads 72 bytes and ignores the rest, in Go as well. */
START_TEST(looks_at_72_bytes)
{
	const char *text = "$2a$05$abcdefghijklmnopqrstuu" CHECK;
	char password[600], reason[BCRYPT_ERROR_MAX];
	struct bcrypt_hash hash;

	for (size_t i = 0; i < sizeof(password); i++)
		password[i] =
			"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"[i % 62];
	ck_assert_int_eq(bcrypt_hash_parse(text, &hash, reason), 0);
	ck_assert(bcrypt_hash_matches(&hash, password, 72));
	ck_assert(bcrypt_hash_matches(&hash, password, 73));
	ck_assert(bcrypt_hash_matches(&hash, password, sizeof(password)));
	ck_assert(!bcrypt_hash_matches(&hash, password, 71));
}
END_TEST

/* A C string would end at the NUL: "U*U" followed by anything would match. */
START_TEST(denies_nul)
{
	char reason[BCRYPT_ERROR_MAX];
	struct bcrypt_hash hash;

	ck_assert_int_eq(bcrypt_hash_parse(vectors[0].hash, &hash, reason), 0);
	ck_assert(bcrypt_hash_matches(&hash, "U*U\0x", 3));
	ck_assert(!bcrypt_hash_matches(&hash, "U*U\0x", 5));
	ck_assert(!bcrypt_hash_matches(&hash, "U*U\0x", 4));
}
END_TEST

static const struct {
	const char *hash;
	const char *error;
} refused[] = {
	{"", "crypto/bcrypt: hashedSecret too short to be a bcrypted password"},
	{"secret", "too short"},
	{"$2a$10$" SALT, "too short"},
	{"$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyO", "too short"},
	/* Settings that crypt(3) takes for DES, MD5, SHA-512, yescrypt or no hash. */
	{"ab" SALT SALT SALT, "must start with '$', but hashedSecret started with 'a'"},
	{"_J9.." SALT SALT SALT, "must start with '$'"},
	{"$1$" SALT SALT SALT, "algorithm version '1' is unknown"},
	{"$6$" SALT SALT SALT,
	 "crypto/bcrypt: bcrypt algorithm version '6' requested is newer than "
	 "current version '2'"},
	{"$y$j9T$" SALT SALT SALT, "version 'y' requested is newer"},
	{"*0" SALT SALT SALT, "must start with '$'"},
	{"$2a$03$" SALT CHECK, "crypto/bcrypt: cost 3 is outside allowed inclusive range 4..31"},
	{"$2a$32$" SALT CHECK, "cost 32 is outside"},
	{"$2a$1$" SALT CHECK ".", "no cost"},
	{"$2a$xx$" SALT CHECK, "no cost"},
	{"$2a$-4$" SALT CHECK, "no cost"},
	{"$2a$10." SALT CHECK, "no cost"},
	{"$2ab$10$" SALT CHECK, "no cost"},
};

START_TEST(refuses_other_hashes)
{
	char reason[BCRYPT_ERROR_MAX] = "";
	struct bcrypt_hash hash;

	ck_assert_msg(bcrypt_hash_parse(refused[_i].hash, &hash, reason) == -EINVAL, "accepted: %s",
		      refused[_i].hash);
	ck_assert_msg(strstr(reason, refused[_i].error), "%s: %s", refused[_i].hash, reason);
}
END_TEST

int main(void)
{
	const struct unit_test tests[] = {
		{compares, ARRAY_SIZE(vectors)},
		{looks_at_72_bytes, 0},
		{denies_nul, 0},
		{refuses_other_hashes, ARRAY_SIZE(refused)},
	};

	return run_suite("bcrypt_hash", tests, ARRAY_SIZE(tests));
}
