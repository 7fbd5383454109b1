/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recognises the exporter's subdirectories of --bpf.pin-path, a directory that other programs may
 * use too. Only names are read, so that --unpin does not need permission for bpf(2). The
 * exporter's subdirectories are
 *
 *   set-ID           ID: 16 hexadecimal digits; contains "identity"
 *   hook-NAME        contains "slots", and nothing except "link", "program" and "slots"
 *   garbage-…        one of these two, being built or removed; it may also be empty
 *
 * The entry that marks a directory as the exporter's ("identity", "slots") is put there first and
 * removed last.
 */
#ifndef PIN_OWNER_H
#define PIN_OWNER_H

#include <stdbool.h>

#define PIN_SET      "set-"
#define PIN_IDENTITY "identity"
#define PIN_HOOK     "hook-"
#define PIN_SLOTS    "slots"
#define PIN_GARBAGE  "garbage-"

/* Looks only at the name. */
bool pin_owner_is_garbage(const char *directory);

/*
 * 0: the exporter's; -ENOENT: it does not exist; -EEXIST: another program's, or not a directory;
 * another -errno: it could not be read. parent: a descriptor.
 */
int pin_owner_check(int parent, const char *directory);

/* Whether an entry of this name marks its directory as the exporter's. */
bool pin_owner_is_marker(const char *name);

#endif
