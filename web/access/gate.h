/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Applies the web configuration file to TLS sessions and to requests, which must pass before they
 * are answered. See access.h.
 */
#ifndef GATE_H
#define GATE_H

#include <stdbool.h>

struct MHD_Connection;
struct gate;
struct gate_session;
struct access;
struct access_file;

enum gate_answer {
	GATE_UNKNOWN,
	GATE_PASSED,
	GATE_INVALID, /* the file is invalid now: 500 */
	GATE_LIMITED, /* 429 */
	GATE_DENIED,  /* 401 */
	GATE_BUSY,    /* 503 */
	GATE_PENDING, /* the connection is suspended until gate_check() can be called again */
};

/*
 * State of one request. At the beginning, all but the first two members are zero. It must not move.
 */
struct gate_request {
	struct gate *gate; /* NULL: no web configuration file; every request passes */
	struct MHD_Connection *connection;
	struct access *access; /* the answer gets its headers; NULL: none */
	enum gate_answer answer;
};

/* Takes over file, also on failure. Returns 0; -EINVAL: the file has become invalid; -ENOMEM. */
int gate_new(struct access_file *file, struct gate **ret_gate);

/*
 * Answers all pending requests. Later ones never become pending, so no connection stays suspended.
 */
void gate_close(struct gate *gate);  /* NULL is allowed here and in the next two */
void gate_free(struct gate *gate);   /* after gate_close() */
void gate_reload(struct gate *gate); /* reads the file at once, whatever stat(2) returns */

/* Returns whether TLS was configured at the start. Only a restart changes it. */
bool gate_uses_tls(const struct gate *gate);

/*
 * Called before the handshake. gate_end_session() is called after the connection is closed. While
 * the file is invalid, the last valid one applies, so that health checks still work. Returns 0;
 * -ENOMEM or -EIO: the session must not continue.
 */
int gate_begin_session(struct gate *gate, struct MHD_Connection *connection,
		       struct gate_session **ret_own);
void gate_end_session(struct gate_session *own); /* NULL is allowed */

/*
 * Called from the thread that serves. If not guarded, the request is not checked, but its answer
 * gets the headers.
 */
enum gate_answer gate_check(struct gate_request *gate_request, bool guarded);
void gate_request_end(struct gate_request *gate_request);

#endif
