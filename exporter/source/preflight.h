/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold before anything is loaded: of the machine, of the settings, of a mode. */
#ifndef PREFLIGHT_H
#define PREFLIGHT_H

#include "exporter/attach/mode.h"

struct bind_source_config;
struct diagnosis;
struct resume;

/*
 * Of any mode. 0, or -errno with what is missing in ret_diagnosis. ret_resume: the pinned counters,
 * which the caller ends; NULL without config->pins.
 */
int preflight(const struct bind_source_config *config, struct resume **ret_resume,
	      struct diagnosis *ret_diagnosis);

/* Of this mode, where libbpf would report it less clearly. As above. */
int preflight_mode(enum bind_mode mode, const struct bind_source_config *config,
		   struct diagnosis *ret_diagnosis);

#endif
