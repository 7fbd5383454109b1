/* SPDX-License-Identifier: Apache-2.0 */
/* The result of a login. */
#ifndef AUTH_ANSWER_H
#define AUTH_ANSWER_H

enum auth_answer {
	AUTH_GRANTED,
	AUTH_DENIED,
	AUTH_PENDING, /* the result comes through done() */
	AUTH_BUSY,    /* too many wait, of this peer or of others; the client may try again later */
};

/* answer: AUTH_GRANTED, AUTH_DENIED or AUTH_BUSY. */
typedef void basic_auth_done(void *context, enum auth_answer answer);

/* A caller that waits for an answer. */
struct auth_waiter {
	basic_auth_done *done; /* NULL: already called */
	void *context;
};

#endif
