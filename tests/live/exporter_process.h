/* SPDX-License-Identifier: Apache-2.0 */
/* Starts the exporter as a child, waits for what it becomes, stops it. */
#ifndef LIVE_EXPORTER_PROCESS_H
#define LIVE_EXPORTER_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define EXPORTER_PORT     10068
#define EXPORTER_PATH_MAX 4096 /* PATH_MAX */

/* How to start it; all zeroes but scratch is a good beginning. */
struct exporter_setup {
	const char *scratch;       /* directory for the log and for the name below */
	const char *const *flags;  /* closed by NULL, may be NULL */
	const char *comm;          /* another name for the process; NULL: its own */
	uint16_t port;             /* 0: EXPORTER_PORT */
	bool own_address;          /* flags hold the listening addresses, if any */
	unsigned long clone_flags; /* CLONE_NEW*: namespaces of its own */
	/* Runs in the child before the program does; -errno ends the child with status 126. */
	int (*prepare)(void *argument);
	void *argument;
};

struct exporter {
	pid_t pid; /* 0: not running */
	uint16_t port;
	char log[EXPORTER_PATH_MAX]; /* SCRATCH/log-PID OF THE STARTER-…: its stdout and stderr */
};

struct exporter_exit {
	int status;           /* exit status, or -N when signal N ended it */
	int64_t milliseconds; /* from the signal, or from the start of waiting, to the end */
};

/*
 * The executable: $SOCKET_BIND_EXPORTER, or the one that was built with this.
 * -ENOENT with the path set when there is none.
 */
int exporter_path(char ret_path[EXPORTER_PATH_MAX]);

/* Starts it and does not wait. The child dies with the calling thread. */
int exporter_spawn(const struct exporter_setup *setup, struct exporter *ret_exporter);

/*
 * Waits until /-/ready answers 200: 0. -ECHILD: it has ended instead, with *ret_exit set.
 * -ETIMEDOUT: neither happened.
 */
int exporter_wait_ready(struct exporter *exporter, struct exporter_exit *ret_exit);

/* Waits for its end. -ETIMEDOUT when it goes on. */
int exporter_wait_exit(struct exporter *exporter, int64_t timeout_ms,
		       struct exporter_exit *ret_exit);

/*
 * Sends the signal and waits for the end. One that does not end within ten
 * seconds is killed, which *ret_exit shows as -SIGKILL. ret_exit may be NULL.
 */
int exporter_stop(struct exporter *exporter, int signal, struct exporter_exit *ret_exit);

/* What it has logged up to now; the caller frees it. NULL without memory. */
char *exporter_log(const struct exporter *exporter);

/* The number of lines of text that contain each of the strings; the list is closed by NULL. */
unsigned int log_lines(const char *text, ...) __attribute__((sentinel));

#endif
