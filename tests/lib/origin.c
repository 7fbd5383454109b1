/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lib/origin.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "bpf/abi/bind_abi.h"

struct names {
	const char *at[BIND_ORIGIN_LEVELS]; /* the last name of the path first */
	size_t length[BIND_ORIGIN_LEVELS];  /* with its NUL */
	int count;
};

/* False: there are too many names. */
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

/* The bytes of all names from first on. */
static size_t size_from(const struct names *names, int first)
{
	size_t size = 0;

	for (int i = first; i < names->count; i++)
		size += names->length[i];
	return size;
}

/* False: there is no room for the last piece of a name. */
static bool put(const struct names *names, int first, size_t offset, struct bind_origin *origin)
{
	const size_t piece = BIND_ORIGIN_PIECE - 1;

	for (int i = first; i < names->count; i++) {
		size_t length = names->length[i] - 1;

		if (offset + length / piece * piece > BIND_ORIGIN_ROOM)
			return false;
		memcpy(origin->bytes + offset, names->at[i], length + 1);
		origin->bytes[offset + length] = '\0';
		offset += length + 1;
	}
	return true;
}

/* As in the kernel, bytes that an earlier attempt left behind the end are not cleared. */
static void leave_out_middle(const struct names *names, struct bind_origin *origin)
{
	size_t own = names->length[0], kept = own, leave_out, left_out = 0;
	int first = 1;

	if (own > BIND_ORIGIN_OWN_MAX) {
		origin->bytes[0] = '\0';
		kept = 1;
	}
	leave_out = size_from(names, 1) - (BIND_ORIGIN_ROOM - kept);
	if (size_from(names, 1) < BIND_ORIGIN_ROOM - kept)
		leave_out = 0;
	for (; left_out < leave_out && first < names->count; first++)
		left_out += names->length[first];
	if (put(names, first, kept, origin))
		origin->bytes[kept + size_from(names, first)] = '\0';
}

void origin_of(const char *path, struct bind_origin *ret_origin)
{
	struct names names;

	*ret_origin = (struct bind_origin){.state = BIND_ORIGIN_CUT};
	if (!split(path, &names))
		return;
	ret_origin->state = BIND_ORIGIN_COMPLETE;
	if (put(&names, 0, 0, ret_origin))
		return;
	ret_origin->state = BIND_ORIGIN_MIDDLE_OUT;
	leave_out_middle(&names, ret_origin);
}
