/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Other people's BPF: a process that does on the exporter's hooks, and to the
 * kernel's BPF, what a security agent or a tracing tool beside it would do.
 */
#ifndef LIVE_BPF_NOISE_H
#define LIVE_BPF_NOISE_H

#include <stdint.h>

enum noise_kind {
	NOISE_PROGRAMS = 1, /* LSM, fentry and fexit programs that count and change nothing */
	NOISE_READER = 2,   /* reads a map of its own through bpf(2), without pause */
	NOISE_DENY = 4,     /* an LSM program that refuses binds */
};

struct noise_setup {
	unsigned int kinds; /* of enum noise_kind */
	/* NOISE_DENY: of threads whose names begin so, with this errno, at most 4095. */
	const char *deny_comm;
	unsigned int deny_error;
};

struct noise_report {
	uint64_t runs;  /* of its programs; with NOISE_DENY refusals too */
	uint64_t reads; /* calls of bpf(2) */
};

struct noise;

/*
 * Returns when it is in force. -EPERM: this kernel does not load the programs,
 * or, NOISE_DENY, does not heed them (bpf is not in its list of security
 * modules). It dies with the calling thread. To find out, NOISE_DENY makes one
 * bind of its own, under a name of deny_comm and "-try".
 */
int noise_start(const struct noise_setup *setup, struct noise **ret_noise);

/* Detaches and frees it. -ECHILD: it has not lived until now. */
int noise_stop(struct noise *noise, struct noise_report *ret_report);

#endif
