/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every kind of bind(2) call that these tests can make, each with the labels under which it must be
 * counted. The table follows the kernel's sources and the metric contract, not the exporter's
 * classification.
 */
#ifndef LIVE_BIND_CASES_H
#define LIVE_BIND_CASES_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/live/bind_address.h"

enum bind_name {
	BIND_NAME_FIXED,    /* the address of the table, unchanged */
	BIND_NAME_ABSTRACT, /* a UNIX abstract name of the calling thread */
	BIND_NAME_PATHNAME, /* a UNIX path of the calling thread, in a scratch directory */
};

/* The circumstance that decides how an attempt ends. */
enum bind_circumstance {
	BIND_ONE_SOCKET,   /* one socket for all attempts: the result of each is not specified */
	BIND_FRESH_SOCKET, /* one socket for each attempt */
	BIND_BOUND_SOCKET, /* the socket is bound already, by a call that no hook sees */
	BIND_TAKEN,        /* another socket holds the address */
	BIND_UNPRIVILEGED, /* as user nobody */
};

struct bind_case {
	const char *name; /* for --case and for messages: FAMILY_WHAT */
	int domain;
	int type;
	int protocol;
	enum bind_name naming;
	/*
	 * The category does not determine the kernel's answer here, see the table. In other cases,
	 * the kernel refuses (EINVAL, EAFNOSUPPORT, EFAULT) exactly the addresses that are
	 * classified as invalid.
	 */
	bool odd;
	/*
	 * AppArmor itself refuses it (seen on 7.2) before the BPF LSM program runs, which comes
	 * last. In lsm mode without results, it is in no counter.
	 */
	bool may_be_denied;
	enum bind_circumstance circumstance;
	int error; /* errno of every attempt, 0: success; not specified with BIND_ONE_SOCKET */
	union bind_address address;
	int length; /* bytes, as passed to bind(2) */
	const char *category;
	const char *family;
};

extern const struct bind_case bind_cases[];
extern const size_t bind_cases_n;

/* Cases with a known result: each has another label or another errno. */
extern const struct bind_case bind_results[];
extern const size_t bind_results_n;

/* The case with this name in either table, or NULL. */
const struct bind_case *bind_case_find(const char *name);

/* A new socket for this case, or -errno: this kernel or this user cannot have such a socket. */
int bind_case_open(const struct bind_case *bind_case);

/*
 * Writes the address to pass and returns its length in bytes. scratch: the directory of pathnames,
 * at most BIND_SCRATCH_MAX bytes.
 */
#define BIND_SCRATCH_MAX 70

int bind_case_address(const struct bind_case *bind_case, const char *scratch,
		      union bind_address *ret_address);

/*
 * Makes one bind(2) call. 0 or -errno, both of which are attempts. Removes the pathname if it made
 * one.
 */
int bind_case_attempt(const struct bind_case *bind_case, int fd, const union bind_address *address,
		      int length);

#endif
