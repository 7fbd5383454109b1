/* SPDX-License-Identifier: Apache-2.0 */
/* The exporter's own bind, by which it sees that the hooks still fire. Used by bind_source only. */
#ifndef SELFCHECK_H
#define SELFCHECK_H

#include <linux/types.h>
#include <stdbool.h>

struct bind_control;
struct hooks;

/*
 * As bind_source_selfcheck(), which see. other: of programs that may see the bind, too,
 * and must not count it, or NULL. results: the hook that sees results is checked,
 * too. recursion_baseline: gets those of skipped runs that would have seen such a bind, and must
 * not pass for lost attempts.
 */
int selfcheck(const struct hooks *hooks, struct bind_control *control, struct bind_control *other,
	      bool results, __u64 *recursion_baseline);

#endif
