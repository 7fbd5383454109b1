// SPDX-License-Identifier: Apache-2.0
#include "metrics/rows/unit_fold.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#include "common/label.h"
#include "metrics/owners/owner.h"

int unit_fold_add(struct unit_fold *fold, const char *glob)
{
	char value[OWNER_UNIT_MAX];

	if (!*glob)
		return -EINVAL;
	label_copy(glob, strlen(glob), value, sizeof(value));
	if (strcmp(value, glob) != 0)
		return -EILSEQ;
	if (fold->count == UNIT_FOLD_GLOBS_MAX)
		return -ENOSPC;
	fold->globs[fold->count++] = glob;
	return 0;
}

const char *unit_fold_name(const struct unit_fold *fold, const char *unit)
{
	for (uint32_t i = 0; i < fold->count; i++)
		if (strcmp(fold->globs[i], unit) == 0)
			return fold->globs[i];
	for (uint32_t i = 0; i < fold->count && *unit; i++)
		if (fnmatch(fold->globs[i], unit, 0) == 0)
			return fold->globs[i];
	return unit;
}
