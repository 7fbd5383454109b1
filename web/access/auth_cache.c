// SPDX-License-Identifier: Apache-2.0
#include "web/access/auth_cache.h"

#include <string.h>

static struct auth_entry *find(struct auth_entry *entries, size_t count, const struct auth_key *key)
{
	for (size_t i = 0; i < count; i++)
		if (entries[i].used && memcmp(&entries[i].key, key, sizeof(*key)) == 0)
			return &entries[i];
	return NULL;
}

static struct auth_entry *oldest(struct auth_entry *entries, size_t count)
{
	struct auth_entry *found = entries;

	for (size_t i = 1; i < count; i++)
		if (entries[i].used < found->used)
			found = &entries[i];
	return found;
}

bool auth_cache_get(struct auth_cache *cache, const struct auth_key *key, bool *ret_granted)
{
	struct auth_entry *granted = find(cache->granted, AUTH_CACHE_GRANTED, key);
	struct auth_entry *denied = find(cache->denied, AUTH_CACHE_DENIED, key);
	struct auth_entry *entry = granted ? granted : denied;

	if (!entry)
		return false;
	entry->used = ++cache->now;
	*ret_granted = entry == granted;
	return true;
}

void auth_cache_put(struct auth_cache *cache, const struct auth_key *key, bool granted)
{
	struct auth_entry *entry = granted ? oldest(cache->granted, AUTH_CACHE_GRANTED)
					   : oldest(cache->denied, AUTH_CACHE_DENIED);

	entry->key = *key;
	entry->used = ++cache->now;
}
