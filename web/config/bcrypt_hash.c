// SPDX-License-Identifier: Apache-2.0
#include "web/config/bcrypt_hash.h"

#include <crypt.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LENGTH_MIN     59
#define SETTING_LENGTH (7 + BCRYPT_SALT_LENGTH)

static const char alphabet[] = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

static __attribute__((format(printf, 2, 3))) int refuse(char *error, const char *cause, ...)
{
	int length = snprintf(error, BCRYPT_ERROR_MAX, "crypto/bcrypt: ");
	va_list arguments;

	va_start(arguments, cause);
	vsnprintf(error + length, BCRYPT_ERROR_MAX - length, cause, arguments);
	va_end(arguments);
	return -EINVAL;
}

static bool is_digit(char byte)
{
	return byte >= '0' && byte <= '9';
}

/* Parses the part before the salt: "$2b$10$", "$2$10$". */
static int parse_prefix(const char *text, const char **ret_rest, int *ret_cost, char *ret_error)
{
	const char *cost = text + (text[2] == '$' ? 3 : 4);

	if (text[0] != '$')
		return refuse(ret_error,
			      "bcrypt hashes must start with '$', but hashedSecret started with "
			      "'%c'",
			      text[0]);
	if (text[1] > '2')
		return refuse(ret_error,
			      "bcrypt algorithm version '%c' requested is newer than current "
			      "version '2'",
			      text[1]);
	if (text[1] != '2')
		return refuse(ret_error, "bcrypt algorithm version '%c' is unknown", text[1]);
	if (cost[-1] != '$' || !is_digit(cost[0]) || !is_digit(cost[1]) || cost[2] != '$')
		return refuse(ret_error, "no cost in hashedSecret, as in $2b$10$");
	*ret_cost = 10 * (cost[0] - '0') + (cost[1] - '0');
	if (*ret_cost < BCRYPT_COST_MIN || *ret_cost > BCRYPT_COST_MAX)
		return refuse(ret_error, "cost %d is outside allowed inclusive range %d..%d",
			      *ret_cost, BCRYPT_COST_MIN, BCRYPT_COST_MAX);
	*ret_rest = cost + 3;
	return 0;
}

int bcrypt_hash_parse(const char *text, struct bcrypt_hash *ret_hash,
		      char ret_error[BCRYPT_ERROR_MAX])
{
	struct bcrypt_hash hash = {.whole = false};
	const char *rest = text;
	int error;

	if (strlen(text) < LENGTH_MIN)
		return refuse(ret_error, "hashedSecret too short to be a bcrypted password");
	error = parse_prefix(text, &rest, &hash.cost, ret_error);
	if (error)
		return error;
	memcpy(hash.salt, rest, BCRYPT_SALT_LENGTH);
	rest += BCRYPT_SALT_LENGTH;
	strncpy(hash.check, rest, BCRYPT_CHECK_LENGTH);
	hash.whole = strlen(rest) == BCRYPT_CHECK_LENGTH &&
		     strspn(hash.salt, alphabet) == BCRYPT_SALT_LENGTH;
	*ret_hash = hash;
	return 0;
}

/* memcmp() would not do: its duration depends on how many bytes are right. */
static bool equal(const char *one, const char *other, size_t length)
{
	unsigned char difference = 0;

	for (size_t i = 0; i < length; i++)
		difference |= (unsigned char)(one[i] ^ other[i]);
	return difference == 0;
}

/*
 * Does the same work for every hash of this cost. ret_check gets 31 bytes. Returns false if the
 * result is not a bcrypt hash.
 */
static bool run(const struct bcrypt_hash *hash, const char *password, char *ret_check)
{
	struct crypt_data *data = calloc(1, sizeof(*data));
	char setting[SETTING_LENGTH + 1];
	const char *result;
	bool valid;

	if (!data)
		return false;
	/* The setting is built here, so that no byte of the file can choose another method. */
	snprintf(setting, sizeof(setting), "$2b$%02d$%s", hash->cost,
		 hash->whole ? hash->salt : "......................");
	result = crypt_r(password, setting, data);
	valid = result && strlen(result) == SETTING_LENGTH + BCRYPT_CHECK_LENGTH &&
		strncmp(result, setting, 7) == 0;
	if (valid)
		memcpy(ret_check, result + SETTING_LENGTH, BCRYPT_CHECK_LENGTH);
	explicit_bzero(data, sizeof(*data));
	free(data);
	return valid;
}

bool bcrypt_hash_matches(const struct bcrypt_hash *hash, const char *password, size_t length)
{
	char looked_at[BCRYPT_PASSWORD_MAX + 1] = "", check[BCRYPT_CHECK_LENGTH] = "";
	bool has_nul = memchr(password, '\0', length) != NULL;
	bool valid;

	memcpy(looked_at, password, length < BCRYPT_PASSWORD_MAX ? length : BCRYPT_PASSWORD_MAX);
	valid = run(hash, looked_at, check);
	explicit_bzero(looked_at, sizeof(looked_at));
	return equal(check, hash->check, sizeof(check)) && valid && hash->whole && !has_nul;
}
