/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Folds units that readers of the page regard as one: a name that matches a glob is shown as that
 * glob. For example, all sessions (session-*.scope) are one row instead of one for each login.
 * Globs are those of filter.h.
 */
#ifndef UNIT_FOLD_H
#define UNIT_FOLD_H

#include <stdint.h>

#define UNIT_FOLD_GLOBS_MAX 64

/* If all is zero, every unit has its own name. */
struct unit_fold {
	const char *globs[UNIT_FOLD_GLOBS_MAX]; /* not owned */
	uint32_t count;
};

/*
 * glob must outlive the fold. Returns 0; -EINVAL: it is empty; -EILSEQ: it cannot be a unit in
 * struct owner (too long, not UTF-8, or with control characters); -ENOSPC: there are too many.
 */
int unit_fold_add(struct unit_fold *fold, const char *glob);

/*
 * Returns the first glob that matches, otherwise unit itself. "" stays "". A unit that equals the
 * text of a glob is that glob, even if another matches it: rows of an earlier run come back under
 * that name.
 */
const char *unit_fold_name(const struct unit_fold *fold, const char *unit);

#endif
