/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of a login. */
#ifndef AUTH_ANSWER_H
#define AUTH_ANSWER_H

enum auth_answer {
	AUTH_GRANTED,
	AUTH_DENIED,
	AUTH_PENDING, /* done() will tell */
	AUTH_BUSY,    /* too many wait, of that peer or of others: ask again later */
};

/* AUTH_GRANTED, AUTH_DENIED or AUTH_BUSY. */
typedef void basic_auth_done(void *context, enum auth_answer answer);

#endif
