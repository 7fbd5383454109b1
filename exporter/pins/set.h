/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The maps and programs of one build with one choice of settings, pinned in a
 * directory "set-ID": maps and programs by their names, and "identity". Used by resume.c only.
 */
#ifndef PINNED_SET_H
#define PINNED_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "bpf/abi/bind_abi.h"
#include "exporter/attach/hooks.h"
#include "exporter/attach/maps.h"
#include "exporter/pins/dir.h"

struct pinned_set {
	char directory[PINS_NAME_MAX];
	struct bind_identity identity;
	struct bind_maps maps;
	struct hooks hooks;
	int programs[HOOKS_MAX]; /* for the hooks' slots, owned */
};

/* What a new set is to be. */
struct pinned_plan {
	const struct pins *pins;
	const struct bind_source_config *config;
	enum bind_mode mode;
	bool results;
};

/*
 * Loads and pins a set for hooks whose stubs are open. predecessor: the set whose
 * place it will take, or NULL. 0 with the set's directory, or -errno; ret_pinning: what
 * failed is pinning, not loading.
 */
int pinned_set_create(const struct pinned_plan *plan, const struct hooks *hooks,
		      const struct pinned_set *predecessor, char ret_directory[PINS_NAME_MAX],
		      bool *ret_pinning);

/*
 * Opens a set, and those of its hooks' stubs that are there. 0 and a set that is to be
 * closed; -EPROTO: it is of another BIND_ABI_VERSION; another -errno.
 */
int pinned_set_open(const struct pins *pins, const char *directory, struct pinned_set *ret_set);
void pinned_set_close(struct pinned_set *set);

/*
 * Opens what there is. Two sets are there if an upgrade was interrupted. Returns their
 * number, the earlier one first, or -errno as pinned_set_open().
 */
int pinned_set_find(const struct pins *pins, struct pinned_set ret_sets[2]);

/* The copy of the ledger that is valid. */
const struct ledger *pinned_set_ledger(const struct pinned_set *set);

/* The id by which slots show the program of a hook; 0: unknown. */
uint32_t pinned_set_program(const struct pinned_set *set, int hook);

#endif
