/* SPDX-License-Identifier: Apache-2.0 */
/* Parses the header "Authorization: Basic …" as Go does. */
#ifndef AUTHORIZATION_H
#define AUTHORIZATION_H

#include <stddef.h>

struct authorization {
	char *user; /* owned; NUL-terminated, but may also contain NULs */
	size_t user_length;
	char *password; /* in the same memory */
	size_t password_length;
};

/*
 * Parses the scheme in upper or lower case, then one space, then base64 with its padding. The first
 * colon ends the user. Returns 0; -EINVAL: not such a header, or NULL; -ENOMEM.
 */
int authorization_parse(const char *header, struct authorization *ret_authorization);

/* Overwrites the user and the password, and frees them. */
void authorization_forget(struct authorization *authorization);

#endif
