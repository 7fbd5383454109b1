/* SPDX-License-Identifier: Apache-2.0 */
/* A BPF file system for one test. Its pins disappear when the test ends. */
#ifndef LIVE_PIN_PLACE_H
#define LIVE_PIN_PLACE_H

#include <stdbool.h>

extern char pin_place[128]; /* its mount point */
extern char pin_flag[160];  /* --bpf.pin-path=PLACE/pins */

/* Whether this kernel can pin the programs of this run's mode. */
bool pin_place_is_possible(void);

/*
 * Mounts it in a new mount namespace of the calling process. False, with a message: that is
 * impossible here.
 */
bool pin_place_make(void);

/* Both of these. False, with a message: tests of pins cannot run here. */
bool pin_place_prepare(void);

#endif
