/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which binds get a row: globs over comm, family, unit and namespace, as fnmatch(3) has them
 * without flags. They match the whole label value, as it is shown on the page, but before
 * it is escaped, byte by byte: ? is one byte, not one character of UTF-8.
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

#define FILTER_GLOBS_MAX 64 /* of one list */

struct filter_globs {
	const char *globs[FILTER_GLOBS_MAX]; /* not owned */
	uint32_t count;
};

/* All zero: everything passes. */
struct filter {
	struct filter_globs lists[FILTER_LISTS];
};

/*
 * glob: must outlive the filter. 0; -EINVAL: it is empty; -ENOENT: it is for
 * families, of which it matches none; -ENOSPC: the list is full.
 */
int filter_add(struct filter *filter, enum filter_list list, const char *glob);

/*
 * Whether some include matches, or there are none, and no exclude does: of both, comm and family;
 * and of both, unit and namespace, which may become known later.
 */
bool filter_passes(const struct filter *filter, const char *comm, const char *family);
bool filter_passes_family(const struct filter *filter, const char *family);
bool filter_passes_owner(const struct filter *filter, const char *unit, const char *namespace);

#endif
