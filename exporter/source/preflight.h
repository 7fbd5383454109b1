/* SPDX-License-Identifier: Apache-2.0 */
/* Checks machine, settings and mode before anything is loaded. Changes nothing. */
#ifndef PREFLIGHT_H
#define PREFLIGHT_H

#include "exporter/attach/mode.h"

struct bind_source_config;
struct diagnosis;
struct resume;

/*
 * Checks what every mode requires. 0, or -errno with reason and cure in ret_diagnosis. ret_resume:
 * the pinned counters, which the caller ends; NULL without config->pins.
 */
int preflight(const struct bind_source_config *config, struct resume **ret_resume,
	      struct diagnosis *ret_diagnosis);

/* Checks what mode requires, if libbpf would report it less clearly. 0 or -errno, as above. */
int preflight_mode(enum bind_mode mode, const struct bind_source_config *config,
		   struct diagnosis *ret_diagnosis);

#endif
