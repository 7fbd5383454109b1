/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Slots of the dispatchers. Pinned counters outlive the programs that count, but no kernel lets a
 * new program replace an attached one, and two attached programs would count twice. So a dispatcher
 * (bpf/dispatcher.bpf.c) is attached, stays, and jumps to a slot:
 *
 *   BIND_SLOT_CURRENT   the program that counts, or sees results, now
 *   BIND_SLOT_PREVIOUS  during an upgrade, the program of the previous set. The current program
 *                       passes it calls that it does not know: ends of calls that began under
 *                       the previous set
 *
 * Every hook has an array of slots of its own: the kernel lets only programs of one hook share one.
 */
#ifndef BIND_SLOTS_H
#define BIND_SLOTS_H

#define BIND_SLOT_CURRENT  0
#define BIND_SLOT_PREVIOUS 1
#define BIND_SLOTS         2

#define BIND_HOOK_SLOTS(hook)                          \
	struct {                                       \
		__uint(type, BPF_MAP_TYPE_PROG_ARRAY); \
		__uint(max_entries, BIND_SLOTS);       \
		__type(key, __u32);                    \
		__type(value, __u32);                  \
	} hook##_slots SEC(".maps")

#endif
