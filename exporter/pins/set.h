/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A set: the maps and programs of one build with one choice of settings. They are pinned by their
 * names in a subdirectory "set-ID", together with the map "identity". This module loads, pins and
 * opens sets; it attaches nothing.
 */
#ifndef PINNED_SET_H
#define PINNED_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "bpf/abi/bind_abi.h"
#include "exporter/attach/hooks.h"
#include "exporter/attach/maps.h"
#include "exporter/pins/dir.h"

struct attach_plan;

struct pinned_set {
	char directory[PINS_NAME_MAX];
	struct bind_identity identity;
	struct bind_maps maps;
	struct hooks hooks;
	int programs[HOOKS_MAX]; /* descriptors, owned: they go into the hooks' slots; else -1 */
};

/*
 * Loads and pins a set for hooks whose dispatchers are open. predecessor: the previous set, which
 * it will replace, or NULL. 0 with the set's directory, or -errno; ret_pinning is set in both
 * cases: true if the failure was in pinning, false if it was in loading.
 */
int pinned_set_create(const struct attach_plan *plan, const struct hooks *hooks,
		      const struct pinned_set *predecessor, char ret_directory[PINS_NAME_MAX],
		      bool *ret_pinning);

/*
 * Opens a set, and the existing dispatchers of its hooks. 0 with a set that the caller closes;
 * -EPROTO: it has another BIND_ABI_VERSION, or is damaged; another -errno.
 */
int pinned_set_open(const struct pins *pins, const char *directory, struct pinned_set *ret_set);

/* Closes descriptors and mappings; pins stay. */
void pinned_set_close(struct pinned_set *set);

/*
 * Opens all sets of the directory: none, one, or two if an upgrade was interrupted. Returns their
 * number, with the previous set first, or -errno: -EEXIST if the two sets are unrelated, otherwise
 * as pinned_set_open(). The caller closes the sets.
 */
int pinned_set_find(const struct pins *pins, struct pinned_set ret_sets[2]);

/* The control block, and the valid copy of the ledger: in the set's mapped memory. */
struct bind_control *pinned_set_control(const struct pinned_set *set);
const struct ledger *pinned_set_ledger(const struct pinned_set *set);

/* The id of the set's program for a hook, which dispatcher_get() returns too; 0: unknown. */
uint32_t pinned_set_program(const struct pinned_set *set, int hook);

/* Whether the dispatcher of a hook jumps to the set's program; false also if that is unknown. */
bool pinned_set_is_present(const struct pinned_set *set, int hook);

/* Whether the same dispatcher counts the recursion misses of both sets. */
bool pinned_set_same_last_hook(const struct pinned_set *a, const struct pinned_set *b);

#endif
