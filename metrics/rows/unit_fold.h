/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Units that are one to whoever reads the page: a name that matches a glob is shown as that
 * glob, so that all sessions (session-*.scope) are one row and not one for each login. Globs are
 * those of filter.h.
 */
#ifndef UNIT_FOLD_H
#define UNIT_FOLD_H

#include <stdint.h>

#define UNIT_FOLD_GLOBS_MAX 64

/* All zero: every unit has its own name. */
struct unit_fold {
	const char *globs[UNIT_FOLD_GLOBS_MAX]; /* not owned */
	uint32_t count;
};

/*
 * glob: must outlive the fold. 0; -EINVAL: it is empty; -EILSEQ: it is not what struct owner can
 * have for a unit (too long, not UTF-8, or with control characters); -ENOSPC: there are too many.
 */
int unit_fold_add(struct unit_fold *fold, const char *glob);

/*
 * The first glob that matches, else unit itself; "" stays "". A name that is the text of a
 * glob is that glob, whatever matches it: rows of an earlier run come back under that name.
 */
const char *unit_fold_name(const struct unit_fold *fold, const char *unit);

#endif
