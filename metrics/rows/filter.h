/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Decides which binds get a row, by globs over comm, family, unit and namespace (fnmatch(3) without
 * flags). A glob must match the whole label value as the page shows it, but before escaping. It
 * matches bytes: ? is one byte, not one character of UTF-8.
 */
#ifndef FILTER_H
#define FILTER_H

#include <stdbool.h>
#include <stdint.h>

enum filter_list {
	FILTER_COMM_INCLUDE,
	FILTER_COMM_EXCLUDE,
	FILTER_FAMILY_INCLUDE,
	FILTER_FAMILY_EXCLUDE,
	FILTER_UNIT_INCLUDE,
	FILTER_UNIT_EXCLUDE,
	FILTER_NAMESPACE_INCLUDE,
	FILTER_NAMESPACE_EXCLUDE,
	FILTER_LISTS,
};

#define FILTER_GLOBS_MAX 64 /* per list */

struct filter_globs {
	const char *globs[FILTER_GLOBS_MAX]; /* not owned */
	uint32_t count;
};

/* If all is zero, everything passes. */
struct filter {
	struct filter_globs lists[FILTER_LISTS];
};

/*
 * glob must outlive the filter. Returns 0; -EINVAL: it is empty; -ENOENT: it is a glob over
 * families and matches none; -ENOSPC: the list is full.
 */
int filter_add(struct filter *filter, enum filter_list list, const char *glob);

/*
 * A value passes if it matches an include glob, or there are none, and matches no exclude glob.
 * Comm and family must both pass; so must unit and namespace, which may become known later.
 */
bool filter_passes(const struct filter *filter, const char *comm, const char *family);
bool filter_passes_family(const struct filter *filter, const char *family);
bool filter_passes_owner(const struct filter *filter, const char *unit, const char *namespace);

#endif
