/* SPDX-License-Identifier: Apache-2.0 */
/* The header "Authorization: Basic …", read as Go reads it. */
#ifndef AUTHORIZATION_H
#define AUTHORIZATION_H

#include <stddef.h>

struct authorization {
	char *user; /* NUL-terminated, but may hold NULs, too */
	size_t user_length;
	char *password; /* in the same memory */
	size_t password_length;
};

/*
 * 0; -EINVAL: not that, as also for NULL; -ENOMEM. The scheme in any case, then one
 * blank, base64 with its padding; the first colon ends the user.
 */
int authorization_parse(const char *header, struct authorization *ret_authorization);

/* Leaves nothing of it in memory. */
void authorization_forget(struct authorization *authorization);

#endif
