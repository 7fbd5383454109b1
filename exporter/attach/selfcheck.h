/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The self-check: the exporter makes a bind of its own and looks whether the hooks saw it. For
 * exporter/pins and exporter/source.
 */
#ifndef SELFCHECK_H
#define SELFCHECK_H

#include <linux/types.h>
#include <stdbool.h>

struct bind_control;
struct hooks;

/*
 * 0; -ENODATA: the hook does not fire; -ENOMSG: the hook that sees results does not; another
 * -errno: the bind itself failed. other: the variables of further programs that may see the bind
 * and must not count it, or NULL. results: the hook that sees results is checked as well.
 * recursion_baseline: increased by the skipped runs that would have seen such a bind, since these
 * are no lost attempts.
 */
int selfcheck(const struct hooks *hooks, struct bind_control *control, struct bind_control *other,
	      bool results, __u64 *recursion_baseline);

#endif
