/* SPDX-License-Identifier: Apache-2.0 */
/* Makes an exactly known number of bind attempts from processes and threads with given names. */
#ifndef LIVE_BIND_LOAD_H
#define LIVE_BIND_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bind_case;

struct bind_load {
	const char *comm;        /* of the main threads; the kernel cuts it after 15 bytes */
	const char *thread_comm; /* of the other threads; NULL: the same as comm */
	const struct bind_case *const *cases;
	size_t cases_n;
	unsigned int count;     /* attempts of every case by every thread, at least 1 */
	unsigned int rounds;    /* through all cases, with count attempts of each; 0 means 1 */
	unsigned int processes; /* 0 means 1 */
	/*
	 * 0: the main thread binds. Otherwise, this many other threads do, and the main thread only
	 * waits.
	 */
	unsigned int threads;
	bool barrier;              /* all threads of all processes begin at the same moment */
	unsigned long clone_flags; /* CLONE_NEW*: every process gets its own namespaces */
};

/*
 * Runs the load and waits for its end. ret_made: cases_n numbers, the attempts made of each case; 0
 * if this kernel has no such sockets. Returns 0; -errno: a process cannot be created (-EPERM: such
 * namespaces are not allowed); -ECHILD: a process failed, for example because an attempt did not
 * end as its case says. Pathname sockets are created and removed in a directory of the load. A
 * taken address (BIND_TAKEN) is held in the caller's network namespace.
 */
int bind_load_run(const struct bind_load *load, uint64_t *ret_made);

/*
 * Runs body in a child process with this name and waits for it. Returns the result of body (0 or
 * -errno); -EFAULT: a signal ended it (this kernel lacks the system call interface); or -errno of
 * the fork.
 */
int bind_load_child(const char *comm, int (*body)(void *argument), void *argument);

/*
 * Runs a load of one process with one thread, which makes count attempts of the case with this
 * name.
 */
int bind_load_simple(const char *comm, const char *case_name, unsigned int count,
		     uint64_t *ret_made);

#endif
