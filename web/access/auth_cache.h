/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Remembers what bcrypt said, for a hundred credentials at most. Those that were granted
 * and those that were denied have places of their own, so that nobody who guesses
 * passwords can make the exporter forget who is let in. Not thread-safe.
 */
#ifndef AUTH_CACHE_H
#define AUTH_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AUTH_KEY_SIZE      32
#define AUTH_CACHE_GRANTED 50
#define AUTH_CACHE_DENIED  50

/* A keyed hash of user, password and what it is compared with: nothing can be read from it. */
struct auth_key {
	unsigned char bytes[AUTH_KEY_SIZE];
};

struct auth_cache {
	struct auth_entry {
		struct auth_key key;
		uint64_t used; /* when: counts look-ups; 0: free */
	} granted[AUTH_CACHE_GRANTED], denied[AUTH_CACHE_DENIED];
	uint64_t now;
};

/* Whether it is known, and then what it was. */
bool auth_cache_get(struct auth_cache *cache, const struct auth_key *key, bool *ret_granted);

/* In the place of the one of its kind that was not asked for the longest. */
void auth_cache_put(struct auth_cache *cache, const struct auth_key *key, bool granted);

#endif
