/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dispatchers: pinned programs that stay attached to a hook and jump to the program in one of its
 * slots (bpf/abi/slots.h). Each is a subdirectory "hook-NAME" with "link", "program" and "slots".
 * This module loads and attaches them, and reads and writes their slots.
 */
#ifndef PINS_DISPATCHER_H
#define PINS_DISPATCHER_H

#include <stdint.h>

#include "bpf/abi/slots.h"

struct diagnosis;
struct hooks;
struct pins;

/*
 * Opens the dispatchers of all hooks into hooks->programs and hooks->slots, which hooks_detach()
 * closes. A dispatcher that does not exist is attached, with empty slots. 0, or -errno with the
 * reason in ret_diagnosis.
 */
int dispatchers_open(const struct pins *pins, struct hooks *hooks, const char *btf_path,
		     struct diagnosis *ret_diagnosis);

/* Opens only the dispatchers that exist; the slots of the others remain -1. */
void dispatchers_find(const struct pins *pins, struct hooks *hooks);

/* Detaches and removes all dispatchers except those of these hooks. 0 or -errno. */
int dispatchers_remove_others(const struct pins *pins, const struct hooks *hooks);

/* The id of the program in a slot; 0: the slot is empty, or cannot be read. */
uint32_t dispatcher_get(const struct hooks *hooks, int hook, uint32_t slot);

/*
 * Puts a program into a slot. program: its descriptor, which stays the caller's; -1: empties the
 * slot. 0 or -errno; -ENOENT: the hook has no dispatcher.
 */
int dispatcher_put(const struct hooks *hooks, int hook, uint32_t slot, int program);

#endif
