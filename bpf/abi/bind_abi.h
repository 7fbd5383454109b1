/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Memory that the programs in the kernel share with user space: keys, layout of the table,
 * settings. This is an overview; the parts are in the files below.
 *
 * A bind is counted under a key of {comm, kind, owner, cgroup}. Keys live in a fixed-size
 * open-addressed table of two halves, of which programs fill one; an entry's counters live in a
 * second array, one per CPU, laid out CPU by CPU. All are memory-mapped by the exporter. With i =
 * half << bits | entry and a half of 2^bits entries:
 *
 *   table[i]                      key and first attempt of an entry
 *   origins[i]                    names of its cgroup (if BIND_LABELS_OWNER are on)
 *   attempts[cpu << bits + 1 | i] attempts of an entry on that CPU
 *   overflow[bind_overflow_index] binds that found no entry
 *   failures[half << bits | f]    failed binds of an entry, by errno
 *   failure_overflow[...]         failures that found no free element there
 *   calls[g]                      binds in flight, by thread
 *   missed[cpu * 8 + reason]      missed attempts, missed results, marks left behind
 *
 * Worked example: with halves of 4096 entries (bits = 12), nginx binding port 80 on CPU 3, whose
 * key sits in entry 77 of half 1, adds one to attempts[3 << 13 | 1 << 12 | 77]. The total of the
 * key is the sum over all possible CPUs, plus that of any other entry with the same key: two tasks
 * that race for a new key may create two entries, which the reader adds up. If that bind fails with
 * EADDRINUSE (98), the element of failures whose key is 77 << 16 | 98 is increased.
 *
 * All integers are in host byte order unless a type says otherwise (__be16). Enumerations are
 * append-only: their numbers are in pinned and mapped memory.
 */
#ifndef BIND_ABI_H
#define BIND_ABI_H

#include "bpf/abi/control.h"
#include "bpf/abi/identity.h"
#include "bpf/abi/inflight.h"
#include "bpf/abi/kind.h"
#include "bpf/abi/table.h"

#endif
