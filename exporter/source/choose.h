/* SPDX-License-Identifier: Apache-2.0 */
/* Chooses the mode that counts: the requested one, or the first that works on this machine. */
#ifndef MODES_H
#define MODES_H

#include "exporter/source/bind_source.h"

/*
 * mode: the only one to try; BIND_MODES: tries all until one loads, attaches and counts, beginning
 * with the mode of pinned counters. Refusals are logged with their reasons. 0 with a source that
 * the caller closes, and its mode; or -errno.
 */
int choose_source(enum bind_mode mode, const struct bind_source_config *config,
		  struct bind_source **ret_source, enum bind_mode *ret_mode);

#endif
