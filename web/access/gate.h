/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The web configuration file at work: what it asks of TLS sessions, and what a request must
 * pass before it is answered. See access.h.
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
	GATE_INVALID, /* the file, as it is now: 500 */
	GATE_LIMITED, /* 429 */
	GATE_DENIED,  /* 401 */
	GATE_BUSY,    /* 503 */
	GATE_PENDING, /* the connection is suspended until it is worth to ask again */
};

/* Of one request; all zeroes but the first two at its beginning, and kept in its place. */
struct gate_request {
	struct gate *gate; /* NULL: there is no file, and everything passes */
	struct MHD_Connection *connection;
	struct access *policy; /* whose headers the answer has; NULL: none */
	enum gate_answer answer;
};

/* Takes file over, also when it fails. 0; -EINVAL: it has become invalid; -ENOMEM. */
int gate_new(struct access_file *file, struct gate **ret_gate);

/* What is pending is answered, and nothing will be, so that no connection stays suspended. */
void gate_close(struct gate *gate);  /* NULL is allowed, likewise below */
void gate_free(struct gate *gate);   /* after gate_close() */
void gate_reload(struct gate *gate); /* looks at the file at once, whatever stat(2) says */

/* As it was at the start; to change that takes another start. */
bool gate_uses_tls(const struct gate *gate);

/*
 * Before the handshake. While the file is invalid, the one of before counts, for the sake of health
 * checks. 0; -ENOMEM or -EIO: the session must not go on.
 */
int gate_begin_session(struct gate *gate, struct MHD_Connection *connection,
		       struct gate_session **ret_own);
void gate_end_session(
	struct gate_session *own); /* once the connection is closed; NULL is allowed */

/* From the thread that serves. Not guarded: nothing is asked, but headers are known. */
enum gate_answer gate_check(struct gate_request *gate_request, bool guarded);
void gate_request_end(struct gate_request *gate_request);

#endif
