/* SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_FAKE_ACCESS_H
#define UNIT_FAKE_ACCESS_H

/*
 * What __wrap_access() returns on a machine that has every file below /sys but this one (NULL: it
 * has them all). Other files are the real machine's. Linked with --wrap=access.
 */
int fake_access(const char *path, int mode, const char *missing);

#endif
