/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Remembers the results of bcrypt for at most 100 credentials. Granted and denied ones have
 * separate slots, so that guessed passwords cannot evict the entries of valid users. Not
 * thread-safe.
 */
#ifndef AUTH_CACHE_H
#define AUTH_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AUTH_KEY_SIZE      32
#define AUTH_CACHE_GRANTED 50
#define AUTH_CACHE_DENIED  50

/*
 * A keyed hash of the user, the password and the bcrypt hash that it is compared with. It does not
 * reveal any of them.
 */
struct auth_key {
	unsigned char bytes[AUTH_KEY_SIZE];
};

struct auth_cache {
	struct auth_entry {
		struct auth_key key;
		uint64_t used; /* the time of the last use, counted in look-ups; 0: free */
	} granted[AUTH_CACHE_GRANTED], denied[AUTH_CACHE_DENIED];
	uint64_t now;
};

/* Returns whether the key is known. If so, *ret_granted is its result. */
bool auth_cache_get(struct auth_cache *cache, const struct auth_key *key, bool *ret_granted);

/* Replaces the entry of the same kind that has not been used for the longest time. */
void auth_cache_put(struct auth_cache *cache, const struct auth_key *key, bool granted);

#endif
