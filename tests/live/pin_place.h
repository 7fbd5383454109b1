/* SPDX-License-Identifier: Apache-2.0 */
/* A BPF file system of a test's own, which takes its pins along when the test ends. */
#ifndef LIVE_PIN_PLACE_H
#define LIVE_PIN_PLACE_H

#include <stdbool.h>

extern char pin_place[128]; /* where it is mounted */
extern char pin_flag[160];  /* --bpf.pin-path=PLACE/pins */

/* Whether this kernel pins what the mode of this run needs. */
bool pin_place_is_possible(void);

/* In a mount namespace of the calling process. False, and says so: it cannot be had here. */
bool pin_place_make(void);

/* Both: false, and says so, where a test of pins cannot run. */
bool pin_place_prepare(void);

#endif
