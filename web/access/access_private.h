/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by access.c and access_file.c. */
#ifndef ACCESS_PRIVATE_H
#define ACCESS_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "web/access/access.h"
#include "web/config/web_config.h"
#include "web/limits/rate_limit.h"
#include "web/tls/tls.h"

/* State that outlives a reading of the file. */
struct access_state {
	atomic_int references;
	struct basic_auth *auth; /* NULL after access_file_close() */
	pthread_mutex_t lock;    /* protects auth and limit */
	struct rate_limit limit;
	struct tls_log tls_log;
};

struct access {
	atomic_int references;
	struct access_state *state;
	struct web_config *config;
	struct tls *tls; /* NULL: no TLS */
	struct auth_users users;
	struct access_header *headers;
	size_t header_count;
};

/*
 * Takes over config, also on failure. The new access holds a reference to state. Returns 0, or
 * -errno with one line in ret_error.
 */
int access_new(struct web_config *config, struct access_state *state, struct access **ret_access,
	       char ret_error[WEB_CONFIG_ERROR_MAX]);
/*
 * Returns a bit for each requirement on clients. A reading that lacks a bit of another one is
 * laxer.
 */
unsigned int access_demands(const struct access *access);

struct access_state *access_state_new(void); /* NULL: out of memory, or no random numbers */
void access_state_unref(struct access_state *state);

#endif
