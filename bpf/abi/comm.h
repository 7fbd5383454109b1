/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Pure: pads the comm of a task, given as two words, with NULs. Before Linux 5.17, the kernel
 * writes a shorter name over a longer one up to its NUL only, so one visible name could become any
 * number of keys. Little-endian: the lowest byte of a word is its first.
 */
#ifndef BIND_COMM_H
#define BIND_COMM_H

#include <linux/types.h>

/* The bytes of a word up to its first NUL; all others are 0. */
static inline __u64 bind_until_nul(__u64 word)
{
	/* The lowest 0x80 marks the first NUL. */
	__u64 nul = (word - 0x0101010101010101) & ~word & 0x8080808080808080;

	return nul ? word & (((nul & -nul) >> 7) - 1) : word;
}

static inline void bind_pad_comm(__u64 comm[2])
{
	comm[0] = bind_until_nul(comm[0]);
	comm[1] = comm[0] >> 56 ? bind_until_nul(comm[1]) : 0;
}

#endif
