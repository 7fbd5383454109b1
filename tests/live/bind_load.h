/* SPDX-License-Identifier: Apache-2.0 */
/* Makes an exactly known number of bind attempts from processes and threads of given names. */
#ifndef LIVE_BIND_LOAD_H
#define LIVE_BIND_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bind_case;

struct bind_load {
	const char *comm;        /* of the processes' main threads; the kernel cuts at 15 bytes */
	const char *thread_comm; /* of the other threads; NULL: as comm */
	const struct bind_case *const *cases;
	size_t cases_n;
	unsigned int count;     /* attempts of every case by every thread, at least 1 */
	unsigned int rounds;    /* through all cases, count of each in each; 0 means 1 */
	unsigned int processes; /* 0 means 1 */
	/*
	 * 0: the main thread binds. Else that many threads beside the main thread do,
	 * which itself only waits.
	 */
	unsigned int threads;
	bool barrier;              /* all threads of all processes begin at the same moment */
	unsigned long clone_flags; /* CLONE_NEW*: namespaces of its own for every process */
};

/*
 * Runs the load and waits for its end. ret_made: cases_n numbers, the attempts
 * made of each case; 0 where this kernel has no such sockets. Returns 0, -errno
 * when a process cannot be made (-EPERM: no such namespaces here), -ECHILD when
 * one failed, also when an attempt did not end as its case says. Pathname
 * sockets are made and removed in a directory of the load's own. An address that
 * is taken (BIND_TAKEN) is held in the caller's network namespace.
 */
int bind_load_run(const struct bind_load *load, uint64_t *ret_made);

/*
 * Runs body in a child process of this name and waits for it. Returns what body
 * returned (0 or -errno), -EFAULT when a signal ended it (a system call interface
 * that this kernel lacks), or -errno of the fork.
 */
int bind_load_child(const char *comm, int (*body)(void *argument), void *argument);

/* One process of one thread that makes count attempts of the case of this name. */
int bind_load_simple(const char *comm, const char *case_name, unsigned int count,
		     uint64_t *ret_made);

#endif
