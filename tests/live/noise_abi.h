/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Memory that noise.bpf.c and bpf_noise.c share. */
#ifndef LIVE_NOISE_ABI_H
#define LIVE_NOISE_ABI_H

#include <linux/types.h>

#define NOISE_COMM_SIZE 16 /* with its NUL, as in the kernel */

/* Set before loading. */
struct noise_deny {
	char comm[NOISE_COMM_SIZE]; /* the beginning of the names of threads to refuse */
	__s32 verdict;              /* the result for them: -errno */
};

struct noise_counters {
	__u64 runs; /* of the counting programs, or refusals */
};

#endif
