/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A kernel without bpf(2), for tests of exporter/pins, exporter/source and what stands on them.
 * Linked with --wrap.
 *
 * fake_bpf.c: programs, maps and links are files, a pin is a hard link, and a plain directory is
 * the BPF file system. Maps can be mapped. BPF objects are opened by libbpf, with their real sizes,
 * and never loaded. Objects are shared with child processes.
 * fake_hooks.c: programs attach, and the self-check sees what this says.
 * fake_machine.c: what else the exporter asks of the machine and of its process.
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
	bool results_unseen;    /* the hook that sees results does not fire */
	bool locked_down;       /* in confidentiality mode */
	const char *missing;    /* a file below /sys; NULL: there are all that are looked for */
	bool unprivileged;      /* the process has no capabilities */
	bool unfiltered;        /* there are no seccomp filters */
	void (*sleeping)(void); /* takes the place of nanosleep() */
	void (*dropping)(void); /* is called when privileges are dropped; NULL: nothing is */
} fake;

extern char fake_bpf_fs[FAKE_PATH_MAX]; /* exists, and is empty */

void fake_bpf_begin(void);
void fake_bpf_end(void);

/* The next call of a function, by its name, fails with this errno. */
void fake_failure(const char *function, int error);

/* A descriptor of a new program, which the caller closes. */
int fake_program(void);

/* The id of a program; 0: it is none. */
uint32_t fake_id(int descriptor);

/* Sets the recursion misses of a program. */
void fake_recursion_misses(int descriptor, uint64_t misses);

/* The descriptor of a program of this name that is attached without a dispatcher; -1: none is. */
int fake_attached(const char *name);

/* How many are. */
int fake_attachments(void);

#endif
