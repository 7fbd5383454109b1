/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every kind of bind(2) call that these tests can make, each with the labels
 * under which it must be counted. Written from the kernel's sources and the
 * metric contract, not from the exporter's classification.
 */
#ifndef LIVE_BIND_CASES_H
#define LIVE_BIND_CASES_H

#include <stdbool.h>
#include <stddef.h>

#include "bind_address.h"

enum bind_name {
	BIND_NAME_FIXED,    /* the address as it stands in the table */
	BIND_NAME_ABSTRACT, /* a UNIX abstract name of the calling thread's own */
	BIND_NAME_PATHNAME, /* a UNIX path of the calling thread's own, in a scratch directory */
};

/* What decides how an attempt ends. */
enum bind_circumstance {
	BIND_ONE_SOCKET,   /* one socket serves all attempts: how each ends is not told */
	BIND_FRESH_SOCKET, /* one socket for each attempt */
	BIND_BOUND_SOCKET, /* the socket is bound already, in a way that no hook sees */
	BIND_TAKEN,        /* somebody else holds the address */
	BIND_UNPRIVILEGED, /* as nobody */
};

struct bind_case {
	const char *name; /* for --case and for messages: FAMILY_WHAT */
	int domain;
	int type;
	int protocol;
	enum bind_name naming;
	/*
	 * The kernel's answer does not follow from the category here, see the
	 * table. Elsewhere it refuses (EINVAL, EAFNOSUPPORT, EFAULT) exactly the
	 * addresses that are classified as invalid.
	 */
	bool odd;
	/*
	 * AppArmor refuses it itself (seen on 7.2), before the BPF LSM program, which
	 * comes last, is asked: in lsm mode it is in no counter where results are not seen.
	 */
	bool may_be_denied;
	enum bind_circumstance circumstance;
	int error; /* errno of every attempt, 0: it succeeds; not told with BIND_ONE_SOCKET */
	union bind_address address;
	int length; /* bytes, as handed to bind(2) */
	const char *category;
	const char *family;
};

extern const struct bind_case bind_cases[];
extern const size_t bind_cases_n;

/* Those of which it is known how they end: each of another label or another errno. */
extern const struct bind_case bind_results[];
extern const size_t bind_results_n;

/* The case of this name in either table, or NULL. */
const struct bind_case *bind_case_find(const char *name);

/* A new socket for this case, or -errno: this kernel, or this user, has none of its kind. */
int bind_case_open(const struct bind_case *bind_case);

/*
 * The address to hand over; returns its length. scratch: the directory of
 * pathnames, at most BIND_SCRATCH_MAX bytes.
 */
#define BIND_SCRATCH_MAX 70

int bind_case_address(const struct bind_case *bind_case, const char *scratch,
		      union bind_address *ret_address);

/* One bind(2) call. 0 or -errno, both of them attempts. Removes the pathname it may have made. */
int bind_case_attempt(const struct bind_case *bind_case, int fd, const union bind_address *address,
		      int length);

#endif
