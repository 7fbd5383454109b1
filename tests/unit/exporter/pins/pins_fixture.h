/* SPDX-License-Identifier: Apache-2.0 */
/* Pinned sets of a fake kernel (fake_bpf.h), and attempts that their programs would have counted.
 */
#ifndef UNIT_PINS_FIXTURE_H
#define UNIT_PINS_FIXTURE_H

#include "exporter/attach/config.h"
#include "exporter/attach/rcu_grace.h"
#include "exporter/pins/set.h"
#include "tests/unit/exporter/fake_bpf.h"

extern struct pins *pins; /* of the directory pins_path */
extern char pins_path[FAKE_PATH_MAX + 8];
extern struct bind_source_config pins_config;
extern const struct rcu_grace no_grace;

void pins_fixture_begin(void);
void pins_fixture_end(void);

struct attach_plan pins_plan(enum bind_mode mode, bool results);

/* Pins a set that no dispatcher jumps to; the caller closes it. */
void pins_create(const struct attach_plan *plan, const struct pinned_set *predecessor,
		 struct pinned_set *ret_set);

/* An empty file: other programs may leave anything. directory: "" is pins_path. */
void pins_touch(const char *directory, const char *name);
void pins_make_directory(const char *name);
bool pins_has(const char *directory, const char *name);

/* The number of the exporter's directories with this prefix. */
int pins_count(const char *prefix);

/* Counts attempts by comm, in the half that counts now. */
void pins_bind(const struct pinned_set *set, uint32_t entry, const char *comm, uint64_t attempts);

/* What carry_over_attempts() says. */
uint64_t pins_attempts(const struct pinned_set *set);

#endif
