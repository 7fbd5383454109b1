/* SPDX-License-Identifier: Apache-2.0 */
/*
 * BPF programs of others: a process that uses the exporter's hooks and the kernel's BPF like a
 * security agent or a tracing tool on the same machine.
 */
#ifndef LIVE_BPF_NOISE_H
#define LIVE_BPF_NOISE_H

#include <stdint.h>

enum noise_kind {
	NOISE_PROGRAMS = 1, /* LSM, fentry and fexit programs that count and change nothing */
	NOISE_READER = 2,   /* reads its own map through bpf(2) without pause */
	NOISE_DENY = 4,     /* an LSM program that refuses binds */
};

struct noise_setup {
	unsigned int kinds; /* of enum noise_kind */
	/*
	 * NOISE_DENY: the beginning of the names of threads to refuse, and the errno, at most 4095.
	 */
	const char *deny_comm;
	unsigned int deny_error;
};

struct noise_report {
	uint64_t runs;  /* of its programs; with NOISE_DENY, also refusals */
	uint64_t reads; /* calls of bpf(2) */
};

struct noise;

/*
 * Returns when it is active. -EPERM: this kernel does not load the programs, or, for NOISE_DENY,
 * ignores them (bpf is not in its list of security modules). It dies with the calling thread. To
 * check itself, NOISE_DENY makes one bind under the name deny_comm followed by "-try".
 */
int noise_start(const struct noise_setup *setup, struct noise **ret_noise);

/* Detaches and frees it. -ECHILD: it ended before this call. */
int noise_stop(struct noise *noise, struct noise_report *ret_report);

#endif
