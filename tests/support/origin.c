/* SPDX-License-Identifier: Apache-2.0 */
#include "origin.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "bind_abi.h"

#define OWN_NAME_MAX 128 /* with its NUL */

struct names {
	const char *at[BIND_ORIGIN_LEVELS]; /* the last name of the path first */
	size_t length[BIND_ORIGIN_LEVELS];  /* with its NUL */
	int count;
};

/* False: there are too many. */
static bool split(const char *path, struct names *ret_names)
{
	size_t end = strlen(path);

	for (ret_names->count = 0; end > 1; ret_names->count++) {
		const char *slash = memrchr(path, '/', end);

		if (ret_names->count == BIND_ORIGIN_LEVELS)
			return false;
		ret_names->at[ret_names->count] = slash + 1;
		ret_names->length[ret_names->count] = path + end - slash;
		end = slash - path;
	}
	return true;
}

/* Bytes of all names from first on. */
static size_t size_from(const struct names *names, int first)
{
	size_t size = 0;

	for (int i = first; i < names->count; i++)
		size += names->length[i];
	return size;
}

static void put(const struct names *names, int first, size_t offset, struct bind_origin *origin)
{
	for (int i = first; i < names->count; i++) {
		memcpy(origin->bytes + offset, names->at[i], names->length[i] - 1);
		offset += names->length[i];
	}
}

void origin_of(const char *path, struct bind_origin *ret_origin)
{
	size_t own = 1;
	struct names names;
	int first = 1;

	*ret_origin = (struct bind_origin){.state = BIND_ORIGIN_CUT};
	if (!split(path, &names))
		return;
	if (size_from(&names, 0) <= BIND_ORIGIN_BYTES) {
		ret_origin->state = BIND_ORIGIN_COMPLETE;
		put(&names, 0, 0, ret_origin);
		return;
	}
	ret_origin->state = BIND_ORIGIN_MIDDLE_OUT;
	if (names.length[0] <= OWN_NAME_MAX) {
		own = names.length[0];
		memcpy(ret_origin->bytes, names.at[0], own - 1);
	}
	while (own + size_from(&names, first) > BIND_ORIGIN_BYTES)
		first++;
	put(&names, first, own, ret_origin);
}
