/* SPDX-License-Identifier: Apache-2.0 */
/* Starts the exporter as a child, waits until it is ready or has ended, and stops it. */
#ifndef LIVE_EXPORTER_PROCESS_H
#define LIVE_EXPORTER_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define EXPORTER_PORT     10068
#define EXPORTER_PATH_MAX 4096 /* PATH_MAX */

/* How to start it. All zeroes except for scratch is a good beginning. */
struct exporter_setup {
	const char *scratch;       /* directory for the log and for the name below */
	const char *const *flags;  /* ends with NULL; can be NULL */
	const char *comm;          /* another name for the process; NULL: its usual name */
	uint16_t port;             /* 0: EXPORTER_PORT */
	bool own_address;          /* flags contain the listening addresses, if any */
	unsigned long clone_flags; /* CLONE_NEW*: the exporter gets its own namespaces */
	/* Runs in the child before the program. -errno ends the child with status 126. */
	int (*prepare)(void *argument);
	void *argument;
};

struct exporter {
	pid_t pid; /* 0: not running */
	uint16_t port;
	char log[EXPORTER_PATH_MAX]; /* SCRATCH/log-PID OF THE STARTER-…: its stdout and stderr */
};

struct exporter_exit {
	int status;           /* exit status; -N: signal N ended it */
	int64_t milliseconds; /* from the signal, or from the start of waiting, to the end */
};

/*
 * The executable: $SOCKET_BIND_EXPORTER, or the one of the same build. -ENOENT, with the path set:
 * there is none.
 */
int exporter_path(char ret_path[EXPORTER_PATH_MAX]);

/* Starts it and returns at once. The child dies with the calling thread. */
int exporter_spawn(const struct exporter_setup *setup, struct exporter *ret_exporter);

/*
 * Waits until /-/ready answers 200. 0; -ECHILD: it has ended, and *ret_exit is set; -ETIMEDOUT:
 * neither happened.
 */
int exporter_wait_ready(struct exporter *exporter, struct exporter_exit *ret_exit);

/* Waits for its end. -ETIMEDOUT: it is still running. */
int exporter_wait_exit(struct exporter *exporter, int64_t timeout_ms,
		       struct exporter_exit *ret_exit);

/*
 * Sends the signal and waits for the end. A process that does not end within ten seconds is killed;
 * *ret_exit then shows -SIGKILL. ret_exit can be NULL.
 */
int exporter_stop(struct exporter *exporter, int signal, struct exporter_exit *ret_exit);

/* Its log up to now; the caller frees it. NULL: out of memory. */
char *exporter_log(const struct exporter *exporter);

/* The number of lines of text that contain each of the strings. The list ends with NULL. */
unsigned int log_lines(const char *text, ...) __attribute__((sentinel));

#endif
