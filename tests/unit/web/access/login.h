/* SPDX-License-Identifier: Apache-2.0 */
/* A login that waits for its answer, for tests of web/access. One at a time. */
#ifndef UNIT_LOGIN_H
#define UNIT_LOGIN_H

#include "web/access/access.h"

/* What login() waits with; for calls of access_authenticate() that must not be pending. */
extern const struct auth_waiter login_waiter;

/* As access_authenticate(), but never AUTH_PENDING. */
enum auth_answer login(struct access *access, const struct peer *peer, const char *authorization);

#endif
