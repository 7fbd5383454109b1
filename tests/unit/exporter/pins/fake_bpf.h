/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A kernel without bpf(2), for tests of exporter/pins: programs, maps and links are files, a pin is
 * a hard link, and a plain directory is the BPF file system. Maps can be mapped. BPF objects are
 * opened by libbpf, with their real sizes, and never loaded. Objects are shared with child
 * processes. Linked with --wrap.
 */
#ifndef UNIT_FAKE_BPF_H
#define UNIT_FAKE_BPF_H

#include <stdbool.h>
#include <stdint.h>

#define FAKE_PATH_MAX 96

/* What the fake kernel does; all zero at first. */
extern struct fake_behaviour {
	const char *failing;    /* the function that fails once; NULL: any of the fake ones */
	unsigned int countdown; /* calls until it fails; 0: none does */
	int error;              /* its errno; 0: the process ends instead of the call */
	bool other_file_system; /* no directory is on a BPF file system */
	int signal;             /* that asks the program to end */
	int selfcheck;          /* -errno of every self-check */
	void (*sleeping)(void); /* takes the place of nanosleep() */
} fake;

extern char fake_bpf_fs[FAKE_PATH_MAX]; /* exists, and is empty */

void fake_bpf_begin(void);
void fake_bpf_end(void);

/* A descriptor of a new program, which the caller closes. */
int fake_program(void);

/* The id of a program; 0: it is none. */
uint32_t fake_id(int descriptor);

/* Sets the recursion misses of a program. */
void fake_recursion_misses(int descriptor, uint64_t misses);

#endif
