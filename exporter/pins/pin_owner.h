/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose a directory below --bpf.pin-path is, which others may use, too. By names only: who
 * removes pins need not be allowed bpf(2). This program's are
 *
 *   set-ID           ID: 16 hexadecimal digits; holds "identity"
 *   hook-NAME        holds "slots", and nothing but "link", "program" and "slots"
 *   garbage-…        one of both, being made or removed; it may be empty, too
 *
 * What tells it is put there first, and is removed last.
 */
#ifndef PIN_OWNER_H
#define PIN_OWNER_H

#include <stdbool.h>

#define PIN_SET      "set-"
#define PIN_IDENTITY "identity"
#define PIN_HOOK     "hook-"
#define PIN_SLOTS    "slots"
#define PIN_GARBAGE  "garbage-"

/* By its name alone. */
bool pin_owner_is_garbage(const char *directory);

/* 0: this program's; -ENOENT: there is none; -EEXIST: another's, or no directory; another -errno.
 */
int pin_owner_check(int parent, const char *directory);

/* What tells that a directory that it is in is this program's. */
bool pin_owner_is_told_by(const char *name);

#endif
