/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the fake kernel share: fake_bpf.c, fake_hooks.c and fake_machine.c. */
#ifndef UNIT_FAKE_BPF_PRIVATE_H
#define UNIT_FAKE_BPF_PRIVATE_H

#include <stdbool.h>

/* Whether this call of a function fails, with errno: each fake function asks first. */
bool fake_fails(const char *function);

/* A descriptor of a new link. */
int fake_link(void);

#endif
