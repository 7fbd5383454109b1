/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The directory of --bpf.pin-path on a BPF file system, which one process at a time holds by a
 * lock. Pins are in subdirectories, one level deep, which appear and vanish whole: each is built
 * and taken apart under a name that marks it as garbage. Other programs may use the directory too:
 * entries that are not the exporter's (pin_owner.h) are neither read nor removed.
 */
#ifndef PINS_DIR_H
#define PINS_DIR_H

struct diagnosis;
struct pins;

#define PINS_NAME_MAX 48

/*
 * Locks the directory, and removes garbage from it. The last part of the path is created if it is
 * missing. If another process holds the lock, this waits for up to 30 seconds. path must outlive
 * ret_pins, which the caller closes. 0, or -errno with the reason in ret_diagnosis; -EINTR: a
 * signal asked the program to end during the wait.
 */
int pins_open(const char *path, struct pins **ret_pins, struct diagnosis *ret_diagnosis);

/* Releases the lock; pins stay. NULL is allowed. */
void pins_close(struct pins *pins);

/*
 * Removes all of the exporter's pins from the directory, which ends its counting. 0, also if there
 * are none, or -errno with the reason in ret_diagnosis.
 */
int pins_unpin(const char *path, struct diagnosis *ret_diagnosis);

/* The functions below are for exporter/pins only. They return 0 or -errno. */

/*
 * Builds a subdirectory: pins that are put into it are seen by pins_list() from pins_publish() on.
 * The entry by which pin_owner.h recognises the directory must be put first.
 */
int pins_begin(const struct pins *pins, const char *directory);
int pins_put(const struct pins *pins, const char *directory, const char *name, int descriptor);
int pins_publish(const struct pins *pins, const char *directory);

/* Returns a descriptor of a pinned object, which the caller closes, or -errno. */
int pins_get(const struct pins *pins, const char *directory, const char *name);

/*
 * Removes a subdirectory and its pins, published or not. 0 if it does not exist; -EEXIST: it is not
 * the exporter's.
 */
int pins_remove(const struct pins *pins, const char *directory);

/* Lists at most max of the exporter's subdirectories with this prefix. Returns their number. */
int pins_list(const struct pins *pins, const char *prefix, char (*ret_names)[PINS_NAME_MAX],
	      int max);

#endif
