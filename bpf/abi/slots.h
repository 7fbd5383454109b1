/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Pinned counters outlive the programs that count: no kernel lets a new program
 * take the place of an attached one, and two attached ones count twice. So what is
 * attached, and stays, is a stub (bpf/dispatcher.bpf.c) that jumps into a slot:
 *
 *   BIND_SLOT_PRESENT  the program that counts, or sees results, now
 *   BIND_SLOT_EARLIER  during an upgrade, the one of before, to which the present one
 *                      passes on what it knows nothing of: the ends of calls that began
 *                      under the other
 *
 * One array of slots per hook, since the kernel lets programs of one hook only share it.
 */
#ifndef BIND_SLOTS_H
#define BIND_SLOTS_H

#define BIND_SLOT_PRESENT 0
#define BIND_SLOT_EARLIER 1
#define BIND_SLOTS        2

#define BIND_HOOK_SLOTS(hook)                          \
	struct {                                       \
		__uint(type, BPF_MAP_TYPE_PROG_ARRAY); \
		__uint(max_entries, BIND_SLOTS);       \
		__type(key, __u32);                    \
		__type(value, __u32);                  \
	} hook##_slots SEC(".maps")

#endif
