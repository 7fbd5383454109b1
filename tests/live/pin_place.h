/* SPDX-License-Identifier: Apache-2.0 */
/* A BPF file system for one test. Its pins disappear when the test ends. */
#ifndef LIVE_PIN_PLACE_H
#define LIVE_PIN_PLACE_H

#include <stdbool.h>
#include <stdint.h>

#define PIN_PATH_SIZE 300

extern char pin_place[128]; /* its mount point */
extern char pin_flag[160];  /* --bpf.pin-path=DIR; DIR is PLACE/pins */

/* Whether this kernel can pin the programs of this run's mode. */
bool pin_place_is_possible(void);

/*
 * Mounts it in a new mount namespace of the calling process. False, with a message: that is
 * impossible here.
 */
bool pin_place_make(void);

/* Both of these. False, with a message: tests of pins cannot run here. */
bool pin_place_prepare(void);

/* The path of DIR/NAME, or of DIR. NAME may be in a directory of DIR. */
void pin_place_path(const char *name, char ret_path[PIN_PATH_SIZE]);

/* Pins an array of one element there, and makes the directories above. value: size bytes. */
void pin_place_put(const char *name, const void *value, uint32_t size);

/* Removes all pins of the exporter by --unpin. Returns what it says, which the caller frees. */
char *pin_place_unpin(void);

#endif
