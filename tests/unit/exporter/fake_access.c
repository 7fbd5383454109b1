// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/exporter/fake_access.h"

#include <errno.h>
#include <string.h>

int __real_access(const char *path, int mode);

int fake_access(const char *path, int mode, const char *missing)
{
	if (strncmp(path, "/sys/", 5) != 0)
		return __real_access(path, mode);
	errno = ENOENT;
	return missing && strcmp(path, missing) == 0 ? -1 : 0;
}
