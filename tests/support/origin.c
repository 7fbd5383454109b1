/* SPDX-License-Identifier: Apache-2.0 */
#include "origin.h"

#include <string.h>

#include "bind_abi.h"

void origin_of(const char *path, struct bind_origin *ret_origin)
{
	size_t end = strlen(path), used = 0;

	*ret_origin = (struct bind_origin){.state = BIND_ORIGIN_COMPLETE};
	for (int level = 0; end > 1; level++) {
		const char *slash = memrchr(path, '/', end);
		size_t length = path + end - slash - 1;

		if (level == BIND_ORIGIN_LEVELS || used + length >= BIND_ORIGIN_BYTES) {
			ret_origin->state = BIND_ORIGIN_CUT;
			return;
		}
		memcpy(ret_origin->bytes + used, slash + 1, length);
		used += length + 1;
		end = slash - path;
	}
}
