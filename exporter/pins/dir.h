/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A directory on a BPF file system, held by one process at a time. What is below
 * stands in directories of its own, one level deep, and appears and vanishes
 * whole: it is made, and taken apart, under a name that means garbage. Others may use the
 * directory, too: what is not this program's (pin_owner.h) is neither read nor removed.
 */
#ifndef PINS_H
#define PINS_H

#include <stdbool.h>
#include <stdint.h>

struct diagnosis;
struct pins;

#define PINS_NAME_MAX 48

/*
 * Takes hold of the directory, which is made if only it is missing, and removes
 * garbage. Waits up to half a minute for another process to let go of it. 0, or
 * -errno with the reason in ret_diagnosis; -EINTR: a signal came to end the program instead.
 */
int pins_open(const char *path, struct pins **ret_pins, struct diagnosis *ret_diagnosis);

/* Lets go. What is pinned stays. NULL is allowed. */
void pins_close(struct pins *pins);

/*
 * Removes everything from the directory that this program pins there, which ends
 * its counting. 0, also when there is nothing, or -errno with the reason.
 */
int pins_unpin(const char *path, struct diagnosis *ret_diagnosis);

/* The functions below are for what belongs to bind_source. They return 0 or -errno. */

/*
 * A directory in the making: what is put into it counts from pins_publish() on. First is put what
 * tells whose it is.
 */
int pins_begin(const struct pins *pins, const char *directory);
int pins_put(const struct pins *pins, const char *directory, const char *name, int descriptor);
int pins_publish(const struct pins *pins, const char *directory);

/* A descriptor of something pinned, which the caller closes, or -errno. */
int pins_get(const struct pins *pins, const char *directory, const char *name);

/* A directory with all that is in it, in the making or not. -EEXIST: it is another's. */
int pins_remove(const struct pins *pins, const char *directory);

/* This program's directories that begin so: at most max, the number of which is returned. */
int pins_list(const struct pins *pins, const char *prefix, char (*ret_names)[PINS_NAME_MAX],
	      int max);

#endif
