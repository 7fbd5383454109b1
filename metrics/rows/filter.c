// SPDX-License-Identifier: Apache-2.0
#include "metrics/rows/filter.h"

#include <errno.h>
#include <fnmatch.h>

#include "metrics/rows/names.h"

static bool matches_some_family(const char *glob)
{
	/* Family 0 has no name and is "other". */
	for (uint16_t family = 0; family <= BIND_NAMED_FAMILIES; family++)
		if (fnmatch(glob, bind_family_name(family), 0) == 0)
			return true;
	return false;
}

int filter_add(struct filter *filter, enum filter_list list, const char *glob)
{
	struct filter_globs *globs = &filter->lists[list];

	if (!*glob)
		return -EINVAL;
	/*
	 * A family glob that matches no family, such as "ipv4", would silently count nothing. Any
	 * comm, in contrast, may appear one day.
	 */
	if ((list == FILTER_FAMILY_INCLUDE || list == FILTER_FAMILY_EXCLUDE) &&
	    !matches_some_family(glob))
		return -ENOENT;
	if (globs->count == FILTER_GLOBS_MAX)
		return -ENOSPC;
	globs->globs[globs->count++] = glob;
	return 0;
}

static bool matches(const struct filter_globs *globs, const char *value)
{
	for (uint32_t i = 0; i < globs->count; i++)
		if (fnmatch(globs->globs[i], value, 0) == 0)
			return true;
	return false;
}

/* include: the include list; the matching exclude list is the next one. */
static bool passes(const struct filter *filter, enum filter_list include, const char *value)
{
	const struct filter_globs *globs = &filter->lists[include];

	return (globs->count == 0 || matches(globs, value)) && !matches(globs + 1, value);
}

bool filter_passes_family(const struct filter *filter, const char *family)
{
	return passes(filter, FILTER_FAMILY_INCLUDE, family);
}

bool filter_passes(const struct filter *filter, const char *comm, const char *family)
{
	return passes(filter, FILTER_COMM_INCLUDE, comm) && filter_passes_family(filter, family);
}

bool filter_passes_owner(const struct filter *filter, const char *unit, const char *namespace)
{
	return passes(filter, FILTER_UNIT_INCLUDE, unit) &&
	       passes(filter, FILTER_NAMESPACE_INCLUDE, namespace);
}
