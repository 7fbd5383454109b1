/* SPDX-License-Identifier: Apache-2.0 */
/* Which mode counts: the one asked for, or the first of all that works here. */
#ifndef MODES_H
#define MODES_H

#include "exporter/source/bind_source.h"

/*
 * mode: the only one to try; BIND_MODES: the first that loads, attaches and counts,
 * where one that counts already comes before all others. What was refused, and why, is
 * logged. 0 with a source that the caller closes and the mode it is in; or -errno.
 */
int choose_source(enum bind_mode mode, const struct bind_source_config *config,
		  struct bind_source **ret_source, enum bind_mode *ret_mode);

#endif
