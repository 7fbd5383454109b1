/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hooks whose attached program is a pinned stub that jumps into a slot: see
 * bpf/abi/slots.h. Each is a directory "hook-NAME" with "link", "program" and "slots".
 */
#ifndef STUBS_H
#define STUBS_H

#include <stdbool.h>
#include <stdint.h>

#include "bpf/abi/slots.h"

struct diagnosis;
struct hooks;
struct pins;

/*
 * Fills in programs and slots of the hooks, and attaches stubs where there are none
 * yet, whose slots are empty. 0, or -errno with the reason in ret_diagnosis.
 */
int dispatchers_open(const struct pins *pins, struct hooks *hooks, const char *btf_path,
		     struct diagnosis *ret_diagnosis);

/* The same for those that are there; the slots of others remain -1. */
void dispatchers_find(const struct pins *pins, struct hooks *hooks);

/* Detaches all stubs but those of these hooks. 0 or -errno. */
int dispatchers_remove_others(const struct pins *pins, const struct hooks *hooks);

/* What a slot jumps to: a program's id; 0: nothing. */
uint32_t dispatcher_get(const struct hooks *hooks, int hook, uint32_t slot);

/* program: a descriptor, or -1 to empty the slot. 0 or -errno. */
int dispatcher_put(const struct hooks *hooks, int hook, uint32_t slot, int program);

#endif
